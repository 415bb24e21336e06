"""The plain method to compare with: tf-idf over words and pairs of words, in cosines."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feeds.text.normalise import syllables

Similarities = NDArray[np.float64]


def similarities(texts: Sequence[str], rows: int) -> Similarities:
    """Compare the first `rows` texts with all: one row each."""
    vectors = _vectors(texts)
    found: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for number, vector in enumerate(vectors):
        for key, weight in vector.items():
            found[key].append((number, weight))
    postings = {
        key: (np.array([n for n, _ in own]), np.array([w for _, w in own]))
        for key, own in found.items()
        if len(own) > 1
    }
    sums = np.zeros((rows, len(texts)))
    for row in range(rows):
        for key, weight in vectors[row].items():
            if key in postings:
                numbers, weights = postings[key]
                sums[row, numbers] += weight * weights
    return sums


def by_pairs(lefts: Sequence[str], rights: Sequence[str]) -> list[float]:
    """Compare texts two by two, with the counts of all of them."""
    vectors = _vectors([*lefts, *rights])
    pairs = zip(vectors[: len(lefts)], vectors[len(lefts) :], strict=True)
    return [
        sum(weight * other.get(key, 0.0) for key, weight in one.items()) for one, other in pairs
    ]


def _vectors(texts: Sequence[str]) -> list[dict[int, float]]:
    numbers: dict[str, int] = {}
    counted = []
    for text in texts:
        words = syllables(text)
        grams = [*words, *(f"{a} {b}" for a, b in pairwise(words))]
        counted.append(Counter(numbers.setdefault(gram, len(numbers)) for gram in grams))
    held = Counter(key for own in counted for key in own)
    return [_weighed(own, held, len(texts)) for own in counted]


def _weighed(own: Counter[int], held: Counter[int], texts: int) -> dict[int, float]:
    """Weigh as scikit-learn does by default, with logarithms of the counts."""
    weights = {
        key: (1 + math.log(count)) * (1 + math.log((1 + texts) / (1 + held[key])))
        for key, count in own.items()
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {key: weight / length for key, weight in weights.items()}
