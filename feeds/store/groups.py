"""Groups: articles that say the same, and who stands for each group.

The earliest public member, then the smallest id, stands for its group: a rule of the members alone,
so it doesn't matter in which order they came.
"""

from collections.abc import Callable, Iterable, Mapping

import sqlalchemy as sa

from feeds.store.bulk import any_of, given
from feeds.store.tables import article, relation

Components = Callable[[Iterable[tuple[int, int]]], dict[int, int]]


def regroup(connection: sa.Connection, touched: Iterable[int], components: Components) -> set[int]:
    """Recompute the groups of touched articles from their edges; returns the articles that changed.

    `components` maps each end of the given edges to what names its connected component.

    The caller holds the graph lock, so that all edges of these groups are committed or its own.
    """
    members = _members(connection, set(touched))
    if not members:
        return set()
    roots = components(_edges(connection, members))
    leads = _leads(connection, roots, members)
    return _write(connection, {key: leads.get(roots.get(key, key)) for key in members}, roots)


def _members(connection: sa.Connection, seeds: set[int]) -> set[int]:
    """Collect everything that stands or stood in a group with the seeds."""
    column = article.c.duplicate_of
    found = set(seeds)
    while True:
        leads = set(
            connection.scalars(
                sa.select(column).distinct().where(any_of(article.c.id, found), column.is_not(None))
            )
        )
        mates = set(
            connection.scalars(sa.select(article.c.id).where(any_of(column, leads | found)))
        )
        ends = {end for pair in _edges(connection, found) for end in pair}
        grown = found | leads | mates | ends
        if grown == found:
            return found
        found = grown


def _edges(connection: sa.Connection, ids: set[int]) -> list[tuple[int, int]]:
    edges = sa.select(relation.c.left_id, relation.c.right_id).where(relation.c.kind == "duplicate")
    return [
        (row.left_id, row.right_id)
        for own in (relation.c.left_id, relation.c.right_id)
        for row in connection.execute(edges.where(any_of(own, ids)))
    ]


def _leads(
    connection: sa.Connection, roots: Mapping[int, int], members: set[int]
) -> dict[int, int]:
    rows = connection.execute(
        sa.select(article.c.id)
        .where(any_of(article.c.id, members), article.c.state == "public")
        .order_by(article.c.effective_at, article.c.id)
    )
    leads: dict[int, int] = {}
    for row in rows:
        leads.setdefault(roots.get(row.id, row.id), row.id)
    return leads


def _write(
    connection: sa.Connection,
    leads: Mapping[int, int | None],
    roots: Mapping[int, int],
) -> set[int]:
    column = article.c.duplicate_of
    wanted = [
        (key, None if key not in roots or lead == key else lead)
        for key, lead in sorted(leads.items())
    ]
    new = given([article.c.id, column], wanted)
    changed = connection.execute(
        sa.update(article)
        .where(article.c.id == new.c.id, column.is_distinct_from(new.c[column.key]))
        .values({column.key: new.c[column.key]})
        .returning(article.c.id)
    )
    return set(changed.scalars())
