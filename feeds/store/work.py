"""Work: what is to be done, by whom it is being done, and what could not be done.

One row per (kind, key). An event marks its row in the transaction of its own effects
(`want = want + 1`), so any number of events coalesce and none is lost; a task claims a batch of
due rows under a lease, and finishes them in the transaction of its effects, guarded by the lease.

Theory: work that is done twice costs time, work that is lost breaks a promise; so a lease that
ran out is taken over, and the slower worker's effects are rolled back. A row that was tried before
is claimed alone: when one article kills its worker, only that row runs out of attempts.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql import insert

from feeds.errors import LeaseLost
from feeds.store.bulk import Rows, given
from feeds.store.tables import DUE, work

CHANNEL = "tinwire_work"
LIVE = "live"
REINDEX = "reindex"


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch of leased rows: `wants` maps each key to the `want` that was read.

    One that `was_tried` before may be what killed its worker: nothing else is to be done beside it.
    """

    kind: str
    token: str
    wants: dict[str, int]
    was_tried: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """List the keys in a fixed order."""
        return tuple(sorted(self.wants))


@dataclass(frozen=True, slots=True)
class Debounce:
    """Wait for `quiet` without a further event, but no longer than `at_most` after the first."""

    quiet: timedelta = timedelta(0)
    at_most: timedelta = timedelta(0)


NOW = Debounce()


def mark(
    connection: sa.Connection,
    kind: str,
    keys: Iterable[str],
    now: datetime,
    wait: Debounce = NOW,
    lane: str = LIVE,
) -> None:
    """Ask for work on each key and ring the bell when this transaction commits.

    Call it last in a transaction: the rows stay locked until the commit. A dead row lives again.
    """
    chosen = sorted(set(keys))
    if not chosen:
        return
    rows = sa.select(
        sa.literal(kind),
        sa.func.unnest(sa.cast(chosen, pg.ARRAY(sa.Text))),
        sa.literal(lane),
        sa.literal(now, work.c.marked_at.type),
        sa.literal(now + wait.quiet, work.c.run_at.type),
    )
    columns = ["kind", "key", "lane", "marked_at", "run_at"]
    connection.execute(_upsert(insert(work).from_select(columns, rows), wait))
    ring(connection, kind)


def mark_selected(
    connection: sa.Connection, kind: str, chosen: sa.Select[tuple[str, datetime]], now: datetime
) -> None:
    """Ask for work on each selected (key, run_at), and ring the bell when this commits."""
    columns = ["key", "run_at", "kind", "lane", "marked_at"]
    rows = chosen.add_columns(
        sa.literal(kind), sa.literal(LIVE), sa.literal(now, work.c.marked_at.type)
    )
    connection.execute(_upsert(insert(work).from_select(columns, rows), NOW))
    ring(connection, kind)


def _upsert(statement: pg.Insert, wait: Debounce) -> sa.Executable:
    new = statement.excluded
    idle = work.c.want == work.c.done
    latest = work.c.marked_at + wait.at_most
    later = sa.func.least(sa.func.greatest(work.c.run_at, new.run_at), latest)
    earliest = sa.func.least(work.c.run_at, new.run_at)
    return statement.on_conflict_do_update(
        index_elements=["kind", "key"],
        set_={
            "want": work.c.want + 1,
            "marked_at": sa.case((idle, new.marked_at), else_=work.c.marked_at),
            "run_at": sa.case((idle, new.run_at), else_=later if wait.quiet else earliest),
            "lane": sa.case((work.c.lane == LIVE, work.c.lane), else_=new.lane),
            "attempts": sa.case((work.c.dead_at.is_not(None), 0), else_=work.c.attempts),
            "dead_at": None,
        },
    )


def ring(connection: sa.Connection, kind: str) -> None:
    """Tell every bell, when this transaction commits, that work of a kind came in."""
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, kind)))


def claim(
    connection: sa.Connection,
    kind: str,
    now: datetime,
    limit: int,
    lease: timedelta,
    lane: str = LIVE,
    max_attempts: int = 5,
    is_beside: bool = False,
) -> Claim | None:
    """Lease due rows; `None` when nothing is due. Commit before working on them.

    Rows that were tried before come one at a time, and go to the dead letters after the last try;
    none comes to a caller that has other rows `is_beside`.
    """
    asked = {"its_kind": kind, "its_lane": lane, "now": now, "until": now + lease}
    fresh = _lease(connection, _FRESH, asked | {"most": limit})
    if fresh is not None or is_beside:
        return fresh
    # Only now: while there is fresh work, nobody should read all that waits to find what is dead.
    bury(connection, _due(kind, lane, now) & (work.c.attempts >= max_attempts), now)
    return _lease(connection, _TRIED, asked | {"most": 1})


def _lease(
    connection: sa.Connection, statement: sa.Executable, asked: dict[str, object]
) -> Claim | None:
    token = secrets.token_hex(8)
    taken = connection.execute(statement, asked | {"token": token})
    wants = {row.key: row.want for row in taken.all()}
    return Claim(str(asked["its_kind"]), token, wants, statement is _TRIED) if wants else None


