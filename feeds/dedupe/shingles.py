"""Shingles: every run of a few syllables of a text as one 64-bit number."""

import numpy as np

from feeds.text.tokens import Hashes, mix

# Odd multipliers, one for each place in the run, so that order counts.
_PLACES = np.array(
    [
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
    ],
    dtype=np.uint64,
)


def shingle(tokens: Hashes, width: int) -> Hashes:
    """Combine each `width` (at most 5) neighbouring tokens, in text order, repeats included."""
    count = max(tokens.size - width + 1, 0)
    total = np.zeros(count, dtype=np.uint64)
    for place in range(width):
        total += tokens[place : place + count] * _PLACES[place]
    return mix(total)


def distinct(shingles: Hashes) -> Hashes:
    """Sort shingles and drop repeats; five times faster than `numpy.unique` on one article."""
    ordered = np.sort(shingles)
    first = np.ones(ordered.size, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]
