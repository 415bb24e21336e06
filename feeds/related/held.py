"""The vectors that a process holds: two bytes a dimension, those that came first in cells.

Comes in: vectors as they are stored. Goes out: the nearest of them.
An article that is added again may have both its vectors until cells are made anew; what was
withdrawn stays as long as the process. Who asks looks at what is found anyway.
One byte a dimension lost one in eighty of the ten nearest, two lose none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.related.nearest import (
    SHARE,
    WHOLE,
    Floats,
    Ids,
    Nearest,
    Numbers,
    asked_cells,
    cell_of,
)

_FULL = 32_767
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class _Codes:
    """Vectors as whole numbers of at most `_FULL`, each with what one is worth."""

    ids: Ids
    codes: NDArray[np.int16]
    scales: Floats

    def vectors(self, rows: slice) -> Floats:
        vectors: Floats = self.codes[rows] * self.scales[rows, None]
        return vectors

    def joined(self, other: "_Codes") -> "_Codes":
        return _Codes(
            np.concatenate([self.ids, other.ids]),
            np.concatenate([self.codes, other.codes]),
            np.concatenate([self.scales, other.scales]),
        )

    def chosen(self, rows: Numbers) -> "_Codes":
        return _Codes(self.ids[rows], self.codes[rows], self.scales[rows])


class Held:
    """Vectors of length 1 with their articles' ids; `centres` name the cells, a row each."""

    def __init__(self, centres: Floats, whole: int = WHOLE, share: float = SHARE) -> None:
        self._centres, self._whole, self._share = centres, whole, share
        self._settled = self._recent = _nothing(centres.shape[1])
        self._bounds: Numbers = np.zeros(len(centres) + 1, dtype=np.intp)

    def __len__(self) -> int:
        return self._settled.ids.size + self._recent.ids.size

    def add(self, ids: Ids, vectors: Floats) -> None:
        """Hold more vectors."""
        scales = (np.abs(vectors).max(axis=1, initial=1e-9) / _FULL).astype(np.float32)
        codes = np.rint(vectors / scales[:, None]).astype(np.int16)
        stale = np.isin(self._recent.ids, ids)
        recent = self._recent.chosen(np.flatnonzero(~stale)) if stale.any() else self._recent
        self._recent = recent.joined(_Codes(ids, codes, scales))
        if self._recent.ids.size > self._whole:
            self._settle()

    def nearest(self, own: Ids, vectors: Floats, most: int) -> tuple[Ids, Ids, Floats]:
        """Find the `most` nearest of each own article: own id, other id and cosine of each pair."""
        found = Nearest(own, vectors, most)
        everyone = np.arange(len(own))
        for rows in _blocks(0, self._recent.ids.size):
            found.look(self._recent.ids[rows], self._recent.vectors(rows), everyone)
        if self._settled.ids.size:
            asked = asked_cells(vectors, self._centres, self._share)
            for cell in np.flatnonzero(asked.any(axis=0)).tolist():
                who = np.flatnonzero(asked[:, cell])
                for rows in _blocks(*self._bounds[cell : cell + 2].tolist()):
                    found.look(self._settled.ids[rows], self._settled.vectors(rows), who)
        return found.best()

    def _settle(self) -> None:
        """Put what is recent into its cells; of an article that came twice the later one stays."""
        every = self._settled.joined(self._recent)
        known = np.repeat(np.arange(len(self._centres)), np.diff(self._bounds))
        rows = _blocks(0, self._recent.ids.size)
        new = [cell_of(self._recent.vectors(one), self._centres) for one in rows]
        cells = np.concatenate([known, *new])
        last = every.ids.size - 1 - np.unique(every.ids[::-1], return_index=True)[1]
        order = last[np.argsort(cells[last], kind="stable")]
        self._settled, self._recent = every.chosen(order), _nothing(self._centres.shape[1])
        self._bounds = np.searchsorted(cells[order], np.arange(len(self._centres) + 1))


def _nothing(dimensions: int) -> _Codes:
    return _Codes(
        np.zeros(0, dtype=np.int64),
        np.zeros((0, dimensions), dtype=np.int16),
        np.zeros(0, dtype=np.float32),
    )


def _blocks(start: int, end: int) -> Iterator[slice]:
    for at in range(start, end, _BLOCK):
        yield slice(at, min(end, at + _BLOCK))
