"""Learning the model's weights from articles whose section is known.

Theory: labels come from rules and sources, so some are wrong, and nothing may hang on one article.
Ridge regression on each section's membership has one answer, found by conjugate gradients in a few
rounds of two products with a sparse matrix; stopping after a few rounds is part of the smoothing.
Each article is learned twice: as it is, and by its beginning alone, so that an excerpt is filed as
well. Which figures stand here was decided on folds of training data (docs/decisions/0016).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from feeds.topics.calibration import Held, fit_heat
from feeds.topics.features import SLOT_BITS, Counted, Ints, count, places
from feeds.topics.model import Floats, Model, multiply, scaled
from feeds.topics.subject import Subject

LEAST_ARTICLES = 20  # of a section; with fewer it is not learned
_BEGINNING = 60  # tokens: about 300 characters
_BEGINNING_COUNTS = 0.5  # of what the whole article counts
_MOST_SLOTS = 1 << 18
_SMOOTHING = 0.3
_ROUNDS = 6
_FOLDS = 4
_MANY = 15_000  # from here on one fold is held out, and the weights are not learned again
_CHARS, _LEAST_CHARS, _ALL_CHARS = 6000, 1000, 40_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some articles' features, those of the whole and those of the beginning."""

    whole: Counted
    beginning: Counted
    articles: int


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Articles by rows, features by columns, and the same turned round."""

    values: Floats
    columns: NDArray[np.int32]
    sizes: Ints
    turned_values: Floats
    turned_rows: NDArray[np.int32]
    turned_sizes: Ints


@dataclass
class Learner:
    """Articles gathered page by page, until `learn` makes a model of them.

    `expected` articles decide how much of each is read, which bounds time and memory.
    """

    expected: int
    _pages: list[Page] = field(default_factory=list)
    _sections: list[str] = field(default_factory=list)

    @property
    def articles(self) -> int:
        """Count the articles taken in."""
        return len(self._sections)

    @property
    def chars(self) -> int:
        """Say how much of each article is read."""
        return min(_CHARS, max(_LEAST_CHARS, _ALL_CHARS // max(1, self.expected)))

    def read(self, subjects: Sequence[Subject], sections: Sequence[str]) -> None:
        """Take in articles with their sections."""
        if not subjects:
            return
        found = places(subjects, self.chars)
        starts = found.reading.bounds[:-1:2]
        near = found.last - starts[found.articles] < _BEGINNING
        self._pages.append(Page(count(found), count(found.chosen(near)), len(subjects)))
        self._sections.extend(sections)

    def learn(self) -> Model | None:
        """Learn; `None` where fewer than two sections have enough articles."""
        names, kept, labels = _chosen(self._sections)
        if len(names) < 2:
            return None
        known = np.concatenate([one.whole.slots for one in self._pages])
        slots, rarity = _vocabulary(known, len(self._sections))
        whole, begun = (
            _lines([getattr(page, part) for page in self._pages], self._pages, slots, rarity)
            for part in ("whole", "beginning")
        )
        whole, begun = _of(whole, kept), _of(begun, kept)
        folds = np.arange(labels.size) % _FOLDS
        weights, held = _cross_fit(whole, begun, labels, folds, len(names), slots.size)
        return Model(
            sections=names,
            slots=slots.astype(np.int32),
            rarity=rarity,
            weights=weights,
            heat=fit_heat(held),
            chars=self.chars,
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    """A sparse matrix by lines."""

    values: Floats
    columns: NDArray[np.int32]
    sizes: Ints


def _chosen(sections: Sequence[str]) -> tuple[tuple[str, ...], Ints, Ints]:
    """Name the sections with enough articles; gives those articles' rows and labels."""
    names, inverse, sizes = np.unique(
        np.array(sections, dtype=np.str_), return_inverse=True, return_counts=True
    )
    enough = sizes >= LEAST_ARTICLES
    kept = np.flatnonzero(enough[inverse])
    numbers = np.cumsum(enough) - 1
    return tuple(names[enough].tolist()), kept, numbers[inverse[kept]]


def _vocabulary(slots: Ints, articles: int) -> tuple[Ints, Floats]:
    """Choose the features that several articles have; gives their slots and idf."""
    frequency = np.bincount(slots, minlength=1 << SLOT_BITS)
    least = 2 if articles < _MANY else 4
    often = np.flatnonzero(frequency >= least)
    if often.size > _MOST_SLOTS:
        commonest = np.argsort(-frequency[often], kind="stable")[:_MOST_SLOTS]
        often = np.sort(often[commonest])
    rarity = 1 + np.log((articles + 1) / (frequency[often] + 1))
    return often, rarity.astype(np.float16).astype(np.float32)


