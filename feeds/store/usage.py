"""Usage: how often each partner asked on each day (UTC), by what became of it.

Counts come in batches from where they were counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from feeds.store import batches
from feeds.store.tables import partner, partner_usage


class Outcome(StrEnum):
    """What became of a partner's request: *limited* is over its quota, *refused* another origin."""

    SERVED = "served"
    LIMITED = "limited"
    REFUSED = "refused"


class Count(NamedTuple):
    """What is counted."""

    partner_id: int
    day: date
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a partner."""

    name: str
    day: date
    served: int
    limited: int
    refused: int


def add(connection: sa.Connection, batch: UUID, counts: Mapping[Count, int], now: datetime) -> bool:
    """Add a batch's counts unless it was added before; tells whether it did."""
    if not batches.is_new(connection, batch, now):
        return False
    days: dict[tuple[int, date], dict[str, int]] = {}
    for count, number in counts.items():
        found = days.setdefault((count.partner_id, count.day), dict.fromkeys(Outcome, 0))
        found[count.outcome] += number
    # In order, so that two who add at once don't wait for each other in a circle.
    rows = [{"id": key[0], "on": key[1], **found} for key, found in sorted(days.items())]
    if rows:
        connection.execute(_ADD, rows)
    return True


# A partner that isn't there (a counter that outlived its store) is left out.
_ADD = sa.text(
    """
    INSERT INTO partner_usage AS u (partner_id, day, served, limited, refused)
    SELECT id, CAST(:on AS date), CAST(:served AS bigint), CAST(:limited AS bigint),
      CAST(:refused AS bigint)
    FROM partner WHERE id = :id
    ON CONFLICT (partner_id, day) DO UPDATE SET served = u.served + excluded.served,
      limited = u.limited + excluded.limited, refused = u.refused + excluded.refused
    """
)


def days(connection: sa.Connection, since: date, partner_id: int | None = None) -> list[Day]:
    """List days with requests, the newest first: of one partner, or of all by name."""
    statement = (
        sa.select(partner.c.name, partner_usage)
        .join(partner, partner.c.id == partner_usage.c.partner_id)
        .where(partner_usage.c.day >= since)
        .order_by(partner_usage.c.day.desc(), partner.c.name)
    )
    if partner_id is not None:
        statement = statement.where(partner.c.id == partner_id)
    return [_day(row) for row in connection.execute(statement)]


@dataclass(frozen=True, slots=True)
class Today:
    """How far a partner is into its quota of a day."""

    name: str
    per_minute: int
    per_day: int
    served: int
    limited: int
    refused: int


def today(connection: sa.Connection, day: date) -> list[Today]:
    """List the partners that have not ended by name, those without any request too."""
    counted = sa.and_(partner_usage.c.partner_id == partner.c.id, partner_usage.c.day == day)
    statement = (
        sa.select(
            partner.c.name,
            partner.c.per_minute,
            partner.c.per_day,
            *(sa.func.coalesce(partner_usage.c[one.value], 0).label(one.value) for one in Outcome),
        )
        .outerjoin(partner_usage, counted)
        .where(partner.c.ended_at.is_(None))
        .order_by(partner.c.name)
    )
    return [Today(**row) for row in connection.execute(statement).mappings()]


def _day(row: sa.Row[tuple[object, ...]]) -> Day:
    return Day(row.name, row.day, row.served, row.limited, row.refused)
