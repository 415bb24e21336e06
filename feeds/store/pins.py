"""Pins: what editors feature on every page, in their order."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.tables import pin


def put(connection: sa.Connection, article_id: int, position: int, now: datetime) -> None:
    """Pin an article, or move its pin; a smaller position stands first."""
    values = {"position": position, "at": now}
    connection.execute(
        insert(pin)
        .values(article_id=article_id, **values)
        .on_conflict_do_update(index_elements=["article_id"], set_=values)
    )


def take(connection: sa.Connection, article_id: int) -> bool:
    """Take a pin away; tells whether there was one."""
    return bool(connection.execute(sa.delete(pin).where(pin.c.article_id == article_id)).rowcount)


def position(connection: sa.Connection, article_id: int) -> int | None:
    """Tell where an article is pinned; `None` when it isn't."""
    return connection.scalar(sa.select(pin.c.position).where(pin.c.article_id == article_id))
