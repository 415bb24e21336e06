"""Fingerprints: how one text finds its near-duplicates among millions.

Theory: a missed candidate is a duplicate that readers see twice; a needless candidate only costs
one exact comparison, which `match` then answers. A fingerprint is a bottom-k sketch: of the hashes
of all runs of 5 syllables the smallest, a sample that every text draws by the same rule. Two texts
with Jaccard similarity J share about J of their samples, so of the `KEYS` smallest, by which
texts are looked up, two equal halves (J = 0.5) miss all with probability below 0.001. An excerpt
keeps what it shares with the whole text, since a run that is small there is small here; MinHash
bands lose it, for its J is low.

Of a long text's ten smallest runs a short excerpt seldom holds one, and most excerpts are the first
words. So a text is looked up by the smallest runs of its opening, too. Of 800 articles of 400 words
and more the first 40 words missed six in ten by 10 keys, and none with 4 of the first 40 runs;
where 20 other words stood before the whole, one in 25.

Measured on 3,605 articles of neardup_vntc among 6,800 others: 10 keys find all of 597 duplicates
with 0.7 candidates an article; 42 bands of 3 MinHash rows over runs of 3 syllables, four times the
rows to store, found 0.998. Runs of 3 syllables are phrases that hundreds of articles share.

Texts under 20 syllables (notices, captions) share their few runs by chance, and get no keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.match import LEAST_SYLLABLES, WIDTH, Similarity
from feeds.dedupe.shingles import distinct, shingle
from feeds.text.tokens import Hashes, Tokens

SAMPLE = 64
KEYS = 10
OPENING, OPENING_KEYS = 40, 4  # of so many first runs so many
_NONE = np.uint64(2**64 - 1)  # fills the sketches of short texts


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is stored of a text to find and to rank its near-duplicates.

    `sketch` holds the smallest distinct shingles, at most 64, as little-endian uint64 in order;
    `keys` the first of them as signed numbers, then those of its opening, none for a short text.
    `size` counts distinct shingles. `exact` names the match form: equal for texts that differ in
    nothing that counts.
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
    return Fingerprint(
        sketch=sketch.astype("<u8").tobytes(),
        keys=_keys(sketch, runs) if syllables.size >= LEAST_SYLLABLES else (),
        size=int(found.size),
        exact=blake2b(syllables.astype("<u8").tobytes(), digest_size=16).digest(),
    )


def _keys(sketch: Hashes, runs: Hashes) -> tuple[int, ...]:
    keys = sketch[:KEYS].view(np.int64).tolist()
    opening = distinct(runs[:OPENING])[:OPENING_KEYS].view(np.int64).tolist()
    return (*keys, *(key for key in opening if key not in keys))


def estimate(left: bytes, right: bytes) -> Similarity:
    """Estimate how much two texts share from their sketches; nothing for empty texts."""
    found = estimates([left], [right])
    return Similarity(float(found.jaccard[0]), float(found.containment[0]))


@dataclass(frozen=True, slots=True)
class Estimates:
    """How much pairs of texts share; `sampled` counts the samples that a containment rests on."""

    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    sampled: NDArray[np.int64]


def estimates(lefts: Sequence[bytes], rights: Sequence[bytes]) -> Estimates:
    """Estimate pair by pair how much texts share.

    Both are compared as far as the shorter sample reaches: what is larger, one of them left out.
    A sketch that is not full knows all of its text, and reaches to the end.
    """
    one, other = _rows(lefts), _rows(rights)
    reach = np.minimum(one[:, -1:], other[:, -1:])
    ones, others = (((side <= reach) & (side < _NONE)).sum(axis=1) for side in (one, other))
    both = np.sort(np.concatenate([one, other], axis=1), axis=1)
    twice = (both[:, 1:] == both[:, :-1]) & (both[:, 1:] <= reach) & (both[:, 1:] < _NONE)
    shared, sampled = twice.sum(axis=1), np.minimum(ones, others)
    return Estimates(
        jaccard=shared / np.maximum(1, ones + others - shared),
        containment=shared / np.maximum(1, sampled),
        sampled=sampled,
    )


def _rows(sketches: Sequence[bytes]) -> Hashes:
    filled = b"".join([sketch.ljust(8 * SAMPLE, b"\xff") for sketch in sketches])
    return np.frombuffer(filled, dtype="<u8").reshape(-1, SAMPLE)
