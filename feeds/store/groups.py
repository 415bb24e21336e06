"""Groups: articles that say the same, and who stands for each group.

The earliest public member, then the smallest id, stands for its group: a rule of the members alone,
so it doesn't matter in which order they came.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from feeds.store import verdicts
from feeds.store.bulk import any_of, given
from feeds.store.tables import article, relation

Pair = tuple[int, int]
Link = tuple[int, int, float]
Settle = Callable[[sa.Connection, Sequence[Link], Sequence[Pair], Collection[Pair]], dict[int, int]]


def regroup(
    connection: sa.Connection, touched: Iterable[int], settle: Settle
) -> dict[int, int | None]:
    """Recompute the groups of touched articles from their edges.

    Returns the articles that changed, and who stood for each before.

    `settle` maps each end of the given links to what names its group; it is told which pairs
    people put together (the newest first) and apart.

    The caller holds the graph lock, so that all edges of these groups are committed or its own.
    """
    reached = _members(connection, set(touched))
    if not reached:
        return {}
    links = _edges(connection, reached)
    judged = verdicts.of(connection, reached, "duplicate") if len(links) > 1 else []
    known = {link[:2] for link in links}
    together = [pair for one in judged if one.together and (pair := (one.left, one.right)) in known]
    apart = [(one.left, one.right) for one in judged if not one.together]
    roots = settle(connection, links, together, apart)
    leads = _leads(connection, roots, reached)
    return _write(connection, {key: leads.get(roots.get(key, key)) for key in reached}, roots)


def members(connection: sa.Connection, article_id: int) -> set[int]:
    """List who stands in an article's group, itself too."""
    column = article.c.duplicate_of
    lead = connection.scalar(sa.select(column).where(article.c.id == article_id)) or article_id
    return {article_id, lead} | set(
        connection.scalars(sa.select(article.c.id).where(column == lead))
    )


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
        ends = {end for link in _edges(connection, found) for end in link[:2]}
        grown = found | leads | mates | ends
        if grown == found:
            return found
        found = grown


def _edges(connection: sa.Connection, ids: set[int]) -> list[Link]:
    edges = sa.select(relation.c.left_id, relation.c.right_id, relation.c.score).where(
        relation.c.kind == "duplicate"
    )
    found = {
        (row.left_id, row.right_id): row.score
        for own in (relation.c.left_id, relation.c.right_id)
        for row in connection.execute(edges.where(any_of(own, ids)))
    }
    return [(*pair, score) for pair, score in found.items()]


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
) -> dict[int, int | None]:
    column = article.c.duplicate_of
    old = article.alias("old")
    wanted = [
        (key, None if key not in roots or lead == key else lead)
        for key, lead in sorted(leads.items())
    ]
    new = given([article.c.id, column], wanted)
    changed = connection.execute(
        sa.update(article)
        .where(
            article.c.id == new.c.id,
            column.is_distinct_from(new.c[column.key]),
            old.c.id == article.c.id,
        )
        .values({column.key: new.c[column.key]})
        .returning(article.c.id, old.c.duplicate_of)
    )
    return {row[0]: row[1] for row in changed}
