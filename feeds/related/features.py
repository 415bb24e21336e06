"""Articles as vectors of words and pairs of words, weighed by how rare they are.

Theory: stories share wording that no list foresees, so every word and pair of neighbours of the
first `READ_WORDS` is a feature, and the store's own counts say which of them matter. Of each
article the heaviest `MOST` are kept: 160 gain little (0.972 for 0.969 of Vietnamese pairs with 100,
more for Turkish), fewer lose what short texts live on (64: 0.007 less). What stands in the title
counts once more, and weighs a fifth more.
Keys are 32-bit hashes, so they mean the same under any version of the counts. Weights are whole
numbers, so sums don't depend on the order in which they are added, and both ends of a pair agree.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feeds.related.statistics import BITS, NAME, PAIR, Counts, Statistics
from feeds.related.words import joined
from feeds.text.reading import LARGE, Reading
from feeds.text.tokens import Hashes
from feeds.text.vectors import HEAVIEST

READ_WORDS = 800
MOST = 128
_KIND, _ARTICLE = np.uint64(3), np.uint64(35)  # bits below the key, and up to the article
_IN_TITLE = np.uint64(1)  # the lowest bit
_TITLED = 1.2
_KEY = np.uint64(0xFFFFFFFF)
_PLACE = np.uint64(0xFFFF)
_FINEST = np.uint64(65535)
_FINE = 65535 / 128  # of a word in the title at most 6^1.2 · 1.15 · 1.2 · (1 + ln 1600) = 100


@dataclass(frozen=True, slots=True)
class Features:
    """An article's heaviest features, heaviest first: packed 32-bit keys, a byte of weight each.

    The heaviest weighs 255.
    """

    keys: bytes
    weights: bytes


@dataclass(frozen=True, slots=True)
class Counted:
    """All features of some articles, each once, by article: 32-bit keys, kinds, and how often.

    `titled` tells which stand in the title.
    """

    articles: int
    owners: Hashes
    keys: Hashes
    kinds: NDArray[np.uint8]
    counts: NDArray[np.intp]
    titled: NDArray[np.bool_]


def counted(reading: Reading) -> Counted:
    """Count the features of articles; of each, title and text were read in turn."""
    return Counted((reading.bounds.size - 1) // 2, *_counted(_places(reading, in_title=2)))


def features(found: Counted, statistics: Statistics) -> list[Features]:
    """Weigh what was counted, and keep each article's heaviest features."""
    if not found.keys.size:
        return [Features(b"", b"")] * found.articles
    often = 1 + np.log(found.counts.astype(np.float32))
    weights = often * statistics.weights(found.keys, found.kinds)
    weights[found.titled] *= np.float32(_TITLED)
    ranked, sizes = _ranked(found.owners, found.keys, weights, found.articles)
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    fine = _FINEST - (ranked >> np.uint64(32) & _FINEST)
    heaviest = np.repeat(fine[np.minimum(bounds[:-1], fine.size - 1)], sizes)
    shares = np.ceil(fine * HEAVIEST / np.maximum(heaviest, 1)).astype(np.uint8).tobytes()
    packed = (ranked & _KEY).astype("<u4").tobytes()
    return [
        Features(packed[4 * start : 4 * end], shares[start:end])
        for start, end in pairwise(bounds.tolist())
    ]


def _ranked(
    owners: Hashes, keys: Hashes, weights: NDArray[np.float32], articles: int
) -> tuple[Hashes, NDArray[np.intp]]:
    """Keep each article's heaviest features, as numbers, and say how many each has.

    A number holds article, weight (heaviest first) and key: one sort orders all three.
    """
    fine = np.minimum(weights * _FINE, 65535).astype(np.uint64)
    ranked = np.sort(owners << np.uint64(48) | (_FINEST - fine) << np.uint64(32) | keys)
    sizes = np.bincount(owners.astype(np.intp), minlength=articles)
    begins = np.cumsum(sizes) - sizes
    heaviest = ranked[np.arange(ranked.size) - np.repeat(begins, sizes) < MOST]
    kept = heaviest[_of_different_places(heaviest)]
    return kept, np.bincount((kept >> np.uint64(48)).astype(np.intp), minlength=articles)


def _of_different_places(ranked: Hashes) -> NDArray[np.intp]:
    """Choose the first of an article's features that one place holds, in their order.

    `alike` compares by places: with two in one place it would depend on which article is asked.
    """
    _, first = np.unique(ranked >> np.uint64(48) << np.uint64(16) | ranked & _PLACE, True)
    return np.sort(first)


def count(reading: Reading, counts: Counts) -> None:
    """Add to `counts` in how many of the articles the features of each place occur."""
    owners, keys, *_ = _counted(_places(reading, in_title=1))
    held = np.unique(owners << np.uint64(BITS) | keys >> np.uint64(32 - BITS))
    found, times = np.unique(held & np.uint64((1 << BITS) - 1), return_counts=True)
    counts[found] += times.astype(np.int32)


def _places(reading: Reading, in_title: int) -> Hashes:
    """Give each place of a feature as one number: its article, key, kind, and if in the title."""
    sizes = np.diff(reading.bounds)
    texts = np.repeat(np.arange(sizes.size), sizes)
    near = np.flatnonzero(np.arange(texts.size) - reading.bounds[texts] < READ_WORDS)
    texts, hashes = texts[near], reading.hashes[near]
    large = (reading.flags[near] & LARGE).astype(np.bool_)
    follows = texts[1:] == texts[:-1]
    pairs = joined(hashes[:-1], hashes[1:])[follows]
    kinds = np.where(large[1:] & large[:-1], NAME, PAIR)[follows].astype(np.uint64) << _IN_TITLE
    owners = (texts >> 1).astype(np.uint64) << _ARTICLE
    titled = texts & 1 == 0
    words = owners | hashes >> np.uint64(32) << _KIND | titled
    pairs = (owners | titled)[1:][follows] | pairs >> np.uint64(32) << _KIND | kinds
    again = [words[titled], pairs[titled[1:][follows]]] * (in_title - 1)
    return np.concatenate([words, pairs, *again])


def _counted(
    places: Hashes,
) -> tuple[Hashes, Hashes, NDArray[np.uint8], NDArray[np.intp], NDArray[np.bool_]]:
    """Put the places of one feature together.

    Gives articles, keys, kinds, numbers of places, and whether one is in the title.
    """
    ordered = np.sort(places)
    last = np.ones(ordered.size, dtype=np.bool_)
    last[:-1] = ordered[1:] >> _KIND != ordered[:-1] >> _KIND
    ends = np.flatnonzero(last)
    found = ordered[ends]  # of several kinds the highest stays: a name is one anywhere
    counts = np.diff(ends, prepend=-1)
    kinds = (found >> _IN_TITLE & np.uint64(3)).astype(np.uint8)
    titled = np.bitwise_or.reduceat(ordered & _IN_TITLE, ends - counts + 1).astype(np.bool_)
    return found >> _ARTICLE, found >> _KIND & _KEY, kinds, counts, titled
