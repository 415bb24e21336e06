"""Fingerprints: how one text finds its near-duplicates among millions.

Theory: a missed candidate is a duplicate that readers see twice; a needless candidate only costs
one exact comparison, which `match` then answers. So bands are set for recall, as far as the
store stays usable: a lookup must not return a fixed share of all articles. MinHash keeps, of
128 random orders of all shingles, the first shingle of the text in each; two texts agree in one
of them with a probability equal to the Jaccard similarity J of their shingles. With 42 bands of
3 rows each a pair becomes a candidate with probability 1 - (1 - J^3)^42:

    J      0.02    0.05   0.10   0.20   0.30   0.50
    P      0.0003  0.005  0.041  0.29   0.68   0.996

Unrelated news has J below 0.02. Two rows a band would find J = 0.02 in one of 60 pairs, and four
rows would miss one of eight at 0.5. Shingles are 3 syllables wide: an edited syllable spoils
three of them, and of wider ones more. Texts under 20 syllables (notices, captions) share their
few shingles by chance, and get no bands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from feeds.dedupe.shingles import distinct, shingle
from feeds.text.normalise import match_form
from feeds.text.tokens import Hashes, hash_tokens, mix

WIDTH = 3
ORDERS = 128
BANDS = 42
ROWS = 3
LEAST_SYLLABLES = 20
_SEED = 0x74696E77697265  # fixed for ever: stored signatures are compared with new ones
_EMPTY = b"\xff" * (4 * ORDERS)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is stored of a text to find and to rank its near-duplicates.

    `signature` is 128 little-endian uint32. `bands` are signed 64-bit numbers that already hold
    their band's index, so that one column can store all; none for a short text. `size` counts
    distinct shingles. `exact` names the match form: equal for texts that differ in nothing that
    counts.
    """

    signature: bytes
    bands: tuple[int, ...]
    size: int
    exact: bytes


def fingerprints(texts: Sequence[str]) -> list[Fingerprint]:
    """Fingerprint a batch of plain texts; the same text gives the same on every machine."""
    if not texts:
        return []
    forms = [match_form(text) for text in texts]
    tokens = hash_tokens(forms)
    runs = shingle(tokens.hashes, WIDTH)  # those across the border of two texts are skipped below
    sets = [
        distinct(runs[start : max(start, end - WIDTH + 1)])
        for start, end in pairwise(tokens.bounds)
    ]
    signatures = np.stack([_signature(shingles) for shingles in sets])
    return [
        Fingerprint(
            signature=signature.tobytes(),
            bands=tuple(bands) if size >= LEAST_SYLLABLES else (),
            size=shingles.size,
            exact=blake2b(form.encode(), digest_size=16).digest(),
        )
        for form, size, shingles, signature, bands in zip(
            forms,
            np.diff(tokens.bounds),
            sets,
            signatures.astype("<u4"),
            _bands(signatures),
            strict=True,
        )
    ]


def estimate(left: bytes, right: bytes) -> float:
    """Estimate the Jaccard similarity of two texts from their signatures; 0 for empty texts."""
    if left == _EMPTY or right == _EMPTY:
        return 0.0
    same = np.frombuffer(left, dtype="<u4") == np.frombuffer(right, dtype="<u4")
    return float(np.count_nonzero(same)) / ORDERS


def _signature(shingles: Hashes) -> Hashes:
    """Take the least shingle in each order, as its upper 32 bits.

    Multiplying by an odd number modulo 2^64 orders numbers anew; all 64 bits take part, for with
    32-bit multipliers the estimate is biased. `shingle` has spread the numbers already.
    """
    if not shingles.size:
        return np.full(ORDERS, 0xFFFFFFFF, dtype=np.uint64)
    least: Hashes = np.multiply.outer(_multipliers(), shingles).min(axis=1)
    return least >> np.uint64(32)


def _bands(signatures: Hashes) -> list[list[int]]:
    """Hash the rows of each band together with the band's index, for a batch of signatures."""
    rows = signatures[:, : BANDS * ROWS].reshape(-1, BANDS, ROWS)
    values: Hashes = np.arange(1, BANDS + 1, dtype=np.uint64)
    for row in range(ROWS):
        values = mix(values ^ (rows[:, :, row] * _multipliers()[row]))
    bands: list[list[int]] = values.view(np.int64).tolist()
    return bands


@cache
def _multipliers() -> Hashes:
    return mix(np.arange(1, ORDERS + 1, dtype=np.uint64) * np.uint64(_SEED)) | np.uint64(1)
