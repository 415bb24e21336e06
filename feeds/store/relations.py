"""Relations: the edges between articles, and who may write them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Edge
from feeds.store.bulk import any_of, copy, given, insert_given
from feeds.store.tables import article, fingerprint, relation

KEEP = 6  # the best topic edges of each article


# One look by each end's index: an OR of both makes the planner read the whole table.
_ENDS = (relation.c.left_id, relation.c.right_id)


def drop_edges(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Remove all edges of articles."""
    if not ids:
        return
    for own in _ENDS:
        connection.execute(sa.delete(relation).where(any_of(own, ids)))


def between(
    connection: sa.Connection, ids: Sequence[int]
) -> defaultdict[str, set[tuple[int, int]]]:
    """List the edges of articles, by kind: the ends of each, the smaller first."""
    edges = sa.select(relation.c.kind, relation.c.left_id, relation.c.right_id)
    found: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for own in _ENDS:
        for row in connection.execute(edges.where(any_of(own, ids))):
            found[row.kind].add((row.left_id, row.right_id))
    return found


def remove_edges(connection: sa.Connection, edges: Iterable[tuple[int, int, str]]) -> None:
    """Remove edges, each named by both ends and its kind."""
    rows = sorted(edges)
    if not rows:
        return
    gone = given([relation.c.left_id, relation.c.right_id, relation.c.kind], rows)
    connection.execute(
        sa.delete(relation).where(
            relation.c.left_id == gone.c.left_id,
            relation.c.right_id == gone.c.right_id,
            relation.c.kind == gone.c.kind,
        )
    )


def add_edges(
    connection: sa.Connection, edges: Sequence[Edge], fresh: Collection[int] = ()
) -> None:
    """Store edges; the same edge with another score is brought up to date.

    `fresh` articles have no edges but those that others found to them. The caller holds the graph
    lock.
    """
    unique = {(edge.left, edge.right, edge.kind): edge for edge in edges}
    stored = known(connection, list(fresh))
    new: list[tuple[object, ...]] = []
    old: list[tuple[object, ...]] = []
    for key, edge in sorted(unique.items()):
        is_new = key not in stored and (edge.left in fresh or edge.right in fresh)
        (new if is_new else old).append((*key, edge.score, edge.why))
    if new:
        copy(connection, relation, _COLUMNS, new)
    if old:
        statement = insert_given(relation, _COLUMNS, old)
        other = statement.excluded
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["left_id", "right_id", "kind"],
                set_={"score": other.score, "why": other.why},
                where=(relation.c.score != other.score) | (relation.c.why != other.why),
            )
        )


_COLUMNS = ("left_id", "right_id", "kind", "score", "why")


def known(connection: sa.Connection, ids: Sequence[int]) -> set[tuple[int, int, str]]:
    """List the edges of articles, each by both ends, the smaller first, and its kind."""
    found = between(connection, ids) if ids else {}
    return {(*pair, kind) for kind, pairs in found.items() for pair in pairs}


def prune(connection: sa.Connection, ids: Sequence[int], keep: int) -> None:
    """Drop the topic edges of articles that are among the best `keep` of neither end.

    An article's floor is the score of its last kept edge when it was last related: never above
    the true one, so that no edge that belongs to the best is ever dropped or refused.
    """
    if not ids:
        return
    connection.execute(_SET_FLOORS, {"ids": list(ids), "keep": keep})
    connection.execute(_PRUNE, {"ids": list(ids)})


def lower_floors(connection: sa.Connection, ids: Iterable[int], keep: int) -> set[int]:
    """Bring floors down to the articles' edges, where these went or fell; returns whose fell.

    Of these, edges were refused that would now be among the best.
    """
    chosen = sorted(ids)
    if not chosen:
        return set()
    return set(connection.scalars(_LOWER_FLOORS, {"ids": chosen, "keep": keep}))


def last_kept(own: str, keep: str) -> str:
    """Write in SQL the score of an article's `keep`th topic edge; 0 where it has fewer."""
    return f"""
      COALESCE((
        SELECT edge.score FROM (
          SELECT score FROM relation WHERE left_id = {own} AND kind = 'topic'
          UNION ALL
          SELECT score FROM relation WHERE right_id = {own} AND kind = 'topic'
        ) edge ORDER BY edge.score DESC OFFSET {keep} - 1 LIMIT 1
      ), 0)"""


_BEST = f"""
    UPDATE fingerprint f SET floor = best.score
    FROM (
      SELECT chosen.id, {last_kept("chosen.id", ":keep")} AS score
      FROM unnest(CAST(:ids AS bigint[])) AS chosen(id)
    ) best
    WHERE f.article_id = best.id
"""
_SET_FLOORS = sa.text(f"{_BEST} AND f.floor <> best.score")
_LOWER_FLOORS = sa.text(f"{_BEST} AND f.floor > best.score RETURNING f.article_id")
# Each floor is looked up by itself: in a join the planner may read all fingerprints.
_PRUNE = sa.text(
    """
    WITH ours AS (
      SELECT DISTINCT edge.left_id, edge.right_id, edge.score
      FROM unnest(CAST(:ids AS bigint[])) chosen(id)
      CROSS JOIN LATERAL (
        SELECT left_id, right_id, score FROM relation
        WHERE left_id = chosen.id AND kind = 'topic'
        UNION ALL
        SELECT left_id, right_id, score FROM relation
        WHERE right_id = chosen.id AND kind = 'topic'
      ) edge
    )
    DELETE FROM relation r USING ours
    WHERE r.kind = 'topic' AND r.left_id = ours.left_id AND r.right_id = ours.right_id
      AND ours.score < (SELECT floor FROM fingerprint WHERE article_id = ours.left_id)
      AND ours.score < (SELECT floor FROM fingerprint WHERE article_id = ours.right_id)
    """
)


def set_floors(connection: sa.Connection, floors: Mapping[int, float]) -> None:
    """Note the scores of articles' last kept edges."""
    if not floors:
        return
    new = given([fingerprint.c.article_id, fingerprint.c.floor], sorted(floors.items()))
    connection.execute(
        sa.update(fingerprint)
        .where(fingerprint.c.article_id == new.c.article_id)
        .values(floor=new.c.floor)
    )


def edges_of(connection: sa.Connection, article_id: int, kind: str, limit: int) -> list[Edge]:
    """List an article's edges of a kind, strongest first."""
    ends = (relation.c.left_id == article_id) | (relation.c.right_id == article_id)
    rows = connection.execute(
        sa.select(relation)
        .where(ends, relation.c.kind == kind)
        .order_by(relation.c.score.desc(), relation.c.left_id, relation.c.right_id)
        .limit(limit)
    )
    return [Edge(row.left_id, row.right_id, row.kind, row.score, row.why) for row in rows]


def note_related(connection: sa.Connection, ids: Sequence[int], now: datetime) -> None:
    """Let articles be listed from now on."""
    connection.execute(
        sa.update(article)
        .where(any_of(article.c.id, ids), article.c.related_at.is_(None))
        .values(related_at=now)
    )


def withdrawn_ids(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Tell which articles are not public at this moment."""
    rows = connection.scalars(
        sa.select(article.c.id).where(
            any_of(article.c.id, sorted(set(ids))), article.c.state != "public"
        )
    )
    return set(rows)
