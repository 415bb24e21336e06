"""The learned model: which section an article looks like, how sure that is, and by which words.

Theory: linear, because then each word has a weight for each section, and the words that spoke for
a section are the reason that an editor reads. Scores are no probabilities. What tells how sure a
guess is, is by how much it leads the second: where a guess is wrong, that one is nearly always
right. A temperature makes the lead a probability, less the fewer words are known below some 50;
both were fitted on articles that the weights had not seen.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from feeds.text.reading import Reading
from feeds.topics.features import SLOT_BITS, Ints, Places, count, places
from feeds.topics.subject import Subject, read_all

Floats = NDArray[np.float32]
Heat = tuple[float, float, float, float]
_FEATURES = 4.0  # log(1 + known features) of some 50
_WARMER, _OF_FEW = 0.6, 0.5  # as folds have it (docs/decisions/0016)
_LEAST_KNOWN = 0.2  # of an article's places; of less, as of a foreign language, nothing is said
_TOGETHER = 1 << 15  # values
_SHOWN = 4
_CANDIDATES = 16


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest section of an article, how likely (0 to 1), and the words that say so."""

    section: str
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """Weights by slot and section.

    `slots` rises; `weights` has a row for each slot and a column for each section; `rarity` is
    each slot's idf. `heat` is (a, b, c, d) of the log of the odds that a guess is right: its lead
    times exp(a + b·x + c·x²), and d·x where x is below 0; x is log(1 + known features), less 4.
    """

    sections: tuple[str, ...]
    slots: NDArray[np.int32]
    rarity: Floats
    weights: Floats
    heat: Heat
    chars: int

    @cached_property
    def _rows(self) -> NDArray[np.int32]:
        """Map each slot to its row; what was not learned to -1."""
        rows = np.full(1 << SLOT_BITS, -1, dtype=np.int32)
        rows[self.slots] = np.arange(self.slots.size, dtype=np.int32)
        return rows

    def guess(self, subjects: Sequence[Subject]) -> list[Guess]:
        """Guess each article's section; where too little is known, confidence is 1 / sections."""
        asked = np.ones(len(subjects), dtype=np.bool_)
        return self.guess_read(read_all(subjects, self.chars), asked)

    def guess_read(self, reading: Reading, asked: NDArray[np.bool_]) -> list[Guess]:
        """Guess the sections of those articles of a reading (see `read_all`) that are asked for."""
        if not asked.any():
            return []
        found = places(reading, asked, self.chars)
        known = self._rows.take(found.slots) >= 0
        enough = _mostly(known, found.articles, asked.size)
        counted = count(found.chosen(known & enough[found.articles]))
        rows = self._rows.take(counted.slots)
        sizes = np.bincount(counted.articles, minlength=asked.size)
        values = weighed(counted.counts, self.rarity.take(rows))
        scores = multiply(values, rows, sizes, self.weights) / lengths(values, sizes)[:, None]
        sure = certainty(scores, sizes, self.heat)
        best = scores.argmax(axis=1)
        cells = rows * np.intp(len(self.sections)) + np.repeat(best, sizes)
        parts = values * self.weights.take(cells)
        ends = np.cumsum(sizes)
        return [
            Guess(
                self.sections[best[one]],
                round(float(sure[one]), 4),
                _words(found, counted.at[start:end], parts[start:end]),
            )
            for one, start, end in zip(
                np.flatnonzero(asked).tolist(),
                (ends - sizes)[asked].tolist(),
                ends[asked].tolist(),
                strict=True,
            )
        ]

    def dump(self) -> bytes:
        """Write the model as bytes; weights in half precision, which no figure notices."""
        to = io.BytesIO()
        np.savez_compressed(
            to,
            sections=np.array(self.sections),
            slots=self.slots,
            rarity=self.rarity.astype(np.float16),
            weights=self.weights.astype(np.float16),
            heat=np.array(self.heat),
            chars=np.array(self.chars),
        )
        return to.getvalue()


