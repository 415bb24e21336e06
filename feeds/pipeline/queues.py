"""Queues: let claimed sources through to their hosts, and send the others back for later."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.ingest.turns import LONG_AGO, Caller, Host, Turns, admit
from feeds.pipeline.answers import spread_of
from feeds.pipeline.desk import Desk
from feeds.pipeline.turnstile import rule_of
from feeds.store import hosts, polling, work
from feeds.store.polling import Polled


def let_through(
    desk: Desk, connection: sa.Connection, claimed: work.Claim, due: Sequence[Polled]
) -> list[Polled]:
    """Give the sources whose turn it is; the others' rows come due at their place in the queue."""
    callers: dict[str, list[Polled]] = defaultdict(list)
    for one in due:
        callers[one.host].append(one)
    now = desk.clock()
    found = hosts.lock(connection, list(callers), claimed.token, now)
    unknown = callers.keys() - found.keys()
    if unknown:
        hosts.meet(connection, sorted(unknown), LONG_AGO)
        found |= hosts.lock(connection, sorted(unknown), claimed.token, now)
    turns = [_turns(desk, found[name], ours, now) for name, ours in sorted(callers.items())]
    changed = [each.host for each in turns if each.host.tail_at > now or each.go]
    hosts.save(
        connection,
        [hosts.Queue(one.name, one.last_at, one.tail_at, one.closed_until) for one in changed],
    )
    later = {name: at for each in turns for name, at in each.later.items()}
    work.postpone(connection, claimed, later)
    # A host that asked for quiet gives no places: its sources come back when they please.
    quiet = {each.host.name for each in turns if each.host.closed_until > now}
    hosts_of = {one.source.name: one.host for one in due}
    polling.queue(
        connection, {name: at for name, at in later.items() if hosts_of[name] not in quiet}
    )
    return [one for one in due if one.source.name not in later]


def _turns(desk: Desk, queue: hosts.Queue, due: Sequence[Polled], now: datetime) -> Turns:
    host = Host(queue.name, queue.last_at, queue.tail_at, queue.closed_until, queue.open)
    callers = [Caller(one.source.name, one.place_at, one.wait_s, spread_of(one)) for one in due]
    return admit(host, rule_of(desk.settings, queue.name), callers, now)


def close(connection: sa.Connection, until: Mapping[str, datetime]) -> None:
    """Leave hosts alone that asked for quiet."""
    hosts.close(connection, until)
