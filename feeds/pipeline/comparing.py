"""Comparing: the edges that a batch of articles has, by text, by story and by matter.

What is stored is looked at again: a topic or section may have changed, and newer articles may
have crowded an old neighbour out of the candidates.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.dedupe.story import WINDOW, same_story
from feeds.errors import Raced
from feeds.model import Edge
from feeds.pipeline.across import Languages
from feeds.pipeline.desk import Desk
from feeds.pipeline.same_text import same_text
from feeds.related.edges import Profiles, best, explain, profiles, strengths
from feeds.store import marks, relations, searching
from feeds.store.found import Found, found, named
from feeds.store.lookalikes import lookalikes
from feeds.store.searching import Pairs
from feeds.text.vectors import Alike, Rows, alike, shared

# Of a story that many tell: membership looks at the nearest six.
_STORY_EDGES = 8

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """Edges found, and stored ones that hold no longer."""

    edges: list[Edge]
    stale: set[tuple[int, int, str]]


@dataclass(frozen=True)
class _Pairs:
    """Pairs of articles by their rows in what was found; the left article has the smaller id.

    `own` marks the rows of the articles that are compared with all others.
    """

    found: Found
    left: Rows
    right: Rows
    own: NDArray[np.bool_]

    @cached_property
    def alike(self) -> Alike:
        # Ours are fewer than the others; sums are whole numbers, so the sides may be changed.
        own = self.own[self.left]
        ones = np.where(own, self.left, self.right)
        return alike(self.found.features, ones, np.where(own, self.right, self.left))

    @cached_property
    def profiles(self) -> Profiles:
        return profiles(self.found.topics, self.found.sections, self.found.days)

    @cached_property
    def ids(self) -> list[Pair]:
        ids = self.found.ids
        return list(zip(ids[self.left].tolist(), ids[self.right].tolist(), strict=True))

    def are(self, chosen: Collection[Pair]) -> NDArray[np.bool_]:
        """Tell which pairs are among chosen ones."""
        return np.array([pair in chosen for pair in self.ids], dtype=np.bool_)


def compare(
    desk: Desk, connection: sa.Connection, ids: Sequence[int], fresh: Collection[int], keep: int
) -> Compared:
    """Find the edges of articles; of topic edges the best `keep` of either end.

    `fresh` articles have nothing stored.
    """
    if not ids:
        return Compared([], set())
    old = [one for one in ids if one not in fresh]
    stored = relations.between(connection, old) if old else defaultdict(set)
    similar = lookalikes(connection, ids)
    close = searching.near(connection, ids, WINDOW)
    nearest = desk.neighbours.find(connection, ids)
    known = [np.array(sorted(own), dtype=np.int64).reshape(-1, 2) for own in stored.values()]
    asked = np.unique(np.sort(np.concatenate([similar, close, nearest, *known]), axis=1), axis=0)
    at_hand = found(connection, {*ids, *asked.ravel().tolist()})
    own = np.isin(at_hand.ids, np.array(ids, dtype=np.int64))
    pairs = _Pairs(at_hand, *at_hand.rows(asked), own)
    texts = _ordered(similar) | stored["duplicate"]
    edges = [
        *_same_text(connection, pairs, texts),
        *_same_story(pairs, Languages(desk, connection), stored["story"]),
        *_same_matter(desk, connection, pairs, stored["topic"], keep),
    ]
    held = {(edge.left, edge.right, edge.kind) for edge in edges}
    compared = set(pairs.ids) if stored else set()
    looked_at = {(*pair, kind) for kind, own in stored.items() for pair in own & compared}
    return Compared(edges, looked_at - held)


def _ordered(pairs: Pairs) -> set[Pair]:
    return {(left, right) for left, right in np.sort(pairs, axis=1).tolist()}


def _same_text(connection: sa.Connection, pairs: _Pairs, chosen: set[Pair]) -> list[Edge]:
    """Compare the texts of chosen pairs whose sketches are alike."""
    public = set(pairs.found.ids.tolist())
    kept = [pair for pair in chosen if pair[0] in public and pair[1] in public]
    sketches = marks.sketches(connection, {end for pair in kept for end in pair})
    return same_text(connection, kept, sketches)


def _same_story(pairs: _Pairs, languages: Languages, stored: set[Pair]) -> list[Edge]:
    """Find the best of our articles, and keep what is stored: it may be the other end's best."""
    days = pairs.profiles.days
    counted = pairs.found.counted[pairs.left] & pairs.found.counted[pairs.right]
    hours = 24 * np.abs(days[pairs.left] - days[pairs.right])
    across = languages.across(pairs.found, pairs.left, pairs.right, hours)
    told = same_story(pairs.alike, hours, counted, across)
    chosen = np.flatnonzero(told.verdicts)
    ends = pairs.left[chosen], pairs.right[chosen]
    floors = np.where(pairs.own, 0.0, np.inf)
    wanted = best(*ends, told.scores[chosen], floors, _STORY_EDGES)
    if stored:
        wanted |= pairs.are(stored)[chosen]
    kept = chosen[wanted]
    return [
        Edge(*pairs.ids[at], "story", float(told.scores[at]), told.why(at)) for at in map(int, kept)
    ]


def _same_matter(
    desk: Desk, connection: sa.Connection, pairs: _Pairs, stored: set[Pair], keep: int
) -> list[Edge]:
    """Relate pairs, and keep the best of either end and what is stored; `prune` ends it."""
    found, left, right = pairs.found, pairs.left, pairs.right
    scores = strengths(pairs.profiles, pairs.alike.cosines, left, right)
    related = scores > 0
    floors = np.where(pairs.own, 0.0, found.floors)
    wanted = np.zeros_like(related)
    wanted[related] = best(left[related], right[related], scores[related], floors, keep)
    if stored:
        wanted |= related & pairs.are(stored)
    chosen = np.flatnonzero(wanted)
    whys = _whys(desk, connection, pairs, (left[chosen], right[chosen]))
    return [
        Edge(*pairs.ids[at], "topic", score, why)
        for at, score, why in zip(chosen.tolist(), scores[chosen].tolist(), whys, strict=True)
    ]


def _whys(
    desk: Desk, connection: sa.Connection, pairs: _Pairs, ends: tuple[Rows, Rows]
) -> list[str]:
    """Say what each pair has in common; terms are read of those alone that are kept."""
    rows = np.unique(np.concatenate(ends))
    told = named(connection, pairs.found.ids[rows].tolist())
    if told.ids.size != rows.size:
        raise Raced("an article was withdrawn while it was compared")
    common = shared(told.vectors, *(np.searchsorted(rows, end) for end in ends))
    names = dict(zip(rows.tolist(), (lines.split("\n") for lines in told.names), strict=True))
    return explain(pairs.profiles, common, ends, names, desk.topic_names)
