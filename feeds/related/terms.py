"""What articles are about, each as a few weighted terms.

Theory: two articles belong together when they share names, acronyms and pairs of content
syllables; a single Vietnamese syllable says too little, a whole name says most. Weights come from
the article alone, never from counts over the store, so a relation does not depend on what arrived
before. The worse error is a dull term that relates everything, so words of function, pairs that
any news may hold, and names that stand everywhere are dropped or count little. Only the first
words are read: news tells what it is about first.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feeds.related.phrases import Phrases, find_phrases
from feeds.text.reading import Reading
from feeds.text.tokens import Hashes
from feeds.text.vectors import NAME

_IN_TITLE = 3  # a place in the title counts as this many in the text
_MOST = 40
_GROUPED = np.uint64(20)  # bits of a hash that give way to the article's number


@dataclass(frozen=True, slots=True)
class Terms:
    """What an article is about, heaviest first: three sequences of one length.

    `keys` are signed 64-bit hashes, odd for names; `names` is how the article writes each term.
    Weights have length 1, so the sum of products over shared terms is two articles' cosine.
    """

    keys: tuple[int, ...]
    weights: tuple[float, ...]
    names: tuple[str, ...]


def plain_case(title: str) -> str:
    """Bring a title in capitals, or with Every Word Written Large, to small letters."""
    words = title.split()
    long = [word for word in words if len(word) > 3]
    shouted = title.isupper() and len(words) > 2
    headline = len(long) > 3 and sum(word[0].isupper() for word in long) > 0.8 * len(long)
    return title.lower() if shouted or headline else title


def key_terms(reading: Reading, limit: int = 16) -> list[Terms]:
    """List what articles are about; of each, title and text were read in turn.

    Titles are best read in `plain_case`.
    """
    found = find_phrases(reading)
    articles = (reading.bounds.size - 1) // 2
    if not found.keys.size:
        return [Terms((), (), ())] * articles
    terms = _grouped(found)
    rows, bounds = _heaviest(terms, limit, articles)
    keys = _keys(terms, rows)
    weights = _of_length_1(terms.weights[rows], bounds)
    names = _names(reading, terms, rows)
    return [
        Terms(tuple(keys[start:end]), tuple(weights[start:end]), tuple(names[start:end]))
        for start, end in pairwise(bounds.tolist())
    ]


@dataclass(frozen=True, slots=True)
class _Grouped:
    """Each article's terms, one row each: by article, then by key."""

    articles: NDArray[np.intp]
    keys: Hashes
    weights: NDArray[np.float64]
    names: NDArray[np.bool_]
    firsts: NDArray[np.intp]
    lasts: NDArray[np.intp]


def _grouped(found: Phrases) -> _Grouped:
    """Put the places of one term together: what stands in the title counts more."""
    order = np.argsort(
        found.articles.astype(np.uint64) << (np.uint64(64) - _GROUPED) | found.keys >> _GROUPED,
        kind="stable",
    )
    articles, keys = found.articles[order], found.keys[order]
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = (articles[1:] != articles[:-1]) | (keys[1:] != keys[:-1])
    starts = np.flatnonzero(first)
    places = np.add.reduceat(np.where(found.titled[order], _IN_TITLE, 1), starts)
    names = np.logical_or.reduceat(found.names[order], starts)
    # A name counts as one, also where it stands among other words.
    bases = np.maximum.reduceat(np.where(found.names, found.bases + 10, found.bases)[order], starts)
    bases = np.where(names, bases - 10, bases)
    weights = bases * (1 + np.log(np.minimum(places, _MOST)))
    ends = order[starts]
    return _Grouped(
        articles[starts], keys[starts], weights, names, found.firsts[ends], found.lasts[ends]
    )


def _heaviest(
    terms: _Grouped, limit: int, articles: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose each article's heaviest terms; returns rows, and where each article's begin."""
    order = np.lexsort((terms.keys, -terms.weights, terms.articles))
    sizes = np.bincount(terms.articles, minlength=articles)
    begins = np.cumsum(sizes) - sizes
    kept = order[np.arange(order.size) - np.repeat(begins, sizes) < limit]
    bounds = np.concatenate(([0], np.cumsum(np.minimum(sizes, limit))))
    return kept, bounds


def _keys(terms: _Grouped, rows: NDArray[np.intp]) -> list[int]:
    named = terms.names[rows].astype(np.uint64)
    keys: list[int] = (terms.keys[rows] & ~np.uint64(NAME) | named).view(np.int64).tolist()
    return keys


def _of_length_1(weights: NDArray[np.float64], bounds: NDArray[np.intp]) -> list[float]:
    squares = np.concatenate(([0.0], np.cumsum(weights * weights)))
    lengths = np.sqrt(squares[bounds[1:]] - squares[bounds[:-1]])
    scaled: list[float] = np.round(weights / np.repeat(lengths, np.diff(bounds)), 4).tolist()
    return scaled


def _names(reading: Reading, terms: _Grouped, rows: NDArray[np.intp]) -> list[str]:
    starts = reading.starts[terms.firsts[rows]].tolist()
    ends = reading.ends[terms.lasts[rows]].tolist()
    return [
        reading.text[start:end] if is_name else reading.text[start:end].lower()
        for start, end, is_name in zip(starts, ends, terms.names[rows].tolist(), strict=True)
    ]