def load(body: bytes) -> Model:
    """Read a model as `dump` writes it; raises `ValueError` for anything else."""
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        return Model(
            sections=tuple(stored["sections"].tolist()),
            slots=stored["slots"],
            rarity=stored["rarity"].astype(np.float32),
            weights=stored["weights"].astype(np.float32),
            heat=_heat(stored["heat"].tolist()),
            chars=int(stored["chars"]),
        )


def _heat(stored: Sequence[float]) -> Heat:
    """Read a stored temperature; an older version's has two numbers, and counts from none on.

    It was fitted to all scores, which makes it warmer than one for the lead, and to no few words.
    """
    first, second, *more = stored
    if not more:
        return first + _FEATURES * second - _WARMER, second, 0.0, _OF_FEW
    third, fourth = more
    return first, second, third, fourth


def weighed(counts: Ints | NDArray[np.int32], rarity: Floats) -> Floats:
    """Weigh features: sublinear count times rarity."""
    values: Floats = (1 + np.log(counts.astype(np.float32))) * rarity
    return values


def lengths(values: Floats, sizes: Ints) -> Floats:
    """Give the length of each line of a sparse matrix, 1 where it is empty."""
    squares = np.zeros(sizes.size, dtype=np.float32)
    lines = np.flatnonzero(sizes)
    starts = (np.cumsum(sizes) - sizes)[lines]
    squares[lines] = np.add.reduceat(values * values, starts) if lines.size else 0
    found: Floats = np.sqrt(np.where(squares > 0, squares, np.float32(1)))
    return found


def multiply(values: Floats, rows: NDArray[np.int32], sizes: Ints, weights: Floats) -> Floats:
    """Multiply a sparse matrix, of which `sizes` counts each line's values, by a dense one.

    Some lines at a time, so that what is gathered stays in the processor's cache.
    """
    out = np.zeros((sizes.size, weights.shape[1]), dtype=np.float32)
    lines = np.flatnonzero(sizes)
    ends = np.cumsum(sizes)[lines]
    starts = ends - sizes[lines]
    at = 0
    while at < lines.size:
        to = max(at + 1, int(np.searchsorted(ends, starts[at] + _TOGETHER, side="right")))
        cells = slice(starts[at], ends[to - 1])
        parts = weights.take(rows[cells], axis=0)  # a quarter of the time of weights[rows]
        parts *= values[cells, None]
        out[lines[at:to]] = np.add.reduceat(parts, starts[at:to] - starts[at], axis=0)
        at = to
    return out


def certainty(scores: Floats, sizes: Ints, heat: Heat) -> NDArray[np.float64]:
    """Say how likely each article's best section is right, by its lead over the second.

    An article of which nothing is known has none: 1 / sections.
    """
    second, first = np.partition(scores, -2, axis=1)[:, -2:].T
    many = np.log1p(sizes) - _FEATURES
    warmth = np.exp(heat[0] + heat[1] * many + heat[2] * many**2)
    odds = (first - second) * warmth + heat[3] * np.minimum(many, 0)
    found: NDArray[np.float64] = np.where(sizes > 0, 1 / (1 + np.exp(-odds)), 1 / scores.shape[1])
    return found


def _mostly(known: NDArray[np.bool_], articles: Ints, count: int) -> NDArray[np.bool_]:
    """Tell of which articles enough places are known."""
    places_of = np.bincount(articles, minlength=count)
    known_of = np.bincount(articles[known], minlength=count)
    mostly: NDArray[np.bool_] = known_of >= _LEAST_KNOWN * places_of
    return mostly


def _words(found: Places, at: Ints, parts: Floats) -> tuple[str, ...]:
    """List the words that spoke most for a section, as they are written; none repeats another."""
    most = np.argpartition(-parts, _CANDIDATES)[:_CANDIDATES] if parts.size > _CANDIDATES else None
    top = np.arange(parts.size) if most is None else np.sort(most)
    top = top[np.argsort(-parts[top], kind="stable")]
    kept: list[str] = []
    said: set[str] = set()
    for place in at[top[parts[top] > 0]].tolist():
        word = found.written(place)
        own = word.split()
        if said.isdisjoint(own):
            kept.append(word)
            said.update(own)
            if len(kept) == _SHOWN:
                break
    return tuple(kept)
