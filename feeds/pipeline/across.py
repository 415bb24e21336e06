"""Across languages: how alike an operator's vectors of articles are that share no words.

Our own vectors are learned from which words stand together, and say nothing here. Without an
embedder nothing is read.
"""

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.dedupe.story import WINDOW_H, Across
from feeds.pipeline.desk import Desk
from feeds.store import vectors
from feeds.store.found import Found, languages, rows_of
from feeds.text.vectors import Rows

Floats = NDArray[np.float64]
_UNKNOWN = "und"
_TOGETHER = 1024  # pairs; of long vectors a few megabytes


class Languages:
    """What articles are written in, and the vectors that were read of them, in one transaction."""

    def __init__(self, desk: Desk, connection: sa.Connection) -> None:
        """Read through a connection, once it is asked."""
        self._connection = connection
        self._neighbours = desk.neighbours
        self._same_from = desk.settings.embedder_same_from
        self._version = desk.neighbours.look(connection) if desk.neighbours.path else None
        self._known: dict[int, str] = {}
        self._vectors: dict[int, NDArray[np.float32]] = {}
        self._asked: set[int] = set()

    def across(self, found: Found, left: Rows, right: Rows, hours: Floats) -> Across | None:
        """Compare pairs, by their rows in what was found, that lie `hours` apart.

        `None` where no embedder's vectors are there.
        """
        if self._version is None or not left.size:
            return None
        ones, others = self._spoken(found.ids[left]), self._spoken(found.ids[right])
        known = (ones != _UNKNOWN) & (others != _UNKNOWN)
        pairs = np.flatnonzero(known & (ones != others) & (hours <= WINDOW_H))
        cosines = np.zeros(left.size)
        cosines[pairs] = self._cosines(found.ids[left[pairs]], found.ids[right[pairs]])
        return Across(cosines, self._same_from)

    def _spoken(self, ids: NDArray[np.int64]) -> NDArray[np.str_]:
        unique, rows = np.unique(ids, return_inverse=True)
        new = np.array([key for key in unique.tolist() if key not in self._known], dtype=np.int64)
        if new.size:
            read = languages(self._connection, new).tolist()
            self._known |= dict(zip(new.tolist(), read, strict=True))
        return np.array([self._known[key] for key in unique.tolist()])[rows]

    def _cosines(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> Floats:
        """Compare vectors, the same from both ends; 0 where one has none."""
        ids = np.unique(np.concatenate([ones, others]))
        self._read(ids.tolist())
        stored = np.zeros((ids.size, self._neighbours.dimensions), dtype=np.float32)
        for row, key in enumerate(ids.tolist()):
            if key in self._vectors:
                stored[row] = self._vectors[key]
        left, right = rows_of(ids, ones), rows_of(ids, others)
        found = np.zeros(left.size)
        for start in range(0, left.size, _TOGETHER):
            chosen = slice(start, start + _TOGETHER)
            products = stored[left[chosen]].astype(np.float64) * stored[right[chosen]]
            found[chosen] = products.sum(axis=1)
        return found.clip(0, 1).round(4)

    def _read(self, ids: Sequence[int]) -> None:
        new = [key for key in ids if key not in self._asked]
        if new:
            assert self._version is not None
            self._asked.update(new)
            known, rows = vectors.of_articles(
                self._connection, self._version, new, self._neighbours.dimensions
            )
            self._vectors |= dict(zip(known.tolist(), rows, strict=True))
