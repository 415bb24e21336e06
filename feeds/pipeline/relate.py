"""Relate: which articles say the same, tell the same story, or are about the same matter.

First the batch is marked and committed, then it is compared with everything that is committed. Of
two articles that come at the same moment, at least one sees the other, whichever is first; so the
edges don't depend on order. What is compared and decided is read without a lock (`comparing`);
groups and edges are then written by one worker at a time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.dedupe.fingerprint import Fingerprint, fingerprints
from feeds.model import Edge
from feeds.pipeline.comparing import Compared, compare
from feeds.pipeline.deciding import overrule, settled
from feeds.pipeline.desk import Desk
from feeds.pipeline.fit import current
from feeds.pipeline.retell import settle
from feeds.related.features import Counted, Features, counted
from feeds.related.features import features as heaviest
from feeds.related.statistics import Statistics
from feeds.related.terms import Terms, key_terms, plain_case
from feeds.store import (
    groups,
    ledger,
    listing,
    locks,
    marks,
    relations,
    search,
    searching,
    siblings,
    stories,
    work,
)
from feeds.store.locks import Lock
from feeds.store.marks import Mark
from feeds.store.relations import KEEP
from feeds.store.searching import Subject
from feeds.text.reading import Reading, read

TERMS = 24


@dataclass(frozen=True, slots=True)
class Marked:
    """What marking came to: `fresh` were never marked, `edited` were marked otherwise before.

    `other` is how many came out otherwise than they were.
    """

    public: tuple[int, ...]
    gone: tuple[int, ...]
    edited: tuple[int, ...]
    fresh: frozenset[int]
    other: int


def relate(desk: Desk, claimed: work.Claim) -> int:
    """Relate the claimed articles and mark the feeds they are in; returns how many there were."""
    ids = [int(key) for key in claimed.keys]
    marked = mark(desk, ids)
    with desk.engine.begin() as connection:
        connect(desk, connection, marked)
        work.finish(connection, claimed)
    return len(ids)


def mark(desk: Desk, ids: Sequence[int], anew: bool = False) -> Marked:
    """Make articles findable, in a transaction of its own.

    `anew` forgets what they were marked with, as after an edit.
    """
    with desk.engine.begin() as connection:
        subjects = searching.subjects(connection, ids)
        stored = marks.stored_marks(connection, ids)
        statistics = current(desk, connection)
        desk.neighbours.look(connection)
    public = [one for one in subjects if one.is_public]
    reading = read([part for one in public for part in (plain_case(one.title), one.text)])
    features = counted(reading)
    made = _marks(public, reading, features, statistics)
    rows = {
        one.article_id: row
        for row, one in enumerate(made)
        if anew or stored.get(one.article_id) != one.key
    }
    changed = [made[row] for row in rows.values()]
    gone = [one.id for one in subjects if not one.is_public]
    edited = [one.article_id for one in changed if one.article_id in stored]
    vectors = desk.neighbours.made(public, features) if changed else None
    with desk.engine.begin() as connection:
        marks.write_marks(connection, changed, again=[*edited, *gone])
        desk.neighbours.write(connection, rows, vectors)
    fresh = frozenset(one.id for one in public if one.id not in stored)
    other = sum(stored.get(one.article_id) != one.key for one in changed)
    return Marked(tuple(one.id for one in public), tuple(gone), tuple(edited), fresh, other)


def _marks(
    public: Sequence[Subject], reading: Reading, features: Counted, statistics: Statistics
) -> list[Mark]:
    """Mark articles by one reading of each title and text, for what they say and are about."""
    prints = fingerprints(reading.tokens(texts=2))
    weighed = heaviest(features, statistics)
    terms = key_terms(reading, TERMS)
    return [
        _mark(*of, statistics.version) for of in zip(public, prints, terms, weighed, strict=True)
    ]


def _mark(one: Subject, print_: Fingerprint, terms: Terms, own: Features, version: int) -> Mark:
    return Mark(
        article_id=one.id,
        effective_at=one.effective_at,
        exact=print_.exact,
        sketch=print_.sketch,
        size=print_.size,
        shingles=print_.keys,
        terms=terms.keys,
        weights=terms.weights,
        names=terms.names,
        features=own.keys,
        feature_weights=own.weights,
        version=version,
    )


def connect(desk: Desk, connection: sa.Connection, marked: Marked, in_round: bool = False) -> None:
    """Find and write the edges of marked articles, their groups, and the feeds they touch.

    Neighbours that are left short look for others, but not where all are related in a round.
    """
    now = desk.clock()
    ids = sorted({*marked.public, *marked.gone})
    found = compare(desk, connection, marked.public, marked.fresh, KEEP)
    locks.hold(connection, Lock.GRAPH)
    near = siblings.mates(connection, ids)
    lost, short, edges, judged = _rewrite(connection, marked, found)
    other = {*marked.gone, *marked.edited}
    changed = lost | judged | other
    is_urgent = bool(marked.gone or judged)  # what becomes of these must be seen at once
    if is_urgent:
        # Before any article is written: whoever settles writes them, too.
        locks.hold(connection, Lock.STORIES)
    stood = _regroup(connection, changed | _ends(edges, "duplicate"))
    behind = set(stood)
    moved = behind | {lead for lead in stood.values() if lead is not None}
    later = changed | _ends(edges, "story") | stories.around(connection, other)
    if is_urgent:
        moved |= settle(desk, connection, later, marked.gone)
        later = set()
    relations.note_related(connection, marked.public, now)
    ledger.amend(connection, _duplicates(edges, behind))
    # An item names its siblings: those from before too, which may have lost one.
    near |= siblings.mates(connection, {*ids, *moved})
    keys = listing.keys_of(connection, {*ids, *moved, *near}, desk.ancestors)
    search.note_due(connection, ids)
    stories.note_due(connection, later)
    work.mark(connection, "publish", keys, now, desk.debounce)
    if later:
        work.mark(connection, "retell", [stories.DUE], now)
    work.mark(connection, "search", [search.DUE], now, desk.debounce)
    if not in_round:
        work.mark(connection, "relate", map(str, (lost - set(ids)) | short), now)


def _rewrite(
    connection: sa.Connection, marked: Marked, found: Compared
) -> tuple[set[int], set[int], list[Edge], set[int]]:
    """Write the edges of marked articles in place of those that they had.

    Returns the ends of edges that are gone, the articles that may have missed others because of
    it, the edges, and the articles that a verdict names. Who is related again without having
    changed loses nothing and leaves nobody short, so that relating ends.
    """
    old = [one for one in (*marked.public, *marked.gone) if one not in marked.fresh]
    before = relations.known(connection, old)
    relations.drop_edges(connection, [*marked.edited, *marked.gone])
    relations.remove_edges(connection, found.stale)
    decided, judged = overrule(connection, marked.public, found.edges)
    edges, short = _still_public(connection, decided)
    relations.add_edges(connection, edges, marked.fresh)
    gone = before - relations.known(connection, old)
    fallen = {end for *ends, kind in before if kind == "topic" for end in ends}
    short |= relations.lower_floors(connection, fallen.difference(marked.public), KEEP)
    _prune(connection, marked, edges)
    return {end for *ends, _ in gone for end in ends}, short, edges, judged


def _regroup(connection: sa.Connection, touched: set[int]) -> dict[int, int | None]:
    return groups.regroup(connection, touched, settled) if touched else {}


def _prune(connection: sa.Connection, marked: Marked, edges: Sequence[Edge]) -> None:
    """Keep to each article's best edges.

    Of fresh articles only the best were chosen, so their floors are known. Of their neighbours
    one in 32 is pruned, chosen by the ids: each in turn, and no more often than needed.
    """
    own = set(marked.public)
    others = _ends(edges, "topic") - own
    in_turn = {
        end
        for edge in edges
        for end in (edge.left, edge.right)
        if end in others and (edge.left ^ edge.right) % 32 == 0
    }
    relations.set_floors(connection, _floors(edges, marked.fresh))
    relations.prune(connection, sorted(own - marked.fresh | in_turn), KEEP)


def _floors(edges: Sequence[Edge], fresh: Collection[int]) -> dict[int, float]:
    scores: dict[int, list[float]] = defaultdict(list)
    for edge in edges:
        for end in (edge.left, edge.right):
            if edge.kind == "topic" and end in fresh:
                scores[end].append(edge.score)
    return {
        key: sorted(own, reverse=True)[KEEP - 1] for key, own in scores.items() if len(own) >= KEEP
    }


def _ends(edges: Iterable[Edge], kind: str | None = None) -> set[int]:
    chosen = [edge for edge in edges if kind is None or edge.kind == kind]
    return {end for edge in chosen for end in (edge.left, edge.right)}


def _still_public(connection: sa.Connection, edges: Sequence[Edge]) -> tuple[list[Edge], set[int]]:
    """Leave out edges to articles that were withdrawn while we looked.

    Names those, too, whose best were chosen with one of these among them.
    """
    dead = relations.withdrawn_ids(connection, _ends(edges))
    kept: list[Edge] = []
    cut: list[Edge] = []
    for edge in edges:
        (cut if edge.left in dead or edge.right in dead else kept).append(edge)
    return kept, _ends(cut, "topic") - dead


def _duplicates(edges: Sequence[Edge], behind: set[int]) -> Mapping[int, str]:
    return {
        end: edge.why
        for edge in edges
        if edge.kind == "duplicate"
        for end in (edge.left, edge.right)
        if end in behind
    }
