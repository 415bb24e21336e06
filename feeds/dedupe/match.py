"""Whether two texts are one text, by exact comparison.

Theory: merging two reports that only tell the same news loses one of them, and readers can't get
it back; showing one text twice only annoys. So a pair is a duplicate when most of what either
says is the same (Jaccard 0.5), or most of the shorter one stands in the longer one (containment
0.7: a republished text with a paragraph cut or added), counted over runs of 5 syllables, which
different writers hardly share. Independent reports of one event stay below 0.1 in nearly all
pairs of human-made clusters. Under 20 syllables nothing is decided: fixed phrases fill such
texts. An excerpt (under 100) may be half filled by the long name of a delegation and its leader,
so there nearly all must be the same.
"""

from dataclasses import dataclass

import numpy as np

from feeds.dedupe.shingles import distinct, shingle
from feeds.text.tokens import Hashes, hash_text

WIDTH = 5
LEAST_JACCARD = 0.5
LEAST_CONTAINMENT = 0.7
LEAST_SYLLABLES = 20
EXCERPT_SYLLABLES = 100
LEAST_OF_EXCERPT = 0.8
# Two members of one group of duplicates that share less than this are strangers (`groups`): what
# is left are stock phrases and quotations.
LEAST_KIN_JACCARD, LEAST_KIN_CONTAINMENT = 0.15, 0.4


@dataclass(frozen=True, slots=True)
class Similarity:
    """How much two texts share: of both together, and of the shorter one; each 0 to 1."""

    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether two texts are one, and the reason for a person."""

    verdict: bool
    why: str


def compare(left_text: str, right_text: str) -> Similarity:
    """Compare two texts by their shingles; symmetric."""
    return compare_shingles(shingles(left_text), shingles(right_text))


def shingles(text: str) -> Hashes:
    """Give a text's distinct shingles, sorted; keep them to compare one text with many."""
    return shingles_of(hash_text(text))


def shingles_of(tokens: Hashes) -> Hashes:
    """Give the distinct shingles, sorted, of a text's tokens."""
    return distinct(shingle(tokens, WIDTH))


def compare_shingles(left: Hashes, right: Hashes) -> Similarity:
    """Compare two texts whose shingles are known; a text too short for any shares nothing."""
    if not left.size or not right.size:
        return Similarity(0.0, 0.0)
    shared = np.intersect1d(left, right, assume_unique=True).size
    return Similarity(
        jaccard=shared / (left.size + right.size - shared),
        containment=shared / min(left.size, right.size),
    )


def decide(similarity: Similarity, left_size: int, right_size: int) -> Decision:
    """Decide whether two texts are one; sizes are numbers of syllables (or distinct shingles)."""
    shorter = min(left_size, right_size)
    if shorter < LEAST_SYLLABLES:
        return Decision(False, f"too short to tell, {shorter} syllables")
    if shorter < EXCERPT_SYLLABLES and similarity.containment < LEAST_OF_EXCERPT:
        return Decision(False, f"too little of an excerpt {similarity.containment:.2f}")
    if similarity.jaccard >= LEAST_JACCARD:
        return Decision(True, f"same text {similarity.jaccard:.2f}")
    if similarity.containment >= LEAST_CONTAINMENT:
        return Decision(True, f"part of the other text {similarity.containment:.2f}")
    return Decision(False, f"different text {similarity.jaccard:.2f}")
