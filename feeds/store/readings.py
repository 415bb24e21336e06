"""Readings: how often articles were read, by hour; one reader counts once an hour.

`warmth` holds the same with its decay: a reading is worth half after a day. The usual sum over
hours would be made anew for every page; this one is kept as things seen from 1970 (forward decay:
Cormode and others, ICDE 2009), so that its order is always that of the moment, and has an index.
"""

import math
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.store.tables import reading_seen

HALF_LIFE_S = 86_400.0


def hour_of(at: datetime) -> datetime:
    """Give the start of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def count(connection: sa.Connection, article_id: int, reader: bytes, at: datetime) -> bool:
    """Count a reading unless this reader (a keyed hash) read the article in this hour already."""
    asked = {"id": article_id, "hour": hour_of(at), "reader": reader, "level": level_of(at)}
    return connection.execute(_COUNT, asked).rowcount > 0


def level_of(at: datetime) -> float:
    """Give λt, the warmth of one reading at a moment; λ halves it in a day."""
    return at.timestamp() / HALF_LIFE_S * math.log(2)


# One statement, so that a reading is counted in all three places or in none. A reading is worth
# exp(λt), and level = ln Σ exp(λt). PostgreSQL's exp fails below -745, three years of difference.
_COUNT = sa.text(
    """
    WITH first AS (
      INSERT INTO reading_seen (hour, article_id, reader)
      SELECT :hour, id, :reader FROM article WHERE id = :id AND state = 'public'
      ON CONFLICT DO NOTHING RETURNING article_id
    ), counted AS (
      INSERT INTO reading (article_id, hour, count) SELECT article_id, :hour, 1 FROM first
      ON CONFLICT (article_id, hour) DO UPDATE SET count = reading.count + 1
    )
    INSERT INTO warmth AS w (article_id, level)
    SELECT article_id, CAST(:level AS float8) FROM first
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
