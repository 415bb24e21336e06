"""Fingerprints: how one text finds its near-duplicates among millions.

Theory: a missed candidate is a duplicate that readers see twice; a needless candidate only costs
one exact comparison, which `match` then answers. A fingerprint is a bottom-k sketch: of the hashes
of all runs of 5 syllables the smallest, a sample that every text draws by the same rule. Two texts
with Jaccard similarity J share about J of their samples, so of the `KEYS` smallest, by which
texts are looked up, two equal halves (J = 0.5) miss all with probability below 0.001. An excerpt
keeps what it shares with the whole text, since a run that is small there is small here; MinHash
bands lose it, for its J is low.

Measured on 3,605 articles of neardup_vntc among 6,800 others: 10 keys find all of 597 duplicates
with 0.7 candidates an article; 42 bands of 3 MinHash rows over runs of 3 syllables, four times the
rows to store, found 0.998. Runs of 3 syllables are phrases that hundreds of articles share.

Texts under 20 syllables (notices, captions) share their few runs by chance, and get no keys.
"""

from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from feeds.dedupe.match import LEAST_SYLLABLES, WIDTH, Similarity
from feeds.dedupe.shingles import distinct, shingle
from feeds.text.tokens import Hashes, Tokens

SAMPLE = 64
KEYS = 10


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is stored of a text to find and to rank its near-duplicates.

    `sketch` holds the smallest distinct shingles, at most 64, as little-endian uint64 in order;
    `keys` the first of them as signed numbers, none for a short text. `size` counts distinct
    shingles. `exact` names the match form: equal for texts that differ in nothing that counts.
    """

    sketch: bytes
    keys: tuple[int, ...]
    size: int
    exact: bytes


def fingerprints(tokens: Tokens) -> list[Fingerprint]:
    """Fingerprint a batch of texts by their tokens; the same text always gives the same."""
    runs = shingle(tokens.hashes, WIDTH)  # those across the border of two texts are skipped below
    return [
        _fingerprint(tokens.hashes[start:end], runs[start : max(start, end - WIDTH + 1)])
        for start, end in pairwise(tokens.bounds.tolist())
    ]


def _fingerprint(syllables: Hashes, runs: Hashes) -> Fingerprint:
    found = distinct(runs)
    sketch = found[:SAMPLE]
    keys = sketch[:KEYS] if syllables.size >= LEAST_SYLLABLES else sketch[:0]
    return Fingerprint(
        sketch=sketch.astype("<u8").tobytes(),
        keys=tuple(keys.view(np.int64).tolist()),
        size=int(found.size),
        exact=blake2b(syllables.astype("<u8").tobytes(), digest_size=16).digest(),
    )


def estimate(left: bytes, right: bytes) -> Similarity:
    """Estimate how much two texts share from their sketches; nothing for empty texts.

    Both are compared as far as the shorter sample reaches: what is larger, one of them left out.
    """
    one, other = np.frombuffer(left, dtype="<u8"), np.frombuffer(right, dtype="<u8")
    if not one.size or not other.size:
        return Similarity(0.0, 0.0)
    reach = np.uint64(min(_reach(one), _reach(other)))
    ones = int(np.searchsorted(one, reach, side="right"))
    others = int(np.searchsorted(other, reach, side="right"))
    shared = np.intersect1d(one[:ones], other[:others], assume_unique=True).size
    smaller = min(ones, others)
    return Similarity(
        jaccard=shared / max(1, ones + others - shared),
        containment=shared / smaller if smaller else 0.0,
    )


def _reach(sketch: Hashes) -> int:
    """Say up to where a sketch knows its text: to its end, where it holds all of it."""
    return int(sketch[-1]) if sketch.size == SAMPLE else 2**64 - 1
