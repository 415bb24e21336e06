"""The turnstile: whatever is asked of a host besides polls waits for its turn in the host's queue.

Theory: a publisher sees one reader. So pages, links, robots.txt, the parts of a sitemap and the
hosts that redirects lead to count in the same row as polls do, whichever worker asks
(docs/decisions/0011). A step waits a few seconds for turns; what has none by then comes back later.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from config.settings import Settings
from feeds.errors import NoTurn
from feeds.ingest.addresses import is_inner
from feeds.ingest.turns import LONG_AGO, Caller, Host, Rule, admit
from feeds.pipeline.desk import Desk
from feeds.store import hosts

log = structlog.get_logger()

PATIENCE_S = 8.0
_MOST_TRIES = 20
_LEAST_WAIT_S = 0.05
_COUNTLESS = 1024
_AT_ONCE = 4  # transactions: the pool is the step's, too


@dataclass(frozen=True, slots=True)
class _Visit:
    number: int


def rule_of(settings: Settings, host: str) -> Rule:
    """Say what a host bears: ours as much as the operator says, a stranger's as good manners do."""
    if is_inner(host, settings.fetch_allow):
        return Rule(settings.inner_host_concurrency, timedelta(0))
    return Rule(settings.host_concurrency, timedelta(seconds=settings.host_gap_s))


class Turnstile:
    """Lets one step's requests through; `token` is its lease, whose own polls are over."""

    def __init__(self, desk: Desk, token: str = "") -> None:
        self._desk = desk
        self._token = token
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @contextlib.asynccontextmanager
    async def __call__(self, host: str, patience_s: float) -> AsyncIterator[None]:
        """Wait for a turn at a host, and hold it; raises `NoTurn` where that takes too long.

        A host that bears whatever it is sent, as our own do unless the operator says otherwise, is
        not counted.
        """
        rule = rule_of(self._desk.settings, host)
        if not rule.gap and rule.concurrency >= _COUNTLESS:
            yield
            return
        visit = await self._enter(host, patience_s)
        try:
            yield
        finally:
            await asyncio.shield(self._leave(visit, host))

    async def _enter(self, host: str, patience_s: float) -> _Visit:
        place: datetime | None = None
        left_s = patience_s
        for _ in range(_MOST_TRIES):
            async with self._slots:
                found = await asyncio.to_thread(self._try, host, place, left_s)
            if isinstance(found, _Visit):
                return found
            place, wait_s = found
            if wait_s > left_s:
                raise NoTurn(f"{host} bears no more requests for {wait_s:.0f} s", wait_s)
            wait_s = max(wait_s, _LEAST_WAIT_S)
            left_s -= wait_s
            await asyncio.sleep(wait_s)
        raise NoTurn(f"{host} bears no more requests now")

    def _try(
        self, host: str, place: datetime | None, left_s: float
    ) -> _Visit | tuple[datetime, float]:
        """Take a turn, else a place in the queue, unless that is too far away to be waited for."""
        rule = rule_of(self._desk.settings, host)
        with self._desk.engine.begin() as connection:
            now = self._desk.clock()
            queue = self._locked(connection, host, now)
            asked = Host(queue.name, queue.last_at, queue.tail_at, queue.closed_until, queue.open)
            turns = admit(asked, rule, [Caller(host, place, None, 0.0)], now)
            after = hosts.Queue(
                host, turns.host.last_at, turns.host.tail_at, turns.host.closed_until
            )
            if turns.go:
                hosts.save(connection, [after])
                lasts_s = self._desk.settings.fetch_timeout_s
                until = now + timedelta(seconds=lasts_s)
                return _Visit(hosts.begin_visit(connection, host, until))
            at = turns.later[host]
            wait_s = (at - now).total_seconds()
            if wait_s <= left_s:
                hosts.save(connection, [after])
            return at, wait_s

    def _locked(self, connection: sa.Connection, host: str, now: datetime) -> hosts.Queue:
        found = hosts.lock(connection, [host], self._token, now)
        if not found:
            hosts.meet(connection, [host], LONG_AGO)
            found = hosts.lock(connection, [host], self._token, now)
        return found[host]

    async def _leave(self, visit: _Visit, host: str) -> None:
        try:
            await asyncio.to_thread(self._end, visit.number, host)
        except sa.exc.SQLAlchemyError as exc:  # it ends by itself when its time is over
            log.warning("visit_left_open", host=host, why=str(exc).splitlines()[0])

    def _end(self, number: int, host: str) -> None:
        with self._desk.engine.begin() as connection:
            hosts.end_visit(connection, number, host, self._desk.clock())
