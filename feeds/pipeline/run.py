"""Run: claim a batch, work on it, and say how it ended; until nothing is due or the time is up.

Where a step asks others, the next batch is begun while some of them are waited for.

This is a process boundary: whatever goes wrong in a step is logged and counted here, and the row
that owns the work decides whether it is tried again.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from queue import SimpleQueue

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
from feeds.pipeline.steps import Rest, Step
from feeds.pipeline.subscribe import subscribe
from feeds.pipeline.tidy import tidy
from feeds.pipeline.verify import verify
from feeds.store import work

log = structlog.get_logger()

# Short, so that one kind's backlog doesn't keep the others waiting.
BUDGET_S = 5.0
# Batches at once: one is asked, the others wait for those that take long.
_ABREAST = 3


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


@dataclass(slots=True)
class _Begun:
    """A batch that a step has begun; it has a `rest` until all is done, or something went wrong.

    It `is_silent` until first answers are here, or nobody gives one for a while. It `is_last` where
    nothing more is to be begun beside it: no more of its kind is due, or it was tried before.
    """

    claimed: work.Claim
    is_last: bool
    rest: Rest | None = None
    is_silent: bool = True
    started: float = field(default_factory=time.monotonic)


def run(desk: Desk, kind: str, budget_s: float = BUDGET_S) -> int:
    """Work on a kind until nothing of it is due or the budget is spent.

    Returns batches worked on.
    """
    until = time.monotonic() + budget_s
    batches = 0
    while begun := _begin(desk, kind):
        batches += 1 + _Abreast(desk, kind, until).finish(begun)
        if time.monotonic() >= until:
            _ring_again(desk, kind)
            break
    return batches


class _Abreast:
    """Batches of a kind that ask others, and are taken in as these answer."""

    def __init__(self, desk: Desk, kind: str, until: float) -> None:
        self._desk, self._kind, self._until = desk, kind, until
        self._turns: SimpleQueue[_Begun] = SimpleQueue()
        self._under_way: list[_Begun] = []
        self._aside: _Begun | None = None
        self._is_last = False

    def finish(self, first: _Begun) -> int:
        """Do what is left of a batch, and of those begun meanwhile; tells how many these were."""
        self._start(first)
        others = 0
        try:
            while self._under_way or self._start_aside():
                # Two threads that are both busy only take turns, so not while there is work here.
                if self._turns.empty():
                    others += self._begin_next()
                one = self._turns.get()
                one.is_silent = False
                if one.rest is not None and _take(self._desk, one):
                    self._under_way.remove(one)
        except BaseException as exc:
            self._abandon(exc)
            raise
        return others

    def _start(self, begun: _Begun) -> None:
        if begun.rest is None:
            return
        with _boundary(self._desk, begun.claimed):
            begun.rest.start(lambda: self._turns.put(begun))
            self._under_way.append(begun)

    def _begin_next(self) -> int:
        if not self._bear_next() or time.monotonic() >= self._until:
            return 0
        try:
            begun = _begin(self._desk, self._kind, is_beside=True)
        except sa.exc.SQLAlchemyError as exc:
            log.error("claim_failed", kind=self._kind, exc_info=exc)
            begun = None
        if begun is None:
            self._is_last = True
            return 0
        if begun.rest is not None and not begun.rest.bears_next:
            self._aside, self._is_last = begun, True
        else:
            self._start(begun)
        return 1

    def _start_aside(self) -> bool:
        """Start what had to wait until it is alone; tells whether there is such a batch."""
        aside, self._aside = self._aside, None
        if aside is not None:
            self._start(aside)
        return bool(self._under_way)

    def _abandon(self, exc: BaseException) -> None:
        """Leave what is under way: its rows come again, and nothing of it is held."""
        for each in (*self._under_way, *([self._aside] if self._aside else [])):
            if each.rest is not None:
                each.rest.abandon()
                if isinstance(exc, Exception):
                    _give_back(self._desk, each.claimed, exc)

    def _bear_next(self) -> bool:
        """Tell whether there is a place for another: once all have answers, of which some wait."""
        return (
            not self._is_last
            and 0 < len(self._under_way) < _ABREAST
            and all(
                each.rest is not None
                and each.rest.bears_next
                and not each.is_last
                and not each.is_silent
                for each in self._under_way
            )
        )


def _ring_again(desk: Desk, kind: str) -> None:
    with desk.engine.begin() as connection:
        work.ring(connection, kind)


def _begin(desk: Desk, kind: str, is_beside: bool = False) -> _Begun | None:
    """Claim a batch and begin to work on it; `None` where nothing is due."""
    chosen = KINDS[kind]
    most = chosen.batch(desk)
    with desk.engine.begin() as connection:
        claimed = work.claim(
            connection,
            kind,
            desk.clock(),
            most,
            timedelta(seconds=desk.settings.lease_s),
            chosen.lane,
            desk.settings.max_attempts,
            is_beside,
        )
    if claimed is None:
        return None
    begun = _Begun(claimed, is_last=claimed.was_tried or len(claimed.wants) < most)
    with _boundary(desk, claimed):
        result = chosen.step(desk, claimed)
        if isinstance(result, int):
            _log_end(begun, result)
        else:
            begun.rest = result
    return begun


def _take(desk: Desk, begun: _Begun) -> bool:
    """Take in what came for a batch; tells whether it is over."""
    assert begun.rest is not None
    with _boundary(desk, begun.claimed):
        result = begun.rest.take()
        if result is None:
            return False
        _log_end(begun, result)
    begun.rest = None
    return True


def _log_end(begun: _Begun, result: int) -> None:
    log.info(
        "worked",
        kind=begun.claimed.kind,
        rows=len(begun.claimed.wants),
        result=result,
        ms=round((time.monotonic() - begun.started) * 1000),
    )


@contextmanager
def _boundary(desk: Desk, claimed: work.Claim) -> Iterator[None]:
    """Let nothing out that goes wrong with a batch; its rows own the retry."""
    try:
        yield
    except LeaseLost as exc:
        log.warning("lease_lost", kind=claimed.kind, why=exc.message)
    except Exception as exc:  # noqa: BLE001 - the boundary
        _give_back(desk, claimed, exc)


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
