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


def pack(sizes: NDArray[np.intp], keys: bytes, weights: bytes) -> Vectors:
    """Read stored vectors of given sizes, one behind the other: 64-bit keys and 32-bit weights."""
    filled = _filled(sizes)
    packed = Vectors(
        np.zeros(filled.shape, dtype=np.int64), np.zeros(filled.shape, dtype=np.float64)
    )
    packed.keys[filled] = np.frombuffer(keys, dtype=np.int64)
    packed.weights[filled] = np.frombuffer(weights, dtype=np.float32)
    return packed


def _filled(sizes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Mark the cells that rows of given sizes fill."""
    return np.arange(max(1, int(sizes.max(initial=0)))) < sizes[:, None]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Row i holds article i's features: places of 16 bits, weights of at most `HEAVIEST`.

    Rows are filled up with place and weight 0. `lengths` are the vectors' Euclidean lengths.
    """

    places: NDArray[np.uint16]
    weights: NDArray[np.uint8]
    lengths: NDArray[np.float64]

    def taken(self, rows: Rows) -> "Weighed":
        """Give chosen rows, in their order."""
        return Weighed(self.places[rows], self.weights[rows], self.lengths[rows])


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike the articles of pairs are: cosines (0 to 1), and how many features they share."""

    cosines: NDArray[np.float64]
    counts: NDArray[np.intp]


def weigh(sizes: NDArray[np.intp], keys: bytes, weights: bytes) -> Weighed:
    """Read stored features, so many of each article: 32-bit keys, and bytes of weight."""
    filled = _filled(sizes)
    places = np.zeros(filled.shape, dtype=np.uint16)
    weighed = np.zeros(filled.shape, dtype=np.uint8)
    places[filled] = np.frombuffer(keys, dtype="<u4").astype(np.uint16)
    weighed[filled] = np.frombuffer(weights, dtype=np.uint8)
    lengths = np.sqrt(np.square(weighed, dtype=np.uint16).sum(axis=1, dtype=np.float64))
    return Weighed(places, weighed, np.maximum(lengths, 1.0))


def alike(vectors: Weighed, ones: Rows, others: Rows) -> Alike:
    """Compare pairs of articles, given by their rows; the same from both ends.

    Features meet by 16 bits of their keys, which an article's own must differ in. Two of a pair's
    meet by chance in one pair of seven, which moves its cosine by some thousandths. Pairs are best
    given with few different `ones`.
    """
    order = np.argsort(ones, kind="stable")
    found, starts = np.unique(ones[order], return_index=True)
    met = _met(vectors, found, others[order], [*starts.tolist(), ones.size])
    sums, counts = np.zeros(ones.size), np.zeros(ones.size, dtype=np.intp)
    for start in range(0, ones.size, _TOGETHER):
        rows = order[start : start + _TOGETHER]
        parts = met[start : start + _TOGETHER]
        counts[rows] = np.count_nonzero(parts, axis=1)
        # Whole numbers far below 2^24, which 32-bit floats add up without error in any order.
        theirs = vectors.weights[others[rows]].astype(np.float32)
        sums[rows] = np.einsum("ij,ij->i", parts.astype(np.float32), theirs)
    cosines: NDArray[np.float64] = sums / (vectors.lengths[ones] * vectors.lengths[others])
    return Alike(np.minimum(cosines, 1.0).round(4), counts)


def _met(vectors: Weighed, ones: Rows, others: Rows, bounds: Sequence[int]) -> NDArray[np.uint8]:
    """Give the weight that each feature of the others has in their own one, 0 where it has none.

    Article `ones[i]` is compared with `others` from `bounds[i]` to `bounds[i + 1]`.
    """
    table = np.zeros(1 << 16, dtype=np.uint8)
    met = np.empty((others.size, vectors.places.shape[1]), dtype=np.uint8)
    for row, start, end in zip(ones.tolist(), bounds[:-1], bounds[1:], strict=True):
        own = vectors.places[row, ::-1]  # heaviest last: of two in one place it stays
        table[own] = vectors.weights[row, ::-1]
        theirs = vectors.places.take(others[start:end], axis=0)
        table.take(theirs, out=met[start:end], mode="clip")
        table[own] = 0
    return met


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
