"""Groups: articles that say the same, and who stands for each group.

The member that a person filed stands for its group (of several the one filed last), else one that
is pinned, else one that has a section; of equals the earliest, then the smallest id. A rule of the
members alone, so it doesn't matter in which order they came: else a copy that came later, with an
earlier date, would hide what an editor decided, or the one text that is filed.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from feeds.store import verdicts
from feeds.store.bulk import any_of, given
from feeds.store.tables import article, relation

Pair = tuple[int, int]
Link = tuple[int, int, float]
# Who comes before whom in a group, as an order of `article a`.
BEFORE = """
  (SELECT max(placement.at) FROM placement WHERE placement.article_id = a.id) DESC NULLS LAST,
  EXISTS (SELECT 1 FROM pin WHERE pin.article_id = a.id) DESC, a.section IS NULL,
  a.effective_at, a.id
"""
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


def head(connection: sa.Connection, article_id: int) -> int:
    """Name who stands for an article's group: itself where it stands alone."""
    column = article.c.duplicate_of
    return connection.scalar(sa.select(column).where(article.c.id == article_id)) or article_id


def members(connection: sa.Connection, article_id: int) -> set[int]:
    """List who stands in an article's group, itself too."""
    lead = head(connection, article_id)
    return {article_id, lead} | set(
        connection.scalars(sa.select(article.c.id).where(article.c.duplicate_of == lead))
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
    own = article.alias("a")
    rows = connection.execute(
        sa.select(own.c.id)
        .where(any_of(own.c.id, members), own.c.state == "public")
        .order_by(sa.text(BEFORE))
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