def _leasing(*which: sa.ColumnElement[bool]) -> sa.Executable:
    chosen = (
        sa.select(work.c.kind, work.c.key)
        .where(*which)
        .order_by(work.c.run_at)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    return (
        sa.update(work)
        .where(work.c.kind == chosen.c.kind, work.c.key == chosen.c.key)
        .values(
            lease_token=sa.bindparam("token"),
            lease_until=sa.bindparam("until"),
            attempts=work.c.attempts + 1,
        )
        .returning(work.c.key, work.c.want)
    )


def bury(connection: sa.Connection, which: sa.ColumnElement[bool], now: datetime) -> None:
    """Move rows to the dead letters, with their last error."""
    connection.execute(
        sa.update(work)
        .where(which)
        .values(
            dead_at=now,
            lease_token=None,
            lease_until=None,
            last_error=sa.func.coalesce(work.c.last_error, "the worker died while doing this"),
        )
    )


def _due(kind: object, lane: object, now: object) -> sa.ColumnElement[bool]:
    free = work.c.lease_until.is_(None) | (work.c.lease_until < now)
    return DUE & (work.c.kind == kind) & (work.c.lane == lane) & (work.c.run_at <= now) & free


# Made once, as all that a batch of polls runs: making a statement takes longer than running it.
_DUE_NOW = _due(*(sa.bindparam(name) for name in ("its_kind", "its_lane", "now")))
_FRESH, _TRIED = _leasing(_DUE_NOW, work.c.attempts == 0), _leasing(_DUE_NOW, work.c.attempts > 0)


def finish(connection: sa.Connection, claimed: Claim, keys: Sequence[str] | None = None) -> None:
    """Close leased rows in the transaction of their effects.

    A row that was marked again meanwhile stays due. Raises `LeaseLost` when any of the rows
    belongs to somebody else by now; the caller's transaction must then be rolled back.
    """
    chosen = claimed.keys if keys is None else tuple(sorted(keys))
    if not chosen:
        return
    rows = _READ.packed([(key, claimed.wants[key]) for key in chosen])
    asked = rows | {"its_kind": claimed.kind, "token": claimed.token}
    gone = connection.execute(_GONE, asked).rowcount
    kept = connection.execute(_KEPT, asked).rowcount
    if gone + kept != len(chosen):
        raise LeaseLost(f"{claimed.kind}: {len(chosen) - gone - kept} of {len(chosen)} leases lost")


_OURS = (work.c.kind == sa.bindparam("its_kind")) & (work.c.lease_token == sa.bindparam("token"))
_OVER = {"attempts": 0, "last_error": None, "lease_token": None, "lease_until": None}
_READ = Rows(work.c.key, work.c.want)
_GONE = sa.delete(work).where(_OURS, work.c.key == _READ.c.key, work.c.want == _READ.c.want)
_KEPT = sa.update(work).where(_OURS, work.c.key == _READ.c.key).values(done=_READ.c.want, **_OVER)


def again(connection: sa.Connection, claimed: Claim, run_at: dict[str, datetime]) -> None:
    """Close leased rows and make them due once more, each at its own time (polling).

    A row that was marked again meanwhile stays due as the mark asked.
    """
    rows = [(key, claimed.wants[key], at) for key, at in sorted(run_at.items())]
    if not rows:
        return
    asked = _TIMES.packed(rows) | {"its_kind": claimed.kind, "token": claimed.token}
    done = connection.execute(_AGAIN, asked).rowcount
    if done != len(rows):
        raise LeaseLost(f"{claimed.kind}: {len(rows) - done} of {len(rows)} leases lost")


_TIMES = Rows(work.c.key, work.c.want, work.c.run_at)
_DUE_AT = sa.case(
    (work.c.want > _TIMES.c.want, sa.func.least(work.c.run_at, _TIMES.c.run_at)),
    else_=_TIMES.c.run_at,
)
_AGAIN = (
    sa.update(work)
    .where(_OURS, work.c.key == _TIMES.c.key)
    .values(want=work.c.want + 1, done=work.c.want, run_at=_DUE_AT, marked_at=_DUE_AT, **_OVER)
)


def postpone(connection: sa.Connection, claimed: Claim, run_at: Mapping[str, datetime]) -> None:
    """Give leased rows back untried, each for its own time; no attempt is counted or forgiven."""
    if not run_at:
        return
    times = given([work.c.key, work.c.run_at], sorted(run_at.items()))
    connection.execute(
        sa.update(work)
        .where(work.c.kind == claimed.kind, work.c.lease_token == claimed.token)
        .where(work.c.key == times.c.key)
        .values(
            run_at=times.c.run_at,
            lease_token=None,
            lease_until=None,
            attempts=work.c.attempts - 1,
        )
    )


def release(
    connection: sa.Connection,
    claimed: Claim,
    run_at: datetime,
    error: str,
    is_counted: bool = True,
    step: timedelta = timedelta(0),
) -> None:
    """Give leased rows back after a failure; the attempt counts unless it was nobody's fault.

    Each is due at `run_at`, and a `step` later that doubles with each attempt; it differs by a
    quarter from row to row, so that what failed together does not come back together.
    """
    doubled = sa.func.power(2.0, sa.func.greatest(work.c.attempts - 1, 0))
    spread = sa.func.mod(sa.func.abs(sa.func.hashtext(work.c.key).cast(sa.BigInteger)), 512)
    seconds = step.total_seconds() * doubled * (0.75 + spread / 1024.0)
    waits = sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=sa.Interval)
    connection.execute(
        sa.update(work)
        .where(work.c.kind == claimed.kind, work.c.lease_token == claimed.token)
        .values(
            run_at=sa.literal(run_at, work.c.run_at.type) + waits,
            last_error=error[:2000],
            lease_token=None,
            lease_until=None,
            attempts=work.c.attempts - (0 if is_counted else 1),
        )
    )


def cancel(connection: sa.Connection, kind: str, keys: Iterable[str]) -> None:
    """Drop rows that nobody wants any more."""
    connection.execute(sa.delete(work).where(work.c.kind == kind, work.c.key.in_(sorted(keys))))
