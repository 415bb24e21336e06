"""Learning the model's weights from articles whose section is known.

Theory: labels come from rules and sources, so some are wrong, and nothing may hang on one article:
ridge regression on each section's membership. A feature counts for its rarity, and for how much it
tells of sections: what is as frequent in all of them is worth little, however rare. Each article
is learned twice: as it is, and by its beginning alone, so that an excerpt is filed as well. Its
opening, a word or some, tells how sure to be of so little. Which figures stand here was decided on
folds of training data (docs/decisions/0016).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from feeds.topics.calibration import Held, fit_heat
from feeds.topics.features import SLOT_BITS, Counted, Ints, Places, count, places
from feeds.topics.model import Floats, Model, weighed
from feeds.topics.ridge import Lines, joined, product, ridge, scaled, some
from feeds.topics.subject import Subject, read_all

LEAST_ARTICLES = 20  # of a section; with fewer it is not learned
_BEGINNING = 60  # tokens: about 300 characters
_BEGINNING_COUNTS = 0.5  # of what the whole article counts
# Of so many tokens, in turn, are the openings by which it is told how sure to be of few words. Not
# of a number of them that shares a factor with the folds, of which each shall have all.
_OPENINGS = np.array([1, 2, 3, 5, 8, 14, 25])
_MOST_SLOTS = 1 << 18
_DOUBT = 0.3  # articles that a feature is taken to have been seen in besides, in each section
_WORTH_OF_ALL = 1.05  # above 1, so that what stands everywhere keeps a little worth
_FOLDS = 4
_MANY = 15_000  # from here on one fold is held out, and the weights are not learned again
_CHARS, _LEAST_CHARS, _ALL_CHARS = 6000, 1000, 40_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Some articles' features by article and slot, in as little room as they take.

    There are 700 of an article, and 50,000 articles.
    """

    articles: NDArray[np.int32]
    slots: NDArray[np.int32]
    counts: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Page:
    """Some articles' features: those of the whole, of the beginning and of the opening."""

    whole: Kept
    beginning: Kept
    opening: Kept
    articles: int


