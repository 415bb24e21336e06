"""Backlog: how much work is due, running and given up, and making dead letters due again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store.tables import DUE, work
from feeds.store.work import ring


@dataclass(frozen=True, slots=True)
class Due:
    """How much of a kind is due in a lane, since when, and when the next row will be.

    `since` is `None` when nothing is due, `next_at` when nothing will be.
    """

    kind: str
    lane: str
    ready: int
    since: datetime | None
    next_at: datetime | None


ENOUGH = 500


def due(connection: sa.Connection, now: datetime, kinds: Sequence[tuple[str, str]]) -> list[Due]:
    """Say of each (kind, lane) how much is due, up to `ENOUGH`, and when the next row will be.

    Looks at a bounded number of index entries, however much waits.
    """
    rows = connection.execute(
        _DUE,
        {
            "kinds": [kind for kind, _ in kinds],
            "lanes": [lane for _, lane in kinds],
            "now": now,
            "enough": ENOUGH,
        },
    )
    return [Due(row.kind, row.lane, row.ready, row.since, row.next_at) for row in rows]


_DUE = sa.text(
    """
    SELECT asked.kind, asked.lane, due.ready, due.since,
      (SELECT min(at) FROM (
         (SELECT w.run_at AS at FROM work w
          WHERE w.kind = asked.kind AND w.lane = asked.lane AND w.want > w.done
            AND w.dead_at IS NULL AND w.run_at > :now ORDER BY w.run_at LIMIT 1)
         UNION ALL
         (SELECT min(w.lease_until) FROM work w
          WHERE w.lease_until >= :now AND w.kind = asked.kind AND w.lane = asked.lane
            AND w.want > w.done AND w.dead_at IS NULL)
       ) times) AS next_at
    FROM unnest(CAST(:kinds AS text[]), CAST(:lanes AS text[])) AS asked(kind, lane)
    CROSS JOIN LATERAL (
      SELECT count(*) AS ready, min(counted.run_at) AS since FROM (
        SELECT w.run_at FROM work w
        WHERE w.kind = asked.kind AND w.lane = asked.lane AND w.want > w.done
          AND w.dead_at IS NULL AND w.run_at <= :now
          AND (w.lease_until IS NULL OR w.lease_until < :now)
        ORDER BY w.run_at LIMIT :enough) counted
    ) due
    ORDER BY asked.kind, asked.lane
    """
)


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of work at a glance."""

    kind: str
    lane: str
    waiting: int
    running: int
    later: int
    dead: int


def load(connection: sa.Connection, now: datetime) -> list[Load]:
    """Count waiting, running, later and dead rows by kind and lane."""
    leased = work.c.lease_until >= now
    free = sa.func.coalesce(sa.not_(leased), True)
    rows = connection.execute(
        sa.select(
            work.c.kind,
            work.c.lane,
            sa.func.count().filter(DUE, free, work.c.run_at <= now).label("waiting"),
            sa.func.count().filter(DUE, leased).label("running"),
            sa.func.count().filter(DUE, free, work.c.run_at > now).label("later"),
            sa.func.count().filter(work.c.dead_at.is_not(None)).label("dead"),
        )
        .group_by(work.c.kind, work.c.lane)
        .order_by(work.c.kind, work.c.lane)
    )
    return [Load(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that was given up, with its last error."""

    kind: str
    key: str
    attempts: int
    error: str
    at: datetime


def dead(connection: sa.Connection, limit: int = 100) -> list[DeadLetter]:
    """List the newest dead letters."""
    rows = connection.execute(
        sa.select(work.c.kind, work.c.key, work.c.attempts, work.c.last_error, work.c.dead_at)
        .where(work.c.dead_at.is_not(None))
        .order_by(work.c.dead_at.desc())
        .limit(limit)
    )
    return [DeadLetter(*row) for row in rows]


def given_up(connection: sa.Connection, kind: str, key: str) -> str | None:
    """Tell the last error of work that is a dead letter; `None` where it is none."""
    found: str | None = connection.scalar(
        sa.select(work.c.last_error).where(
            work.c.kind == kind, work.c.key == key, work.c.dead_at.is_not(None)
        )
    )
    return found


def replay(connection: sa.Connection, kind: str | None, now: datetime) -> int:
    """Make dead letters due again, with all their attempts; returns how many."""
    dead_row = work.c.dead_at.is_not(None)
    which = dead_row if kind is None else dead_row & (work.c.kind == kind)
    done = connection.execute(
        sa.update(work).where(which).values(dead_at=None, attempts=0, run_at=now)
    )
    ring(connection, kind or "*")
    return done.rowcount
