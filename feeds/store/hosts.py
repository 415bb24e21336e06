"""Hosts: each one's queue, shared by all workers.

Which polls are under way is told by the leases on the sources' work, so a worker that dies frees
its hosts when its leases end, and nothing has to be given back. All other requests (pages, links,
robots.txt, what redirects lead to) are visits, which end when they are through, or by themselves.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.bulk import Rows, among, insert_given
from feeds.store.packed import texts
from feeds.store.tables import host, source, visit, work


@dataclass(frozen=True, slots=True)
class Queue:
    """A host's queue as it is stored; `open` counts requests of other workers."""

    name: str
    last_at: datetime
    tail_at: datetime
    closed_until: datetime
    open: int = 0


_CROWD = "push to "
_STATE = (host.c.name, host.c.last_at, host.c.tail_at, host.c.closed_until)
_LOCK = (
    sa.select(*_STATE).where(among(host.c.name, "names")).order_by(host.c.name).with_for_update()
)
_POLLS = (
    sa.select(source.c.host, sa.func.count())
    .join(work, (work.c.kind == "poll") & (work.c.key == source.c.name))
    .where(work.c.lease_until >= sa.bindparam("now"), work.c.lease_token != sa.bindparam("token"))
    .where(among(source.c.host, "names"))
    .group_by(source.c.host)
)
_VISITS = (
    sa.select(visit.c.host, sa.func.count())
    .where(among(visit.c.host, "names"), visit.c.until >= sa.bindparam("now"))
    .group_by(visit.c.host)
)
_UNDER_WAY = sa.union_all(_POLLS, _VISITS)
_QUEUES = Rows(*_STATE)
_SAVE = (
    sa.update(host)
    .where(host.c.name == _QUEUES.c.name)
    .values(last_at=_QUEUES.c.last_at, tail_at=_QUEUES.c.tail_at)
)


def lock(
    connection: sa.Connection, names: Sequence[str], token: str, now: datetime
) -> dict[str, Queue]:
    """Read and lock the queues of hosts until the transaction ends; unknown ones are left out.

    `token` is the lease of the caller, whose own sources don't count as under way.
    """
    chosen = sorted(set(names))
    rows = connection.execute(_LOCK, {"names": texts(chosen)}).all()
    # After the lock, so that what the one before us did is seen.
    under_way = _under_way(connection, chosen, token, now)
    return {row.name: Queue(*row, under_way.get(row.name, 0)) for row in rows}


def _under_way(
    connection: sa.Connection, names: Sequence[str], token: str, now: datetime
) -> dict[str, int]:
    asked = {"names": texts(names), "token": token, "now": now}
    counts: Counter[str] = Counter()
    for name, many in connection.execute(_UNDER_WAY, asked).all():
        counts[name] += many
    return counts


def begin_visit(connection: sa.Connection, name: str, until: datetime) -> int:
    """Count a request at a host, until it ends or the time is over; gives the visit's number."""
    made = sa.insert(visit).values(host=name, until=until).returning(visit.c.id)
    number: int = connection.execute(made).scalar_one()
    return number


def end_visit(connection: sa.Connection, number: int, name: str, now: datetime) -> None:
    """Count a request no longer, nor those that were cut off at the same host."""
    over = (visit.c.host == name) & (visit.c.until < now)
    connection.execute(sa.delete(visit).where((visit.c.id == number) | over))


def crowd(name: str) -> str:
    """Name the queue of what we push to a host; no host is called so."""
    return f"{_CROWD}{name}"


def forget_crowds(connection: sa.Connection, now: datetime) -> None:
    """Drop the queues of hosts to which nothing was pushed for an hour."""
    idle = host.c.name.startswith(_CROWD) & (host.c.tail_at < now - timedelta(hours=1))
    connection.execute(sa.delete(host).where(idle))


def meet(connection: sa.Connection, names: Sequence[str], long_ago: datetime) -> None:
    """Open queues for hosts that were never asked."""
    rows = [(name, long_ago, long_ago, long_ago) for name in sorted(set(names))]
    columns = [column.name for column in _STATE]
    connection.execute(insert_given(host, columns, rows).on_conflict_do_nothing())


def save(connection: sa.Connection, queues: Sequence[Queue]) -> None:
    """Write the queues that were locked."""
    if not queues:
        return
    rows = [(one.name, one.last_at, one.tail_at, one.closed_until) for one in queues]
    connection.execute(_SAVE, _QUEUES.packed(rows))


def close(connection: sa.Connection, until: Mapping[str, datetime]) -> None:
    """Leave hosts alone until a time; a longer quiet that was asked for before stays."""
    for name, at in sorted(until.items()):
        statement = insert(host).values(name=name, last_at=at, tail_at=at, closed_until=at)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={
                    "closed_until": sa.func.greatest(
                        host.c.closed_until, statement.excluded.closed_until
                    )
                },
            )
        )
