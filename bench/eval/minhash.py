"""MinHash as libraries do it, to compare with: 128 rows over runs of 3 syllables, 25 bands of 5.

These are the bands that datasketch's `MinHashLSH` chooses for a threshold of 0.5; of the pairs
that meet in a band those with an estimated Jaccard of 0.5 are merged.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.shingles import shingle
from feeds.text.tokens import hash_text

ROWS, BANDS, DEPTH, WIDTH, LEAST = 128, 25, 5, 3, 0.5
Signature = NDArray[np.uint64]


def minhash_pairs(texts: Mapping[str, str]) -> set[tuple[str, str]]:
    """Pair the texts that MinHash takes for one."""
    signatures = {name: signature(text) for name, text in texts.items()}
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for name, own in signatures.items():
        for band in range(BANDS):
            buckets[band, own[band * DEPTH : (band + 1) * DEPTH].tobytes()].append(name)
    met = {pair for names in buckets.values() for pair in combinations(sorted(names), 2)}
    return {
        (left, right)
        for left, right in met
        if np.mean(signatures[left] == signatures[right]) >= LEAST
    }


def signature(text: str) -> Signature:
    """Give a text's MinHash signature."""
    runs = np.unique(shingle(hash_text(text), WIDTH))
    if not runs.size:
        return np.zeros(ROWS, dtype=np.uint64)
    chance = np.random.default_rng(1)
    odd = chance.integers(1, 2**63, ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    shift = chance.integers(0, 2**63, ROWS, dtype=np.uint64)
    low: Signature = (runs[:, None] * odd + shift).min(axis=0)
    return low
