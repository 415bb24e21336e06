"""The nearest of many vectors, found for a batch at once.

Theory: an index on disk walks from row to row for each article alone; a batch of hundreds asks
nearly the same rows. So a process holds all vectors, and one product of matrices compares a batch
with as many as one likes. Up to some ten thousand a batch is compared with all, which misses
nothing. What is beyond lies in cells (spherical k-means), and each article asks the share of them
whose centres are nearest; what it misses are neighbours in other cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Numbers = NDArray[np.intp]
WHOLE = 20_000  # vectors that are compared with all of a batch, at 0.2 ms an article
SHARE, _LEAST_ASKED = 0.15, 12  # of the cells; with few cells the nearest spread over more
_PER_CELL, _MOST_CELLS = 400, 1024
_ROUNDS = 8
_TOGETHER = 4096  # vectors; their products with a batch stay near the processor
_PENDING = 400_000  # hits that are kept before the best are chosen


def how_many_cells(articles: int) -> int:
    """Say in how many cells a store of this size is divided."""
    return min(_MOST_CELLS, max(1, articles // _PER_CELL))


def divide(vectors: Floats, cells: int) -> Floats:
    """Find the centres of cells, of length 1, by spherical k-means; a row each."""
    chance = np.random.default_rng(1)
    centres = vectors[chance.choice(len(vectors), min(cells, len(vectors)), replace=False)]
    for _ in range(_ROUNDS):
        sums = np.zeros_like(centres)
        np.add.at(sums, cell_of(vectors, centres), vectors)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
    return centres


def cell_of(vectors: Floats, centres: Floats) -> Numbers:
    """Name each vector's cell."""
    found = [
        np.argmax(vectors[start : start + _TOGETHER] @ centres.T, axis=1)
        for start in range(0, len(vectors), _TOGETHER)
    ]
    return np.concatenate([np.zeros(0, dtype=np.intp), *found])


def asked_cells(vectors: Floats, centres: Floats, share: float) -> NDArray[np.bool_]:
    """Choose the cells in which each vector's neighbours are looked for: a row a vector."""
    count = min(len(centres), max(_LEAST_ASKED, int(np.ceil(share * len(centres)))))
    asked = np.zeros((len(vectors), len(centres)), dtype=np.bool_)
    nearest = np.argpartition(-(vectors @ centres.T), count - 1, axis=1)[:, :count]
    np.put_along_axis(asked, nearest, True, axis=1)
    return asked


@dataclass
class Nearest:
    """The best `most` of what each of `queries` was compared with so far, itself left out.

    `own` are the ids of the queries, row by row; vectors have length 1: products are cosines.
    """

    own: Ids
    queries: Floats
    most: int
    _floors: Floats = field(init=False)
    _found: list[tuple[Numbers, Ids, Floats]] = field(init=False, default_factory=list)
    _pending: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._floors = np.full(len(self.own), -np.inf, dtype=np.float32)

    def look(self, ids: Ids, vectors: Floats, who: Numbers) -> None:
        """Compare vectors with the queries of some rows."""
        if not ids.size or not who.size:
            return
        alike = self.queries[who] @ vectors.T
        alike[self.own[who][:, None] == ids] = -np.inf
        rows, places = np.nonzero(alike >= self._bounds(alike, who)[:, None])
        self._found.append((who[rows], ids[places], alike[rows, places]))
        self._pending += rows.size
        if self._pending > _PENDING:
            self._choose()

    def best(self) -> tuple[Ids, Ids, Floats]:
        """Give own id, other id and cosine of each pair, by own article, nearest first."""
        self._choose()
        rows, ids, alike = self._found[0]
        return self.own[rows], ids, alike

    def _bounds(self, alike: Floats, who: Numbers) -> Floats:
        """Say from which cosine on a vector may be among the best; learned from the first block."""
        new = np.flatnonzero(np.isneginf(self._floors[who]))
        if new.size and alike.shape[1] > self.most:
            cut = alike.shape[1] - self.most
            self._floors[who[new]] = np.partition(alike[new], cut, axis=1)[:, cut]
        return self._floors[who]

    def _choose(self) -> None:
        """Keep the best of what was found, an article once: of one that came twice the nearer."""
        rows, ids, alike = _joined(self._found)
        order = np.lexsort((-alike, ids, rows))
        rows, ids, alike = rows[order], ids[order], alike[order]
        real = ~np.isneginf(alike)
        real[1:] &= (rows[1:] != rows[:-1]) | (ids[1:] != ids[:-1])
        rows, ids, alike = rows[real], ids[real], alike[real]
        order = np.lexsort((ids, -alike, rows))
        rows, ids, alike = rows[order], ids[order], alike[order]
        places = np.arange(rows.size) - np.searchsorted(rows, rows)
        kept, last = places < self.most, places == self.most - 1
        self._floors[rows[last]] = np.maximum(self._floors[rows[last]], alike[last])
        self._found = [(rows[kept], ids[kept], alike[kept])]
        self._pending = int(kept.sum())


def _joined(found: Sequence[tuple[Numbers, Ids, Floats]]) -> tuple[Numbers, Ids, Floats]:
    return (
        np.concatenate([np.zeros(0, dtype=np.intp), *(rows for rows, _, _ in found)]),
        np.concatenate([np.zeros(0, dtype=np.int64), *(ids for _, ids, _ in found)]),
        np.concatenate([np.zeros(0, dtype=np.float32), *(alike for _, _, alike in found)]),
    )