def _lines(
    counted: Sequence[Counted], pages: Sequence[Page], slots: Ints, rarity: Floats
) -> _Lines:
    rows = np.full(1 << SLOT_BITS, -1, dtype=np.int32)
    rows[slots] = np.arange(slots.size, dtype=np.int32)
    parts = []
    for one, page in zip(counted, pages, strict=True):
        columns = rows[one.slots]
        known = columns >= 0
        sizes = np.bincount(one.articles[known], minlength=page.articles)
        values = scaled(one.counts[known], rarity[columns[known]], sizes)
        parts.append(_Lines(values, columns[known], sizes))
    return _joined(parts)


def _joined(parts: Sequence[_Lines]) -> _Lines:
    return _Lines(
        np.concatenate([one.values for one in parts]),
        np.concatenate([one.columns for one in parts]),
        np.concatenate([one.sizes for one in parts]),
    )


def _of(lines: _Lines, kept: Ints) -> _Lines:
    """Choose lines."""
    chosen = np.zeros(lines.sizes.size, dtype=np.bool_)
    chosen[kept] = True
    cells = np.repeat(chosen, lines.sizes)
    return _Lines(lines.values[cells], lines.columns[cells], lines.sizes[chosen])


def _cross_fit(
    whole: _Lines, begun: _Lines, labels: Ints, folds: Ints, sections: int, slots: int
) -> tuple[Floats, Held]:
    """Learn the weights, and collect scores of articles by weights that had not seen them."""
    many = labels.size >= _MANY
    held = []
    weights = np.zeros((0, sections), dtype=np.float32)
    for fold in range(1 if many else _FOLDS):
        out = np.flatnonzero(folds == fold)
        seen = np.flatnonzero(folds != fold)
        weights = _fit(_of(whole, seen), _of(begun, seen), labels[seen], sections, slots)
        for part in (_of(whole, out), _of(begun, out)):
            scores = multiply(part.values, part.columns, part.sizes, weights)
            held.append(Held(scores, part.sizes, labels[out]))
    if not many:
        weights = _fit(whole, begun, labels, sections, slots)
    joined = Held(
        np.concatenate([one.scores for one in held]),
        np.concatenate([one.sizes for one in held]),
        np.concatenate([one.labels for one in held]),
    )
    return weights.astype(np.float16).astype(np.float32), joined


def _fit(whole: _Lines, begun: _Lines, labels: Ints, sections: int, slots: int) -> Floats:
    member = np.eye(sections, dtype=np.float32)[labels] - np.float32(1 / sections)
    targets = np.concatenate([member, member])
    importance = np.repeat(np.array([1, _BEGINNING_COUNTS], np.float32), labels.size)[:, None]
    return _ridge(_turned(_joined([whole, begun]), slots), targets, importance)


def _turned(lines: _Lines, columns: int) -> _Matrix:
    order = np.argsort(lines.columns, kind="stable")
    rows = np.repeat(np.arange(lines.sizes.size, dtype=np.int32), lines.sizes)
    sizes = np.bincount(lines.columns, minlength=columns)
    return _Matrix(
        lines.values, lines.columns, lines.sizes, lines.values[order], rows[order], sizes
    )


def _ridge(matrix: _Matrix, targets: Floats, importance: Floats) -> Floats:
    """Solve (X'SX + λ)W = X'SY by conjugate gradients, a few rounds, all sections side by side."""
    left = _against(matrix, importance * targets)
    weights = np.zeros_like(left)
    step = left.copy()
    size = (left * left).sum(axis=0)
    for _ in range(_ROUNDS):
        forth = multiply(matrix.values, matrix.columns, matrix.sizes, step)
        pull = _against(matrix, importance * forth) + np.float32(_SMOOTHING) * step
        pace = size / np.maximum((step * pull).sum(axis=0), np.float32(1e-12))
        weights += pace * step
        left -= pace * pull
        before, size = size, (left * left).sum(axis=0)
        step = left + size / np.maximum(before, np.float32(1e-12)) * step
    return weights


def _against(matrix: _Matrix, lines: Floats) -> Floats:
    return multiply(matrix.turned_values, matrix.turned_rows, matrix.turned_sizes, lines)