@dataclass
class Learner:
    """Articles gathered page by page, until `learn` makes a model of them.

    `expected` articles decide how much of each is read, which bounds time and memory.
    """

    expected: int
    _pages: list[Page] = field(default_factory=list)
    _sections: list[str] = field(default_factory=list)
    _importance: list[float] = field(default_factory=list)

    @property
    def articles(self) -> int:
        """Count the articles taken in."""
        return len(self._sections)

    @property
    def chars(self) -> int:
        """Say how much of each article is read."""
        return min(_CHARS, max(_LEAST_CHARS, _ALL_CHARS // max(1, self.expected)))

    def read(
        self,
        subjects: Sequence[Subject],
        sections: Sequence[str],
        importance: Sequence[float] | None = None,
    ) -> None:
        """Take in articles with their sections, and how much each counts (1 unless given)."""
        if not subjects:
            return
        found = places(read_all(subjects, self.chars), np.ones(len(subjects), np.bool_), self.chars)
        begun = found.chosen(_within(found, _BEGINNING))
        opened = found.chosen(_within(found, _OPENINGS[found.articles % _OPENINGS.size]))
        whole, beginning, opening = (_kept(count(part)) for part in (found, begun, opened))
        self._pages.append(Page(whole, beginning, opening, len(subjects)))
        self._sections.extend(sections)
        self._importance.extend(importance or [1.0] * len(subjects))

    def learn(self) -> Model | None:
        """Learn, once; `None` where fewer than two sections have enough articles."""
        names, kept, labels = _chosen(self._sections)
        if len(names) < 2:
            return None
        slots, rarity = _vocabulary([one.whole for one in self._pages], len(self._sections))
        whole, begun, opened = (
            _lines([getattr(page, part) for page in self._pages], self._pages, slots, rarity)
            for part in ("whole", "beginning", "opening")
        )
        self._pages.clear()  # half a gigabyte of 50,000 articles
        importance = np.array(self._importance, dtype=np.float32)[kept]
        parts = (some(whole, kept), some(begun, kept), some(opened, kept))
        taught = _Taught(*parts, labels, importance)
        worth, weights, held = _cross_fit(taught, len(names), slots.size)
        return Model(
            sections=names,
            slots=slots.astype(np.int32),
            rarity=(rarity * worth).astype(np.float16).astype(np.float32),
            weights=weights.astype(np.float16).astype(np.float32),
            heat=fit_heat(held),
            chars=self.chars,
        )


@dataclass(frozen=True, slots=True)
class _Taught:
    """Articles to learn from, whole and by their beginnings, and how much each counts.

    Nothing is learned from openings, which only tell how sure to be.
    """

    whole: Lines
    begun: Lines
    opened: Lines
    labels: Ints
    importance: Floats

    def some(self, rows: Ints) -> "_Taught":
        """Choose articles."""
        parts = (some(self.whole, rows), some(self.begun, rows), some(self.opened, rows))
        return _Taught(*parts, self.labels[rows], self.importance[rows])


def _kept(counted: Counted) -> Kept:
    found = (counted.articles, counted.slots, counted.counts)
    return Kept(*(one.astype(np.int32) for one in found))


def _within(found: Places, tokens: int | Ints) -> NDArray[np.bool_]:
    """Tell which places end within so many first tokens of title and body."""
    last = (found.at >> 1) + (found.at & 1)
    begins, excerpts, texts, _ = found.reading.bounds[3 * found.articles + np.arange(4)[:, None]]
    skipped = np.where(last >= texts, texts - excerpts, 0)
    near: NDArray[np.bool_] = last - begins - skipped < tokens
    return near


def _chosen(sections: Sequence[str]) -> tuple[tuple[str, ...], Ints, Ints]:
    """Name the sections with enough articles; gives those articles' rows and labels."""
    names, inverse, sizes = np.unique(
        np.array(sections, dtype=np.str_), return_inverse=True, return_counts=True
    )
    enough = sizes >= LEAST_ARTICLES
    kept = np.flatnonzero(enough[inverse])
    numbers = np.cumsum(enough) - 1
    return tuple(names[enough].tolist()), kept, numbers[inverse[kept]]


def _vocabulary(pages: Sequence[Kept], articles: int) -> tuple[Ints, Floats]:
    """Choose the features that several articles have; gives their slots and idf."""
    frequency = np.zeros(1 << SLOT_BITS, dtype=np.int64)
    for page in pages:
        frequency += np.bincount(page.slots, minlength=1 << SLOT_BITS)
    least = 2 if articles < _MANY else 4
    often = np.flatnonzero(frequency >= least)
    if often.size > _MOST_SLOTS:
        commonest = np.argsort(-frequency[often], kind="stable")[:_MOST_SLOTS]
        often = np.sort(often[commonest])
    rarity = 1 + np.log((articles + 1) / (frequency[often] + 1))
    return often, rarity.astype(np.float32)


def _lines(counted: Sequence[Kept], pages: Sequence[Page], slots: Ints, rarity: Floats) -> Lines:
    rows = np.full(1 << SLOT_BITS, -1, dtype=np.int32)
    rows[slots] = np.arange(slots.size, dtype=np.int32)
    parts = []
    for one, page in zip(counted, pages, strict=True):
        columns = rows.take(one.slots)
        known = columns >= 0
        sizes = np.bincount(one.articles[known], minlength=page.articles)
        values = weighed(one.counts[known], rarity.take(columns[known]))
        parts.append(Lines(values, columns[known], sizes))
    return joined(parts)


def _cross_fit(taught: _Taught, sections: int, slots: int) -> tuple[Floats, Floats, Held]:
    """Learn worth and weights, and collect scores of articles by weights that had not seen them."""
    many = taught.labels.size >= _MANY
    folds = np.arange(taught.labels.size) % _FOLDS
    held = []
    worth = weights = np.zeros(0, dtype=np.float32)
    for fold in range(1 if many else _FOLDS):
        out = taught.some(np.flatnonzero(folds == fold))
        worth, weights = _fit(taught.some(np.flatnonzero(folds != fold)), sections, slots)
        for part in (out.whole, out.begun, out.opened):
            held.append(Held(product(scaled(part, worth), weights), part.sizes, out.labels))
    if not many:
        worth, weights = _fit(taught, sections, slots)
    scores = Held(
        np.concatenate([one.scores for one in held]),
        np.concatenate([one.sizes for one in held]),
        np.concatenate([one.labels for one in held]),
    )
    return worth, weights, scores


def _fit(taught: _Taught, sections: int, slots: int) -> tuple[Floats, Floats]:
    """Learn what each feature is worth, and its weight for each section."""
    worth = _worth(taught, sections, slots)
    member = np.eye(sections, dtype=np.float32)[taught.labels] - np.float32(1 / sections)
    importance = np.concatenate([taught.importance, _BEGINNING_COUNTS * taught.importance])
    lines = scaled(joined([taught.whole, taught.begun]), worth)
    targets = np.concatenate([member, member])
    return worth, ridge(lines, slots, targets, importance[:, None])


def _worth(taught: _Taught, sections: int, slots: int) -> Floats:
    """Say how much each feature tells of sections: nothing where it is as frequent in all.

    By the entropy of the sections in which it stands, as if all sections had as many articles.
    """
    labels = np.repeat(taught.labels, taught.whole.sizes)
    cells = taught.whole.columns.astype(np.int64) * sections + labels
    counts = np.bincount(cells, minlength=slots * sections).reshape(slots, sections)
    sizes = np.bincount(taught.labels, minlength=sections)
    rates = counts / np.maximum(sizes, 1) * sizes.mean() + _DOUBT
    shares = rates / rates.sum(axis=1, keepdims=True)
    entropy = -(shares * np.log(shares)).sum(axis=1) / np.log(sections)
    worth: Floats = np.sqrt(_WORTH_OF_ALL - entropy).astype(np.float32)
    return worth
