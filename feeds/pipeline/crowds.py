"""Crowds: many callbacks at one host are called a few at a time, by all workers together.

Theory: what we call was chosen by who subscribed, and a host with thousands of callbacks (a reader
of many people) must not get thousands of requests at once from us. So each strange host has a
queue in the store, beside the one for polls, which must not wait for deliveries: in every second it
has a few places, whichever worker asks first. Only who is called takes a place; the others come
back when there may be one, so a worker that dies holds none.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from config.settings import Settings
from feeds.ingest.addresses import is_inner
from feeds.ingest.turns import LONG_AGO
from feeds.store import hosts, work
from feeds.urls import host_of

AT_ONCE = 10
GAP = timedelta(seconds=1)
_STEP = GAP / AT_ONCE


def later(
    connection: sa.Connection,
    settings: Settings,
    claimed: work.Claim,
    callbacks: Iterable[tuple[str, str]],
    now: datetime,
) -> dict[str, datetime]:
    """Choose which of (row, callback) wait, and until when; inner hosts bear what they get.

    The hosts' queues stay locked until the transaction ends.
    """
    rows: dict[str, list[str]] = defaultdict(list)
    for row, callback in callbacks:
        host = host_of(callback)
        if not is_inner(host, settings.fetch_allow):
            rows[hosts.crowd(host)].append(row)
    if not rows:
        return {}
    hosts.meet(connection, sorted(rows), LONG_AGO)
    found = hosts.lock(connection, sorted(rows), claimed.token, now)
    waits: dict[str, datetime] = {}
    for name, waiting in rows.items():
        places, end = admit(found[name].tail_at, len(waiting), now)
        found[name] = replace(found[name], last_at=now, tail_at=end)
        rest = enumerate(waiting[places:])
        waits |= {row: max(end, now + GAP) + GAP * (n // AT_ONCE) for n, row in rest}
    hosts.save(connection, list(found.values()))
    return waits


def admit(tail_at: datetime, asked: int, now: datetime) -> tuple[int, datetime]:
    """Tell how many may be called now, and where the queue ends then."""
    start = max(tail_at, now)
    places = max(0, min(asked, (now + GAP - start) // _STEP))
    return places, start + places * _STEP
