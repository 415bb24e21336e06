"""Sparse vectors of articles, compared by the thousand.

A vector holds an article's heaviest features: 64-bit keys, each with a weight. What compares
articles (stories, relations) asks for sums over shared features of many pairs at once; in arrays
this costs some microseconds a pair, key by key in Python ten times that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
HEAVIEST = 255  # what an article's heaviest feature weighs
NAME = 1  # the bit of a key that tells a name (of people, places, bodies) from other words
_TOGETHER = 1024  # pairs; their comparisons then stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Vectors:
    """Row i holds article i's keys (0 where there are fewer than the longest) and weights."""

    keys: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shared:
    """What pairs have in common; one row a pair, one column a key of the pair's left article.

    `parts` is the product of both weights where the key is shared, else 0; `places` is the key's
    column in the right article. `counts` counts the shared keys, `names` those that are names.
    """

    parts: NDArray[np.float64]
    places: NDArray[np.intp]
    counts: NDArray[np.intp]
    names: NDArray[np.intp]

    def sums(self) -> NDArray[np.float64]:
        """Add up each pair's shared weight, in the order of the left article's keys."""
        sums: NDArray[np.float64] = self.parts.sum(axis=1)
        return sums


def pack(keys: Sequence[bytes], weights: Sequence[bytes]) -> Vectors:
    """Read stored vectors: 64-bit keys and 32-bit weights, each article's in one string."""
    sizes = np.array([len(one) // 8 for one in keys], dtype=np.intp)
    width = max(1, int(sizes.max(initial=0)))
    filled = np.arange(width) < sizes[:, None]
    packed = Vectors(
        np.zeros((len(keys), width), dtype=np.int64), np.zeros((len(keys), width), dtype=np.float64)
    )
    packed.keys[filled] = np.frombuffer(b"".join(keys), dtype=np.int64)
    packed.weights[filled] = np.frombuffer(b"".join(weights), dtype=np.float32)
    return packed


@dataclass(frozen=True, slots=True)
class Weighed:
    """Row i holds article i's features: places of 16 bits, weights of at most `HEAVIEST`.

    Rows are filled up with place and weight 0. `lengths` are the vectors' Euclidean lengths.
    """

    places: NDArray[np.uint16]
    weights: NDArray[np.int32]
    lengths: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike the articles of pairs are: cosines (0 to 1), and how many features they share."""

    cosines: NDArray[np.float64]
    counts: NDArray[np.intp]


def weigh(keys: Sequence[bytes], weights: Sequence[bytes]) -> Weighed:
    """Read stored features: 32-bit keys and bytes of weight, each article's in one string."""
    sizes = np.array([len(one) for one in weights], dtype=np.intp)
    filled = np.arange(max(1, int(sizes.max(initial=0)))) < sizes[:, None]
    places = np.zeros(filled.shape, dtype=np.uint16)
    weighed = np.zeros(filled.shape, dtype=np.int32)
    places[filled] = np.frombuffer(b"".join(keys), dtype="<u4").astype(np.uint16)
    weighed[filled] = np.frombuffer(b"".join(weights), dtype=np.uint8)
    lengths = np.sqrt(np.square(weighed).sum(axis=1, dtype=np.float64))
    return Weighed(places, weighed, np.maximum(lengths, 1.0))


def alike(vectors: Weighed, ones: Rows, others: Rows) -> Alike:
    """Compare pairs of articles, given by their rows; the same from both ends.

    Features meet by 16 bits of their keys. Two of a pair's meet by chance in one pair of seven,
    which moves its cosine by some thousandths. Pairs are best given with few different `ones`.
    """
    order = np.argsort(ones, kind="stable")
    found, starts = np.unique(ones[order], return_index=True)
    table = np.zeros(1 << 16, dtype=np.int32)
    sums, counts = np.zeros(ones.size, dtype=np.int64), np.zeros(ones.size, dtype=np.intp)
    bounds = [*starts.tolist(), ones.size]
    for row, start, end in zip(found.tolist(), bounds[:-1], bounds[1:], strict=True):
        rows = order[start:end]
        np.maximum.at(table, vectors.places[row], vectors.weights[row])
        parts = table[vectors.places[others[rows]]] * vectors.weights[others[rows]]
        sums[rows], counts[rows] = parts.sum(axis=1), np.count_nonzero(parts, axis=1)
        table[vectors.places[row]] = 0
    cosines: NDArray[np.float64] = sums / (vectors.lengths[ones] * vectors.lengths[others])
    return Alike(np.minimum(cosines, 1.0).round(4), counts)


def shared(vectors: Vectors, left: Rows, right: Rows) -> Shared:
    """Compare pairs of articles, given by their rows; an article's keys must be distinct."""
    found = [_shared(vectors, *rows) for rows in _slices(left, right)]
    width = vectors.keys.shape[1]
    nothing = np.zeros((0, width))
    return Shared(
        np.concatenate([nothing, *(one.parts for one in found)]),
        np.concatenate([nothing.astype(np.intp), *(one.places for one in found)]),
        np.concatenate([nothing[:, 0].astype(np.intp), *(one.counts for one in found)]),
        np.concatenate([nothing[:, 0].astype(np.intp), *(one.names for one in found)]),
    )


def _slices(left: Rows, right: Rows) -> Iterator[tuple[Rows, Rows]]:
    for start in range(0, left.size, _TOGETHER):
        yield left[start : start + _TOGETHER], right[start : start + _TOGETHER]


def _shared(vectors: Vectors, left: Rows, right: Rows) -> Shared:
    own, other = vectors.keys[left], vectors.keys[right]
    same = own[:, :, None] == other[:, None, :]
    places = same.argmax(axis=2)
    hit = np.take_along_axis(same, places[:, :, None], axis=2)[:, :, 0] & (own != 0)
    weights = vectors.weights[left] * np.take_along_axis(vectors.weights[right], places, axis=1)
    named = hit & (own & NAME).astype(np.bool_)
    counts, names = (np.count_nonzero(one, axis=1) for one in (hit, named))
    return Shared(np.where(hit, weights, 0.0), places, counts, names)
