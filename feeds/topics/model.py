"""The learned model: which section an article looks like, how sure that is, and by which words.

Theory: linear, because then each word has a weight for each section, and the words that spoke for
a section are the reason that an editor reads. Scores are no probabilities; they are made some by a
temperature that depends on how many known features an article has, because a short text's scores
are as large as a long one's and mean less. It was fitted on articles that the weights had not seen.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from feeds.topics.features import SLOT_BITS, Counted, Ints, Places, count, places
from feeds.topics.subject import Subject

Floats = NDArray[np.float32]
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
    each slot's idf. `heat` gives the log of the inverse temperature: a + b·log(1 + known features).
    """

    sections: tuple[str, ...]
    slots: NDArray[np.int32]
    rarity: Floats
    weights: Floats
    heat: tuple[float, float]
    chars: int

    @cached_property
    def _rows(self) -> NDArray[np.int32]:
        """Map each slot to its row; what was not learned to -1."""
        rows = np.full(1 << SLOT_BITS, -1, dtype=np.int32)
        rows[self.slots] = np.arange(self.slots.size, dtype=np.int32)
        return rows

    def guess(self, subjects: Sequence[Subject]) -> list[Guess]:
        """Guess each article's section; where too little is known, confidence is 1 / sections."""
        if not subjects:
            return []
        found = places(subjects, self.chars)
        known = self._rows[found.slots] >= 0
        enough = _mostly(known, found.articles, len(subjects))
        found = found.chosen(known & enough[found.articles])
        counted = count(found)
        rows = self._rows[counted.slots]
        sizes = np.bincount(counted.articles, minlength=len(subjects))
        values = scaled(counted.counts, self.rarity[rows], sizes)
        scores = multiply(values, rows, sizes, self.weights)
        sure = probabilities(scores, sizes, self.heat)
        best = sure.argmax(axis=1)
        parts = values * self.weights[rows, np.repeat(best, sizes)]
        words = _words(found, counted, parts, sizes)
        return [
            Guess(self.sections[one], round(float(row[one]), 4), spoke)
            for one, row, spoke in zip(best.tolist(), sure, words, strict=True)
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
        first, second = stored["heat"].tolist()
        return Model(
            sections=tuple(stored["sections"].tolist()),
            slots=stored["slots"],
            rarity=stored["rarity"].astype(np.float32),
            weights=stored["weights"].astype(np.float32),
            heat=(first, second),
            chars=int(stored["chars"]),
        )


def scaled(counts: Ints, rarity: Floats, sizes: Ints) -> Floats:
    """Weigh features: sublinear count times rarity, each article's to length 1."""
    values = (1 + np.log(counts)).astype(np.float32) * rarity
    squares = np.concatenate(([0.0], np.cumsum(np.square(values, dtype=np.float64))))
    ends = np.cumsum(sizes)
    lengths = np.sqrt(squares[ends] - squares[ends - sizes])
    weighed: Floats = values / np.repeat(lengths.astype(np.float32), sizes)
    return weighed


def multiply(
    values: Floats, rows: NDArray[np.int32], sizes: Ints, weights: Floats
) -> NDArray[np.float32]:
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
        parts = weights[rows[cells]] * values[cells, None]
        out[lines[at:to]] = np.add.reduceat(parts, starts[at:to] - starts[at], axis=0)
        at = to
    return out


def probabilities(scores: Floats, sizes: Ints, heat: tuple[float, float]) -> NDArray[np.float64]:
    """Make scores of articles with so many known features add up to 1."""
    warmth = np.exp(heat[0] + heat[1] * np.log1p(sizes))[:, None]
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) * warmth)
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _mostly(known: NDArray[np.bool_], articles: Ints, count: int) -> NDArray[np.bool_]:
    """Tell of which articles enough places are known."""
    places_of = np.bincount(articles, minlength=count)
    known_of = np.bincount(articles[known], minlength=count)
    mostly: NDArray[np.bool_] = known_of >= _LEAST_KNOWN * places_of
    return mostly


def _words(found: Places, counted: Counted, parts: Floats, sizes: Ints) -> list[tuple[str, ...]]:
    """List each article's words that spoke most for its section, as they are written there."""
    words = []
    end = 0
    for size in sizes.tolist():
        start, end = end, end + size
        top = np.argsort(-parts[start:end], kind="stable")[:_CANDIDATES] + start
        spoke = counted.place[top[parts[top] > 0]]
        words.append(_apart(_written(found, spoke)))
    return words


def _written(found: Places, spoke: Ints) -> list[str]:
    starts = found.reading.starts[found.first[spoke]].tolist()
    ends = found.reading.ends[found.last[spoke]].tolist()
    texts = [found.reading.text[a:b] for a, b in zip(starts, ends, strict=True)]
    return [" ".join(text.lower().split()) for text in texts]


def _apart(words: list[str]) -> tuple[str, ...]:
    """Keep the first few that don't repeat each other."""
    kept: list[str] = []
    for word in words:
        own = set(word.split())
        if len(kept) < _SHOWN and not any(own & set(other.split()) for other in kept):
            kept.append(word)
    return tuple(kept)
