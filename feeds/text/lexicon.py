"""Words as they were written, each looked at once: the tokens in it, and what is known of them.

Theory: the same few ten thousand words make up nearly all that is written, whatever stands around
them. To look a word up in a dictionary costs a fifth of what reading its characters costs; so only
words that were not met before are read, many at once in arrays.

What stands between white space is a word here, with all its marks; it holds no token ("–"), one, or
several ("LĐ-TB&XH"). Datelines and characters that change their neighbours are looked for in whole
texts, by the reader.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from feeds.text.normalise import GLUE, SPACE, is_rare, look_up, place_tones, uneven
from feeds.text.tokens import Hashes, token_hashes

Ints = NDArray[np.intp]
Bits = NDArray[np.uint8]

LINE = "\n"  # a word of its own, which stands where others have the space before them
# Bits of a character; those of a token's own and those of what follows it never meet.
UPPER, LOWER, OTHER, WIDE, MARK, GLUED_BY = 1, 2, 4, 8, 16, 32
MOST_WORDS = 1 << 16


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of words, by number, and of their tokens, one word's after the other's.

    `firsts` and `counts` say which tokens a word has, `lengths` how many characters it takes but
    for one space; `before` holds the bits of what stands in front of its first token, of all of it
    where it has none. `rare` tells words whose text must be read as a whole first.

    Of a token, `starts` and `ends` are places in its word, `first_bits` those of its first
    character and `bits` those of all characters from there to the next token of the word.
    """

    firsts: Ints
    counts: Ints
    lengths: Ints
    before: Bits
    rare: NDArray[np.bool_]
    hashes: Hashes
    starts: Ints
    ends: Ints
    first_bits: Bits
    bits: Bits


class _Numbers(dict[str, int]):
    """Numbers words in the order in which they are asked for."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Lexicon:
    """The words that were met; threads may share one."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._known = 0
        self._table = _read([])
        self._lock = Lock()

    @property
    def is_full(self) -> bool:
        """Tell whether so many words were met that it is time for another."""
        return self._known > MOST_WORDS

    @property
    def table(self) -> Table:
        """Give what is known by now."""
        return self._table

    def numbers(self, words: Sequence[str]) -> Ints:
        """Give the numbers of words: rows of the table that `learn` gives afterwards."""
        with self._lock:
            return np.fromiter(
                map(self._numbers.__getitem__, words), dtype=np.intp, count=len(words)
            )

    def learn(self) -> Table:
        """Read the words that were numbered since; best once for many, for the table is copied."""
        with self._lock:
            words = list(islice(self._numbers, self._known, None))
            if words:
                self._table = _joined(self._table, _read(words))
                self._known += len(words)
            return self._table


def _joined(old: Table, new: Table) -> Table:
    return Table(
        firsts=np.concatenate((old.firsts, new.firsts + old.hashes.size)),
        counts=np.concatenate((old.counts, new.counts)),
        lengths=np.concatenate((old.lengths, new.lengths)),
        before=np.concatenate((old.before, new.before)),
        rare=np.concatenate((old.rare, new.rare)),
        hashes=np.concatenate((old.hashes, new.hashes)),
        starts=np.concatenate((old.starts, new.starts)),
        ends=np.concatenate((old.ends, new.ends)),
        first_bits=np.concatenate((old.first_bits, new.first_bits)),
        bits=np.concatenate((old.bits, new.bits)),
    )


def _read(words: Sequence[str]) -> Table:
    """Read words by their characters."""
    lengths = np.array([len(word) for word in words], dtype=np.intp)
    points = _points(words)
    codes = look_up(points)
    place_tones(codes)
    space = codes == SPACE
    inside = np.concatenate(([False], ~space, [False]))
    starts = np.flatnonzero(inside[1:] & ~inside[:-1])
    ends = np.flatnonzero(inside[:-1] & ~inside[1:])
    begins = np.concatenate(([0], np.cumsum(lengths + 1)))
    bounds = np.searchsorted(starts, begins)
    owners = np.repeat(np.arange(lengths.size), np.diff(bounds))
    kinds = _kinds().take(points, mode="clip")
    # Stretches begin with words and with tokens; those of a word come first, and may be empty.
    stretches = np.sort(np.concatenate((begins[:-1], starts)), kind="stable")
    bits = np.bitwise_or.reduceat(kinds, stretches) if stretches.size else kinds
    is_empty = np.append(stretches[1:] == stretches[:-1], False)
    bits[is_empty[: bits.size]] = 0
    is_token = np.zeros(stretches.size, dtype=np.bool_)
    is_token[np.arange(starts.size) + owners + 1] = True
    lengths[[at for at, word in enumerate(words) if word == LINE]] = -1
    return Table(
        firsts=bounds[:-1],
        counts=np.diff(bounds),
        lengths=lengths,
        before=bits[~is_token],
        rare=_any_rare(points, begins),
        hashes=token_hashes(codes, space, starts),
        starts=starts - begins[owners],
        ends=ends - begins[owners],
        first_bits=kinds[starts],
        bits=bits[is_token],
    )


def _points(words: Iterable[str]) -> NDArray[np.uint32]:
    """Give the code points of words, each followed by a space."""
    joined = " ".join([*words, ""])
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _any_rare(points: NDArray[np.uint32], begins: Ints) -> NDArray[np.bool_]:
    rare = np.concatenate(([0], np.cumsum(is_rare(points))))
    return np.diff(rare[begins]) > 0


@cache
def _kinds() -> Bits:
    table = np.full(0x10000, WIDE, dtype=np.uint8)
    for code in uneven():
        table[code] = _kind(chr(code))
    return table


def _kind(char: str) -> int:
    if char.isalnum() or unicodedata.category(char) in ("Mn", "Mc"):
        case = UPPER if char.isupper() else LOWER if char.islower() else 0
        return case | (0 if char.isalpha() else OTHER) | (0 if char.isascii() else WIDE)
    if char.isspace() and char != "\n":
        return 0
    return GLUED_BY if char in GLUE else MARK
