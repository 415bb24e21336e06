"""Texts read once: a batch as hashed tokens, with what is to be known of each as it was written.

Fingerprints, terms and filing all ask for the same syllables. Reading them in one sweep over the
characters of a hundred texts costs a third of what three readings of each would cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from feeds.text.lexicon import (
    GLUED_BY,
    LINE,
    LOWER,
    MARK,
    OTHER,
    UPPER,
    WIDE,
    Lexicon,
    Table,
)
from feeds.text.normalise import as_written, nearly_as_written
from feeds.text.tokens import Hashes, Tokens

Flags = NDArray[np.uint8]

_TOGETHER = 32  # texts
LARGE, CAPITALS, LETTERS, PLAIN, AFTER, GLUED = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True, slots=True)
class Reading:
    """Several texts as tokens; text i has those from `bounds[i]` to `bounds[i + 1]`.

    `text` holds all texts as they were written, and token j from `starts[j]` to `ends[j]`.
    `flags` says of a token whether it is written LARGE (its first letter) or in CAPITALS (more than
    one, all letters), whether it is of LETTERS only and of PLAIN (ASCII) ones, whether it comes
    AFTER a mark or begins a text or paragraph, and whether it is GLUED to the one before by a
    hyphen, ampersand, dot or apostrophe alone.
    """

    text: str
    hashes: Hashes
    bounds: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    flags: Flags

    def tokens(self, texts: int = 1) -> Tokens:
        """Give the tokens alone, of so many neighbouring texts together."""
        return Tokens(self.hashes, self.bounds[::texts])


def read(texts: Sequence[str]) -> Reading:
    """Read texts in any form; their tokens are those of their match forms."""
    words = _words(texts)
    table, numbers, bounds = words.table, words.numbers, words.bounds
    tokens, counts = words.tokens(), table.counts[numbers]
    lengths = table.lengths[numbers] + 1
    begins = np.repeat(np.cumsum(lengths) - lengths, counts)
    starts, ends = begins + table.starts[tokens], begins + table.ends[tokens]
    flags = _flags(words, tokens, counts, starts, ends)
    joined = "\n".join([*words.texts, ""])
    return Reading(joined, table.hashes[tokens], bounds, starts, ends, flags)


def read_tokens(texts: Sequence[str]) -> Tokens:
    """Read texts for their tokens alone."""
    words = _words(texts)
    return Tokens(words.table.hashes[words.tokens()], words.bounds)


@dataclass(frozen=True, slots=True)
class _Words:
    """Texts as numbers of words, rows of `table`; text i has tokens `bounds[i]` to the next."""

    texts: Sequence[str]
    table: Table
    numbers: NDArray[np.intp]
    bounds: NDArray[np.intp]

    def tokens(self) -> NDArray[np.intp]:
        """Give the rows of all words' tokens, in order."""
        counts = self.table.counts[self.numbers]
        if (counts == 1).all():
            return self.table.firsts[self.numbers]
        ends = np.cumsum(counts)
        return np.repeat(self.table.firsts[self.numbers] - (ends - counts), counts) + np.arange(
            ends[-1] if ends.size else 0
        )


def _words(texts: Sequence[str]) -> _Words:
    lexicon = _lexicon()
    plain = [nearly_as_written(text) for text in texts]
    parts = [np.zeros(0, dtype=np.intp)]
    sizes: list[int] = []
    for start in range(0, len(texts), _TOGETHER):  # their strings stay in the processor's cache
        split = [_split(text) for text in plain[start : start + _TOGETHER]]
        parts.append(lexicon.numbers([*chain.from_iterable(split)]))
        sizes += map(len, split)
    numbers, table = np.concatenate(parts), lexicon.learn()
    rare = np.flatnonzero(table.rare[numbers])
    if rare.size:
        ends = np.cumsum(sizes)
        own = np.split(numbers, ends[:-1])
        for at in np.unique(np.searchsorted(ends, rare, side="right")).tolist():
            plain[at] = as_written(texts[at])
            own[at] = lexicon.numbers(_split(plain[at]))
        sizes = [part.size for part in own]
        numbers, table = np.concatenate(own), lexicon.learn()
    before = np.concatenate(([0], np.cumsum(table.counts[numbers])))
    return _Words(plain, table, numbers, before[np.cumsum([0, *sizes])])


def _split(text: str) -> list[str]:
    return text.replace("\n", f" {LINE} ").split(" ") if "\n" in text else text.split(" ")


def _lexicon() -> Lexicon:
    """Give this process's lexicon; one that is full is left to those who still read in it."""
    if not _lexicons or _lexicons[-1].is_full:
        _lexicons[:] = [Lexicon()]
    return _lexicons[-1]


_lexicons: list[Lexicon] = []


def _flags(
    words: _Words,
    tokens: NDArray[np.intp],
    counts: NDArray[np.intp],
    starts: NDArray[np.intp],
    ends: NDArray[np.intp],
) -> Flags:
    if not starts.size:
        return np.zeros(0, dtype=np.uint8)
    table, bounds = words.table, words.bounds
    # A token's stretch ends where the next begins: it also holds what stands between the two.
    seen = table.bits[tokens]
    before = table.before[words.numbers]
    marked = np.flatnonzero(before)
    last = (np.cumsum(counts) - counts)[marked] - 1
    np.bitwise_or.at(seen, last[last >= 0], before[marked][last >= 0])
    several = ends - starts > 1
    capitals = several & (seen & (UPPER | LOWER) == UPPER)
    between = np.concatenate(([MARK], seen[:-1]))
    narrow = np.concatenate(([False], starts[1:] - ends[:-1] == 1))
    glued = narrow & (between & (MARK | GLUED_BY) == GLUED_BY)
    after = (between & (MARK | GLUED_BY) > 0) & ~glued
    after[bounds[:-1][bounds[:-1] < starts.size]] = True
    flags: Flags = (
        (table.first_bits[tokens] & UPPER > 0) * np.uint8(LARGE)
        | capitals * np.uint8(CAPITALS)
        | (seen & OTHER == 0) * np.uint8(LETTERS)
        | (seen & WIDE == 0) * np.uint8(PLAIN)
        | after * np.uint8(AFTER)
        | glued * np.uint8(GLUED)
    )
    return flags
