"""Relate: which articles say the same, tell the same story, or are about the same matter.

First the batch is marked and committed, then it is compared with everything that is committed. Of
two articles that come at the same moment, at least one sees the other, whichever is first; so the
edges don't depend on order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from feeds.dedupe.fingerprint import Fingerprint, estimate, fingerprints
from feeds.dedupe.groups import components
from feeds.dedupe.match import compare_shingles, decide, shingles
from feeds.dedupe.stars import Teller, resettle
from feeds.dedupe.story import LEAST_SHARED, WINDOW, Telling, same_story
from feeds.model import Edge
from feeds.pipeline.desk import Desk
from feeds.related.edges import Profile, best, explain, strength
from feeds.related.terms import key_terms
from feeds.store import groups, ledger, listing, marks, relations, searching, stories, work
from feeds.store.marks import Mark
from feeds.store.searching import Found, Subject

KEEP = 6
TERMS = 24
# Below this estimate no pair has a Jaccard or containment that is worth a look at the texts.
WORTH_A_LOOK = 0.15

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Marked:
    public: tuple[int, ...]
    gone: tuple[int, ...]
    edited: tuple[int, ...]


def relate(desk: Desk, claimed: work.Claim, fresh: bool = False) -> int:
    """Relate the claimed articles and mark the feeds they are in; returns how many there were.

    `fresh` forgets the articles' edges first, as after an edit.
    """
    ids = [int(key) for key in claimed.keys]
    marked = mark(desk, ids, fresh)
    with desk.engine.begin() as connection:
        connect(desk, connection, marked)
        work.finish(connection, claimed)
    return len(ids)


def mark(desk: Desk, ids: Sequence[int], fresh: bool) -> _Marked:
    """Make articles findable, in a transaction of its own."""
    with desk.engine.begin() as connection:
        subjects = searching.subjects(connection, ids)
        stored = marks.stored_marks(connection, ids)
    public = [one for one in subjects if one.is_public]
    made = _marks(public)
    changed = [one for one in made if stored.get(one.article_id) != one.key]
    gone = [one.id for one in subjects if not one.is_public]
    edited = [one.article_id for one in (made if fresh else changed) if one.article_id in stored]
    with desk.engine.begin() as connection:
        marks.write_marks(connection, changed, again=[*edited, *gone])
        if fresh:
            marks.write_marks(connection, made, again=())
    return _Marked(tuple(one.id for one in public), tuple(gone), tuple(edited))


def _marks(public: Sequence[Subject]) -> list[Mark]:
    prints = fingerprints([f"{one.title}\n{one.text}" for one in public])
    return [_mark(one, print_) for one, print_ in zip(public, prints, strict=True)]


def _mark(one: Subject, print_: Fingerprint) -> Mark:
    terms = key_terms(one.title, one.text, limit=TERMS)
    return Mark(
        article_id=one.id,
        effective_at=one.effective_at,
        exact=print_.exact,
        signature=print_.signature,
        size=print_.size,
        bands=print_.bands,
        terms=tuple(term.key for term in terms),
        weights=tuple(term.weight for term in terms),
        names=tuple(term.text for term in terms),
    )


def connect(desk: Desk, connection: sa.Connection, marked: _Marked) -> None:
    """Find and write the edges of marked articles, their groups, and the feeds they touch."""
    now = desk.clock()
    ids = sorted({*marked.public, *marked.gone})
    edges, stale = _edges(desk, connection, marked.public)
    relations.lock_graph(connection)
    lost = relations.drop_edges(connection, [*marked.edited, *marked.gone])
    relations.remove_edges(connection, stale)
    lost |= {end for left, right, _ in stale for end in (left, right)}
    relations.drop_floors(connection, sorted(lost))
    edges = _still_public(connection, edges)
    relations.add_edges(connection, edges)
    touched = {*ids, *lost, *_ends(edge for edge in edges if edge.kind != "topic")}
    behind = groups.regroup(connection, touched, components)
    moved = behind | _retell(connection, touched, marked.gone)
    relations.prune(connection, ids, KEEP)
    relations.note_related(connection, marked.public, now)
    ledger.amend(connection, _duplicates(edges, behind))
    keys = listing.keys_of(connection, {*ids, *moved}, desk.ancestors)
    work.mark(connection, "publish", keys, now, desk.debounce)


def _retell(connection: sa.Connection, touched: set[int], gone: Sequence[int]) -> set[int]:
    """Settle anew by whom touched articles stand in their stories; returns those that moved."""

    def look(ids: set[int]) -> dict[int, Teller]:
        found = stories.tellers(connection, ids)
        return {key: Teller(one.id, one.at, one.lead, one.edges) for key, one in found.items()}

    stories.forget(connection, set(gone))
    return stories.move(connection, resettle(touched, look))


def _ends(edges: Iterable[Edge]) -> set[int]:
    return {end for edge in edges for end in (edge.left, edge.right)}


def _still_public(connection: sa.Connection, edges: Sequence[Edge]) -> list[Edge]:
    """Leave out edges to articles that were withdrawn while we looked."""
    alive = relations.public_ids(connection, _ends(edges))
    return [edge for edge in edges if edge.left in alive and edge.right in alive]


def _duplicates(edges: Sequence[Edge], behind: set[int]) -> dict[int, str]:
    return {
        end: edge.why
        for edge in edges
        if edge.kind == "duplicate"
        for end in (edge.left, edge.right)
        if end in behind
    }


def _edges(
    desk: Desk, connection: sa.Connection, ids: Sequence[int]
) -> tuple[list[Edge], set[tuple[int, int, str]]]:
    """Find the edges of articles, and those of their stored ones that hold no longer.

    What is stored is looked at again: a topic or section may have changed, and newer articles may
    have crowded an old neighbour out of the candidates.
    """
    if not ids:
        return [], set()
    stored = relations.between(connection, ids)
    alike = searching.same_bands(connection, ids) | searching.same_text(connection, ids)
    alike = {_ordered(pair) for pair in alike} | stored["duplicate"]
    near = searching.near(connection, ids, WINDOW)
    told = {_ordered((one.own, one.other)) for one in near if one.terms >= LEAST_SHARED}
    told |= alike | stored["story"]
    pairs = {_ordered((one.own, one.other)) for one in near} | told | stored["topic"]
    found = searching.found(connection, {*ids, *(end for pair in pairs for end in pair)})
    known = {pair for pair in pairs if pair[0] in found and pair[1] in found}
    edges = [
        *_same_text(connection, alike & known, found),
        *_same_story(told & known, found),
        *_same_matter(desk, set(ids), known, found, stored["topic"]),
    ]
    held = {(edge.left, edge.right, edge.kind) for edge in edges}
    looked_at = {(*pair, kind) for kind, own in stored.items() for pair in own & known}
    return edges, looked_at - held


def _ordered(pair: Pair) -> Pair:
    return (min(pair), max(pair))


def _same_text(
    connection: sa.Connection, pairs: set[Pair], found: Mapping[int, Found]
) -> list[Edge]:
    """Compare texts of pairs whose signatures are alike."""
    close = [
        pair
        for pair in sorted(pairs)
        if estimate(found[pair[0]].signature, found[pair[1]].signature) >= WORTH_A_LOOK
    ]
    texts = searching.texts(connection, {end for pair in close for end in pair})
    shingled = {key: shingles(text) for key, text in texts.items()}
    edges = []
    for left, right in close:
        similarity = compare_shingles(shingled[left], shingled[right])
        decision = decide(similarity, len(shingled[left]), len(shingled[right]))
        if decision.verdict:
            score = max(similarity.jaccard, similarity.containment)
            edges.append(Edge(left, right, "duplicate", score, decision.why))
    return edges


def _same_story(pairs: set[Pair], found: Mapping[int, Found]) -> list[Edge]:
    edges = []
    tellings = {key: Telling(key, one.terms, one.effective_at) for key, one in found.items()}
    for left, right in sorted(pairs):
        decision = same_story(tellings[left], tellings[right])
        if decision.verdict:
            edges.append(Edge(left, right, "story", decision.score, decision.why))
    return edges


def _same_matter(
    desk: Desk,
    ids: set[int],
    pairs: set[Pair],
    found: Mapping[int, Found],
    stored: set[Pair],
) -> list[Edge]:
    """Relate pairs, and keep the best of either end and what is stored; `prune` ends it."""
    profiles = {key: _profile(one) for key, one in found.items()}
    scored = [
        Edge(left, right, "topic", score, "")
        for left, right in sorted(pairs)
        if (score := strength(profiles[left], profiles[right]))
    ]
    floors = {key: 0.0 if key in ids else one.floor for key, one in found.items()}
    wanted = best(scored, floors, KEEP)
    kept = [edge for edge in scored if edge in wanted or (edge.left, edge.right) in stored]
    spellings = {key: found[key].names() for key in _ends(kept)}
    names = desk.topic_names
    return [
        replace(edge, why=explain(profiles[edge.left], profiles[edge.right], spellings, names))
        for edge in kept
    ]


def _profile(one: Found) -> Profile:
    return Profile(one.id, one.terms, one.topics, one.section, one.effective_at)
