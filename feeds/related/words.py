"""What `terms` asks of words: lists in match form as hashes, and which words are Vietnamese."""

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from feeds.related.stop_words import (
    DULL_PAIRS,
    ENGLISH_WORDS,
    HEAD_WORDS,
    ORDINARY_NAMES,
    VIETNAMESE_SYLLABLES,
)
from feeds.text.normalise import match_form, syllables
from feeds.text.tokens import Hashes, hash_tokens, mix

_PLAIN_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|t[hr]?|v|x)?[aeiouy]{1,3}(?:ch?|m|n[gh]?|p|t)?"
)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_UPPER = np.uint64(48)
_MOST_SPELLINGS = 65536

STOP_WORDS = frozenset(syllables(ENGLISH_WORDS))
STOP = frozenset(syllables(VIETNAMESE_SYLLABLES)) | STOP_WORDS
HEADS = frozenset(syllables(HEAD_WORDS))
DULL = frozenset(match_form(pair) for pair in DULL_PAIRS.split(","))
ORDINARY = frozenset(match_form(name) for name in ORDINARY_NAMES.split(","))


def joined(left: Hashes, right: Hashes) -> Hashes:
    """Hash each sequence of words from the hash of its beginning and that of its last word."""
    return mix(left * _ODD + right)


@cache
def _known(forms: frozenset[str]) -> tuple[Hashes, NDArray[np.bool_]]:
    """Hash words and sequences of words, in order, and mark their upper bits in a table."""
    known = np.sort(_hashes(forms))
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[known >> _UPPER] = True
    return known, table


def _hashes(forms: Iterable[str]) -> Hashes:
    """Hash words and sequences of words in match form, all in one go."""
    tokens = hash_tokens(list(forms))
    starts, sizes = tokens.bounds[:-1], np.diff(tokens.bounds)
    whole = tokens.hashes[starts]
    for place in range(1, int(sizes.max())):
        longer = sizes > place
        whole[longer] = joined(whole[longer], tokens.hashes[starts[longer] + place])
    return whole


def among(hashes: Hashes, forms: frozenset[str]) -> NDArray[np.bool_]:
    """Tell which hashes are those of given words or sequences of words."""
    known, table = _known(forms)
    found: NDArray[np.bool_] = table[hashes >> _UPPER]
    maybe = np.flatnonzero(found)  # the table spares most words a search
    places = np.minimum(np.searchsorted(known, hashes[maybe]), known.size - 1)
    found[maybe] = known[places] == hashes[maybe]
    return found


def are_foreign(spellings: Iterable[str]) -> NDArray[np.bool_]:
    """Tell which words of plain letters are no Vietnamese syllables, toned or not."""
    return np.fromiter(map(_FOREIGN.__getitem__, spellings), dtype=np.bool_)


class _Foreign(dict[str, bool]):
    """Remember what each spelling is, because news repeats its words."""

    def __missing__(self, spelling: str) -> bool:
        if len(self) >= _MOST_SPELLINGS:
            self.clear()
        foreign = self[spelling] = _PLAIN_SYLLABLE.fullmatch(spelling.lower()) is None
        return foreign


_FOREIGN = _Foreign()
