"""The same text: candidates compared by their sketches, then word by word.

A sketch costs a microsecond to compare and a text a millisecond to read, so texts are read only of
pairs that may be one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sqlalchemy as sa

from feeds.dedupe.boilerplate import only_boilerplate, site
from feeds.dedupe.fingerprint import estimates
from feeds.dedupe.match import (
    LEAST_KIN_CONTAINMENT,
    LEAST_KIN_JACCARD,
    Similarity,
    compare_shingles,
    decide,
    shingles_of,
)
from feeds.dedupe.numbers import Runs, runs_of, tell_other_numbers
from feeds.model import Edge
from feeds.store import marks
from feeds.store.marks import Written
from feeds.text.tokens import Hashes, hash_text

# Below these estimates no texts are worth a look. Far below what `match` asks for, because of an
# excerpt only a few shingles are sampled: for neardup_vntc's 597 duplicates 732 pairs are compared.
_LEAST_JACCARD, _LEAST_CONTAINMENT = 0.2, 0.3
# Of a long text few samples fall into an excerpt, and an estimate by fewer than these says nothing.
_LEAST_SAMPLED = 5

Pair = tuple[int, int]


@dataclass(frozen=True)
class _Read:
    """A text as it is compared: its tokens, shingles and runs, and the site that it stands on.

    `site` is empty where it has no address.
    """

    site: str
    source_id: int
    text: str
    tokens: Hashes

    @cached_property
    def shingles(self) -> Hashes:
        return shingles_of(self.tokens)

    @cached_property
    def runs(self) -> Runs:
        return runs_of(self.text)


def same_text(
    connection: sa.Connection, chosen: Sequence[Pair], sketches: Mapping[int, bytes]
) -> list[Edge]:
    """Give an edge for each of the chosen pairs whose texts are one; left is the smaller id."""
    found = estimates(
        [sketches[left] for left, _ in chosen], [sketches[right] for _, right in chosen]
    )
    likely = (
        (found.jaccard >= _LEAST_JACCARD)
        | (found.containment >= _LEAST_CONTAINMENT)
        | (found.sampled < _LEAST_SAMPLED)
    )
    close = [chosen[at] for at in np.flatnonzero(likely).tolist()]
    texts = {key: _read(one) for key, one in _written(connection, close).items()}
    edges = (_edge(left, right, texts) for left, right in close)
    return [edge for edge in edges if edge is not None]


def kin(connection: sa.Connection) -> Callable[[int, int], bool]:
    """Tell of any two articles whether they share enough to stand in one group; reads each once."""
    texts: dict[int, _Read] = {}

    def are_kin(left: int, right: int) -> bool:
        unread = {left, right} - texts.keys()
        if unread:
            found = marks.written(connection, unread)
            texts.update({key: _read(one) for key, one in found.items()})
        if not {left, right} <= texts.keys():
            return False
        one, other = texts[left], texts[right]
        shared = compare_shingles(one.shingles, other.shingles)
        return (
            shared.jaccard >= LEAST_KIN_JACCARD or shared.containment >= LEAST_KIN_CONTAINMENT
        ) and not _are_two(one, other, shared)

    return are_kin


def _written(connection: sa.Connection, pairs: Iterable[Pair]) -> dict[int, Written]:
    ends = {end for pair in pairs for end in pair}
    return marks.written(connection, ends) if ends else {}


def _read(one: Written) -> _Read:
    return _Read(site(one.url), one.source_id, one.text, hash_text(one.text))


def _edge(left: int, right: int, texts: Mapping[int, _Read]) -> Edge | None:
    one, other = texts[left], texts[right]
    similarity = compare_shingles(one.shingles, other.shingles)
    decision = decide(similarity, one.shingles.size, other.shingles.size)
    if not decision.verdict or _are_two(one, other, similarity):
        return None
    score = max(similarity.jaccard, similarity.containment)
    return Edge(left, right, "duplicate", score, decision.why)


def _are_two(one: _Read, other: _Read, shared: Similarity) -> bool:
    """Tell of texts that share so much whether they are two for all that."""
    if _share_a_notice(one, other):
        return True
    # What stands in the other word by word has its numbers, too: most copies do.
    return shared.containment < 1 and tell_other_numbers(one.runs, other.runs)


def _share_a_notice(one: _Read, other: _Read) -> bool:
    """Tell whether two texts of one site share only what it prints with all.

    What has no address stands where its source's other texts do.
    """
    if one.site and other.site:
        is_one_site = one.site == other.site
    else:
        is_one_site = one.source_id == other.source_id
    return is_one_site and only_boilerplate(one.tokens, other.tokens)
