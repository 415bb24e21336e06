"""Readings: how often articles were read, by hour; one reader counts once an hour."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.tables import article, reading, reading_seen


def hour_of(at: datetime) -> datetime:
    """Give the start of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def count(connection: sa.Connection, article_id: int, reader: bytes, at: datetime) -> bool:
    """Count a reading unless this reader (a keyed hash) read the article in this hour already."""
    hour = hour_of(at)
    exists = sa.select(
        sa.literal(hour, reading_seen.c.hour.type), article.c.id, sa.literal(reader)
    ).where(article.c.id == article_id, article.c.state == "public")
    first = connection.scalar(
        insert(reading_seen)
        .from_select(["hour", "article_id", "reader"], exists)
        .on_conflict_do_nothing()
        .returning(reading_seen.c.article_id)
    )
    if first is None:
        return False
    statement = insert(reading).values(article_id=article_id, hour=hour, count=1)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["article_id", "hour"], set_={"count": reading.c.count + 1}
        )
    )
    return True


def forget_readers(connection: sa.Connection, now: datetime) -> int:
    """Drop what was kept to count each reader once, when its hour is over.

    Returns how many rows.
    """
    gone = connection.execute(
        sa.delete(reading_seen).where(reading_seen.c.hour < hour_of(now) - timedelta(hours=1))
    )
    return gone.rowcount
