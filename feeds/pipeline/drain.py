"""Drain: work in this process until nothing is due."""

import time
from collections import Counter
from datetime import datetime

from feeds.errors import Retry
from feeds.pipeline.desk import Desk
from feeds.pipeline.run import KINDS, run
from feeds.store import backlog, polling

# These come back by themselves, some for as long as somebody else does not answer, and whole texts
# wait for quiet minutes; what is due of them is done.
ENDLESS = frozenset(
    {"poll", "tidy", "fit", "learn", "subscribe", "verify", "deliver", "ping", "search_whole"}
)


def drain(desk: Desk, timeout_s: float) -> dict[str, int]:
    """Work until nothing is due or about to be; returns the batches worked on by kind.

    Work that other processes hold is waited for. Raises `Retry` when the time is up before.
    """
    until = time.monotonic() + timeout_s
    batches: Counter[str] = Counter()
    while True:
        for kind in KINDS:
            batches[kind] += run(desk, kind)
        next_at = _next_at(desk) or _next_place(desk)
        if next_at is None:
            return dict(batches)
        if time.monotonic() >= until:
            raise Retry(f"work is still due after {timeout_s:g} s; `tinwire status` shows what")
        wait = (next_at - desk.clock()).total_seconds()
        time.sleep(min(max(wait, 0.02), 1.0, max(until - time.monotonic(), 0.02)))


def is_settled(desk: Desk) -> bool:
    """Tell whether no work is due, leased or about to be, but for what comes back for ever."""
    return _next_at(desk) is None


def _next_at(desk: Desk) -> datetime | None:
    """Tell when there is something to do next; `None` when only endless work is left for later."""
    now = desk.clock()
    with desk.engine.connect() as connection:
        due = backlog.due(connection, now, [(kind, one.lane) for kind, one in KINDS.items()])
    if any(one.ready for one in due):
        return now
    return min(
        (one.next_at for one in due if one.next_at is not None and one.kind not in ENDLESS),
        default=None,
    )


def _next_place(desk: Desk) -> datetime | None:
    """Tell when a source comes for its turn at its host; `None` when none waits for one.

    Polls come back for ever, but these were not done at all.
    """
    with desk.engine.connect() as connection:
        return polling.next_place(connection)
