"""The graph for people to look at: the articles around one, or of a section's last days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Edge
from feeds.store.bulk import any_of, literal
from feeds.store.tables import article, source

MOST = 200
_HOPS = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A public article in a picture; `story` names what it tells, itself where it is alone."""

    id: int
    title: str
    source_title: str
    effective_at: datetime
    section: str | None
    story: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Articles and the edges between them; both ends of each edge are among the nodes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def around(connection: sa.Connection, article_id: int, most: int = MOST) -> Graph:
    """Read what an article is related to, and what that is; the strongest, when they are many."""
    ids = {article_id: None}
    for _ in range(_HOPS):
        edges = _edges_at(connection, list(ids))
        for one in sorted(edges, key=lambda one: (-one.score, one.left, one.right)):
            for end in (one.left, one.right):
                if len(ids) < most:
                    ids.setdefault(end)
    # Those of the last step, too, may have edges to each other.
    return _graph(connection, ids, _edges_at(connection, list(ids)))


def of_days(
    connection: sa.Connection, sections: Sequence[str], since: datetime, most: int = MOST
) -> tuple[Graph, int]:
    """Read the newest articles of sections, of all when none is named, and their relations.

    Says, too, how many there are.
    """
    chosen = sa.select(article.c.id).where(
        article.c.state == "public",
        article.c.related_at.is_not(None),
        article.c.effective_at > since,
    )
    if sections:
        chosen = chosen.where(any_of(article.c.section, sections))
    count = connection.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    newest = chosen.order_by(article.c.effective_at.desc(), article.c.id.desc()).limit(most)
    ids = list(connection.scalars(newest))
    return _graph(connection, ids, _edges_at(connection, ids)), count


def _graph(connection: sa.Connection, ids: Iterable[int], edges: Iterable[Edge]) -> Graph:
    nodes = _nodes(connection, list(ids))
    shown = {node.id for node in nodes}
    unique = {(one.left, one.right, one.kind): one for one in edges}
    kept = (one for _, one in sorted(unique.items()))
    return Graph(nodes, tuple(one for one in kept if one.left in shown and one.right in shown))


def _nodes(connection: sa.Connection, ids: Sequence[int]) -> tuple[Node, ...]:
    rows = connection.execute(
        sa.select(
            article.c.id,
            article.c.title,
            source.c.title,
            article.c.effective_at,
            article.c.section,
            sa.func.coalesce(article.c.story_id, article.c.duplicate_of, article.c.id),
        )
        .join(source, source.c.id == article.c.source_id)
        .where(any_of(article.c.id, ids), article.c.state == "public")
        .order_by(article.c.effective_at.desc(), article.c.id)
    )
    return tuple(Node(*row) for row in rows)


def _edges_at(connection: sa.Connection, ids: Sequence[int]) -> list[Edge]:
    rows = connection.execute(_EDGES, {"ids": literal(ids)})
    return [Edge(row.left_id, row.right_id, row.kind, row.score, row.why) for row in rows]


_EDGES = sa.text(
    """
    SELECT edge.* FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) own(id)
    CROSS JOIN LATERAL (
      SELECT left_id, right_id, kind, score, why FROM relation WHERE left_id = own.id
      UNION ALL
      SELECT left_id, right_id, kind, score, why FROM relation WHERE right_id = own.id
    ) edge
    """
)
