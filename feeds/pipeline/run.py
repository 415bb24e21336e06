"""Run: claim a batch, work on it, and say how it ended; until nothing is due or the time is up.

This is a process boundary: whatever goes wrong in a step is logged and counted here, and the row
that owns the work decides whether it is tried again.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog

from feeds.errors import LeaseLost, Raced
from feeds.pipeline.announce import announce, ping
from feeds.pipeline.deliver import deliver
from feeds.pipeline.desk import Desk
from feeds.pipeline.fit import fit_when_due
from feeds.pipeline.learn import learn
from feeds.pipeline.links import ingest_links
from feeds.pipeline.poll import poll
from feeds.pipeline.publish import publish
from feeds.pipeline.push import take_in
from feeds.pipeline.reindex import reindex
from feeds.pipeline.relate import relate
from feeds.pipeline.retell import retell
from feeds.pipeline.searchable import make_searchable, make_wholly_searchable
from feeds.pipeline.subscribe import subscribe
from feeds.pipeline.tidy import tidy
from feeds.pipeline.verify import verify
from feeds.store import work

log = structlog.get_logger()

# Short, so that one kind's backlog doesn't keep the others waiting.
BUDGET_S = 5.0

Step = Callable[[Desk, work.Claim], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: its step, how many rows a batch holds, and its lane."""

    step: Step
    batch: Callable[[Desk], int]
    lane: str = work.LIVE


KINDS: Mapping[str, Kind] = {
    "poll": Kind(poll, lambda desk: desk.settings.poll_batch),
    "push": Kind(take_in, lambda desk: 8),
    "ingest": Kind(ingest_links, lambda desk: 20),
    "subscribe": Kind(subscribe, lambda desk: 20),
    "relate": Kind(relate, lambda desk: desk.settings.relate_batch),
    "retell": Kind(retell, lambda desk: 1),
    "publish": Kind(publish, lambda desk: 60),
    "announce": Kind(announce, lambda desk: 50),
    "verify": Kind(verify, lambda desk: 50),
    "deliver": Kind(deliver, lambda desk: 200),
    "ping": Kind(ping, lambda desk: 50),
    "search": Kind(make_searchable, lambda desk: 1),
    "tidy": Kind(tidy, lambda desk: 1),
    "search_whole": Kind(make_wholly_searchable, lambda desk: 1, work.REINDEX),
    "fit": Kind(fit_when_due, lambda desk: 1, work.REINDEX),
    "learn": Kind(learn, lambda desk: 1, work.REINDEX),
    "reindex": Kind(reindex, lambda desk: 1, work.REINDEX),
}


def run(desk: Desk, kind: str, budget_s: float = BUDGET_S) -> int:
    """Work on a kind until nothing of it is due or the budget is spent.

    Returns batches worked on.
    """
    until = time.monotonic() + budget_s
    batches = 0
    while _one_batch(desk, kind):
        batches += 1
        if time.monotonic() >= until:
            _ring_again(desk, kind)
            break
    return batches


def _ring_again(desk: Desk, kind: str) -> None:
    with desk.engine.begin() as connection:
        work.ring(connection, kind)


def _one_batch(desk: Desk, kind: str) -> bool:
    """Claim and work on one batch; tells whether there was one."""
    chosen = KINDS[kind]
    with desk.engine.begin() as connection:
        claimed = work.claim(
            connection,
            kind,
            desk.clock(),
            chosen.batch(desk),
            timedelta(seconds=desk.settings.lease_s),
            chosen.lane,
            desk.settings.max_attempts,
        )
    if claimed is None:
        return False
    started = time.monotonic()
    try:
        result = chosen.step(desk, claimed)
    except LeaseLost as exc:
        log.warning("lease_lost", kind=kind, why=exc.message)
    except Exception as exc:  # noqa: BLE001 - the boundary: the row owns the retry
        _give_back(desk, claimed, exc)
    else:
        log.info(
            "worked",
            kind=kind,
            rows=len(claimed.wants),
            result=result,
            ms=round((time.monotonic() - started) * 1000),
        )
    return True


def _give_back(desk: Desk, claimed: work.Claim, exc: Exception) -> None:
    """Release a failed batch; its rows come back one by one, so that the one at fault is found.

    Where two transactions stood in each other's way, the whole batch comes back as it was.
    """
    collided = _is_collision(exc)
    why = f"{type(exc).__name__}: {exc}".splitlines()[0]
    if collided:
        log.warning("work_collided", kind=claimed.kind, why=why)
    else:
        log.error("work_failed", kind=claimed.kind, keys=claimed.keys[:5], exc_info=exc)
    step = timedelta(seconds=0.2 if len(claimed.wants) > 1 or collided else 2)
    try:
        with desk.engine.begin() as connection:
            work.release(connection, claimed, desk.clock(), why, not collided, step)
    except sa.exc.SQLAlchemyError as broken:
        # The lease runs out by itself when even this fails.
        log.error("release_failed", kind=claimed.kind, exc_info=broken)


def _is_collision(exc: Exception) -> bool:
    """Tell whether a transaction was ended for another one's sake (SQLSTATE class 40)."""
    if isinstance(exc, Raced):
        return True
    state = getattr(getattr(exc, "orig", None), "sqlstate", None) or ""
    return state.startswith("40")
