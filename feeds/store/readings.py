"""Readings: how often articles were read, by hour; one reader counts once an hour.

`warmth` holds the same with its decay: a reading is worth half after a day. The usual sum over
hours would be made anew for every page; this one is kept as things seen from 1970 (forward decay:
Cormode and others, ICDE 2009), so that its order is always that of the moment, and has an index.
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from feeds.store import batches
from feeds.store.packed import array, blobs, numbers
from feeds.store.tables import reading_seen

HALF_LIFE_S = 86_400.0


def hour_of(at: datetime) -> datetime:
    """Give the start of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


class Reader(NamedTuple):
    """One who read an article within an hour; `name` is a keyed hash."""

    article_id: int
    hour: datetime
    name: bytes


def count(connection: sa.Connection, article_id: int, reader: bytes, at: datetime) -> bool:
    """Count a reading unless this reader (a keyed hash) read the article in this hour already."""
    return _count(connection, {Reader(article_id, hour_of(at), reader): at}) > 0


def add(
    connection: sa.Connection, batch: UUID, seen: Mapping[Reader, datetime], now: datetime
) -> bool:
    """Count the readings of a batch unless it was added before; tells whether it did."""
    if not batches.is_new(connection, batch, now):
        return False
    _count(connection, seen)
    return True


def _count(connection: sa.Connection, seen: Mapping[Reader, datetime]) -> int:
    given = {
        "ids": numbers(one.article_id for one in seen),
        "hours": array(sa.DateTime, [one.hour for one in seen]),
        "readers": blobs(one.name for one in seen),
        "levels": array(sa.Double, [level_of(at) for at in seen.values()]),
    }
    return connection.execute(_COUNT, given).rowcount


def level_of(at: datetime) -> float:
    """Give λt, the warmth of one reading at a moment; λ halves it in a day."""
    return at.timestamp() / HALF_LIFE_S * math.log(2)


# One statement, so that a reading is counted in all three places or in none, and in order, so that
# two who count at once don't wait for each other in a circle. A reading is worth exp(λt), and
# level = ln Σ exp(λt). PostgreSQL's exp fails below -745, three years of difference.
_COUNT = sa.text(
    """
    WITH given AS MATERIALIZED (
      SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:hours AS timestamptz[]),
        CAST(:readers AS bytea[]), CAST(:levels AS float8[])) g(article_id, hour, reader, level)
    ), first AS (
      INSERT INTO reading_seen (hour, article_id, reader)
      SELECT hour, article_id, reader FROM given JOIN article a ON a.id = article_id
      WHERE a.state = 'public' ORDER BY hour, article_id, reader
      ON CONFLICT DO NOTHING RETURNING hour, article_id, reader
    ), counted AS (
      INSERT INTO reading (article_id, hour, count)
      SELECT article_id, hour, count(*) FROM first GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (article_id, hour) DO UPDATE SET count = reading.count + excluded.count
    )
    INSERT INTO warmth AS w (article_id, level)
    SELECT article_id, max(top) + ln(sum(exp(greatest(level - top, -700)))) FROM (
      SELECT article_id, level, max(level) OVER (PARTITION BY article_id) AS top
      FROM first JOIN given USING (hour, article_id, reader)
    ) warmed GROUP BY article_id ORDER BY article_id
    ON CONFLICT (article_id) DO UPDATE SET level = greatest(w.level, excluded.level)
      + ln(1 + exp(-least(abs(w.level - excluded.level), 700)))
    """
)


def forget_readers(connection: sa.Connection, now: datetime) -> int:
    """Drop what was kept to count each reader once, when its hour is over.

    Returns how many rows.
    """
    gone = connection.execute(
        sa.delete(reading_seen).where(reading_seen.c.hour < hour_of(now) - timedelta(hours=1))
    )
    return gone.rowcount
