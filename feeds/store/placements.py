"""Placements in the store: the sections and topics that people gave to articles, or took away."""

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.model import Placement
from feeds.store.bulk import any_of
from feeds.store.tables import article, placement


def write(connection: sa.Connection, article_id: int, one: Placement) -> None:
    """Store a placement; of sections an article has one, so a new one replaces the old."""
    if one.kind == "section":
        remove(connection, article_id, "section")
    values = {"holds": one.holds, "by": one.by, "at": one.at, "why": one.why}
    connection.execute(
        insert(placement)
        .values(article_id=article_id, kind=one.kind, slug=one.slug, **values)
        .on_conflict_do_update(index_elements=["article_id", "kind", "slug"], set_=values)
    )


def remove(connection: sa.Connection, article_id: int, kind: str, slug: str | None = None) -> bool:
    """Leave a section, or a topic, to the rules again; tells whether a person had set it."""
    gone = sa.delete(placement).where(
        placement.c.article_id == article_id, placement.c.kind == kind
    )
    if slug is not None:
        gone = gone.where(placement.c.slug == slug)
    return bool(connection.execute(gone).rowcount)


def hold(connection: sa.Connection, ids: Iterable[int]) -> dict[int, list[Placement]]:
    """Read the placements of articles that have any, before these are filed.

    Whoever files and whoever places take turns: the articles stay locked until the transaction
    ends, so that no filing is written that a placement came too late for.
    """
    chosen = sorted(set(ids))
    if not chosen:
        return {}
    locked = sa.select(article.c.id).where(any_of(article.c.id, chosen)).order_by(article.c.id)
    connection.execute(locked.with_for_update(key_share=True))
    return of(connection, chosen)


def of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, list[Placement]]:
    """Read the placements of articles that have any."""
    found: dict[int, list[Placement]] = defaultdict(list)
    rows = connection.execute(
        sa.select(placement)
        .where(any_of(placement.c.article_id, ids))
        .order_by(placement.c.article_id, placement.c.kind, placement.c.slug)
    )
    for row in rows:
        found[row.article_id].append(
            Placement(row.kind, row.slug, row.holds, row.by, row.at, row.why)
        )
    return dict(found)
