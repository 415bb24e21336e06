"""Counting with a real Valkey and PostgreSQL: quotas are shared, and no count is lost."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import redis
import sqlalchemy as sa
from structlog.testing import capture_logs

from config.partners import PartnerSpec
from feeds.store import partners, usage
from feeds.store.partners import Partner
from feeds.web.tally import Tally
from feeds.web.till import RESPITE_S

NOON = datetime(2026, 11, 20, 12, 0, 20, tzinfo=UTC)
pytestmark = pytest.mark.integration


@dataclass
class Web:
    """What the web processes of a test share."""

    engine: sa.Engine
    now: datetime = NOON
    second: float = 0.0
    made: list[Tally] = field(default_factory=list)

    def tally(self, url: str | None) -> Tally:
        self.made.append(Tally(url, self.engine, lambda: self.now, lambda: self.second))
        return self.made[-1]

    def partner(self, per_minute: int = 100, per_day: int = 1000) -> Partner:
        spec = PartnerSpec(name="daily", per_minute=per_minute, per_day=per_day)
        with self.engine.begin() as connection:
            key = partners.create(connection, spec, NOON)
            found = partners.find(connection, key, NOON)
        assert found is not None
        return found

    def days(self) -> list[tuple[date, int, int, int]]:
        with self.engine.connect() as connection:
            found = usage.days(connection, date(2026, 1, 1))
        return [(one.day, one.served, one.limited, one.refused) for one in found]


@pytest.fixture
async def site(engine: sa.Engine) -> AsyncIterator[Web]:
    made = Web(engine)
    yield made
    for one in made.made:
        await one.close()


@asynccontextmanager
async def running(tally: Tally) -> AsyncIterator[Tally]:
    """Let a tally live as in a web process, which settles when it ends."""
    task = asyncio.create_task(tally.run())
    await asyncio.sleep(0)
    try:
        yield tally
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_two_processes_share_a_quota_of_a_minute(site: Web, valkey: Any) -> None:
    partner = site.partner(per_minute=5)
    async with running(site.tally(valkey.url)) as one, running(site.tally(valkey.url)) as other:
        waits = [await (one, other)[number % 2].admit(partner) for number in range(7)]
        assert waits == [None] * 5 + [40, 40], "it is 20 s past the minute"
        site.now += timedelta(seconds=40)
        assert await other.admit(partner) is None
    assert site.days() == [(NOON.date(), 6, 2, 0)]


async def test_a_days_quota_ends_at_midnight_utc(site: Web, valkey: Any) -> None:
    partner = site.partner(per_day=2)
    async with running(site.tally(valkey.url)) as tally:
        assert [await tally.admit(partner) for _ in range(3)] == [None, None, 12 * 3600 - 20]
        site.now = datetime(2026, 11, 21, 0, 0, 1, tzinfo=UTC)
        assert await tally.admit(partner) is None
    assert site.days() == [(date(2026, 11, 21), 1, 0, 0), (NOON.date(), 2, 1, 0)]


async def test_who_asks_on_and_on_is_served_again_in_time(site: Web, valkey: Any) -> None:
    partner = site.partner(per_minute=1, per_day=3)
    async with running(site.tally(valkey.url)) as tally:
        for _ in range(50):
            await tally.admit(partner)
        site.now += timedelta(minutes=1)
        assert await tally.admit(partner) is None, "what was limited used up no day"


async def test_quotas_hold_under_requests_at_the_same_time(site: Web, valkey: Any) -> None:
    partner = site.partner(per_minute=30)
    async with running(site.tally(valkey.url)) as one, running(site.tally(valkey.url)) as other:
        asked = (tally.admit(partner) for _ in range(40) for tally in (one, other))
        waits = await asyncio.gather(*asked)
    ((_, served, limited, _),) = site.days()
    # A count that waited too long for a connection is served, and counted all the same.
    assert served + limited == 80
    assert served == waits.count(None) >= 30


async def test_what_is_refused_uses_up_no_quota(site: Web, valkey: Any) -> None:
    partner = site.partner(per_minute=1)
    async with running(site.tally(valkey.url)) as tally:
        await tally.refuse(partner)
        assert await tally.admit(partner) is None
    assert site.days() == [(NOON.date(), 1, 0, 1)]


async def test_while_valkey_is_away_all_is_served_and_counted(site: Web, valkey: Any) -> None:
    partner = site.partner(per_minute=2)
    async with running(site.tally(valkey.url)) as tally:
        await tally.admit(partner)
        valkey.signal(signal.SIGKILL)
        assert [await tally.admit(partner) for _ in range(5)] == [None] * 5
        await tally.refuse(partner)
        await tally.settle()
        assert site.days() == [(NOON.date(), 5, 0, 1)]
        valkey.start()
        site.second += RESPITE_S + 0.1
        assert [await tally.admit(partner) for _ in range(2)] == [None, 40]
    assert site.days() == [(NOON.date(), 7, 1, 1)], "with what it held when it was killed"


async def test_a_frozen_valkey_holds_up_one_request_and_not_all(site: Web, valkey: Any) -> None:
    partner = site.partner()
    async with running(site.tally(valkey.hasty_url)) as tally:
        await tally.refuse(partner)
        valkey.signal(signal.SIGSTOP)
        try:
            with capture_logs() as logs:
                assert [await tally.admit(partner) for _ in range(500)] == [None] * 500
        finally:
            valkey.signal(signal.SIGCONT)
        assert [one["event"] for one in logs] == ["partners_uncounted"], "it was asked once"
        site.second += RESPITE_S + 0.1
    ((_, served, _, _),) = site.days()
    # The one that was not answered in time may have been counted there, too.
    assert served in (500, 501)


async def test_what_a_killed_process_counted_is_brought_by_the_next(site: Web, valkey: Any) -> None:
    partner = site.partner()
    dead = site.tally(valkey.url)
    for _ in range(3):
        await dead.admit(partner)
    valkey.signal(signal.SIGTERM)  # and Valkey was restarted meanwhile
    valkey.start()
    async with running(site.tally(valkey.url)):
        pass
    assert site.days() == [(NOON.date(), 3, 0, 0)]


@pytest.fixture
def failing(
    site: Web,
) -> Callable[[], Any]:
    """Let the next transaction reach the database, and its answer be lost."""

    def fail() -> Any:
        def lose(connection: sa.Connection) -> None:
            sa.event.remove(site.engine, "commit", lose)
            connection.connection.commit()
            raise sa.exc.OperationalError("COMMIT", {}, Exception("the connection is gone"))

        sa.event.listen(site.engine, "commit", lose)

    return fail


@pytest.mark.parametrize("has_valkey", [True, False])
async def test_a_batch_whose_commit_was_not_heard_of_is_not_added_twice(
    site: Web, valkey: Any, failing: Callable[[], Any], has_valkey: bool
) -> None:
    partner = site.partner()
    tally = site.tally(valkey.url if has_valkey else None)
    await tally.admit(partner)
    failing()
    with pytest.raises(sa.exc.OperationalError):
        await tally.settle()
    await tally.admit(partner)
    await tally.settle()
    await tally.settle()
    assert site.days() == [(NOON.date(), 2, 0, 0)]


async def test_two_who_settle_at_once_add_each_batch_once(site: Web, valkey: Any) -> None:
    partner = site.partner()
    tallies = [site.tally(valkey.url) for _ in range(4)]
    for _ in range(5):
        for tally in tallies:
            await tally.admit(partner)
        await asyncio.gather(*(tally.settle() for tally in tallies))
    await tallies[0].settle()
    assert site.days() == [(NOON.date(), 20, 0, 0)]


async def test_a_late_one_forgets_no_batch_but_its_own(site: Web, valkey: Any) -> None:
    partner = site.partner()
    tally = site.tally(valkey.url)
    await tally.admit(partner)
    await tally.settle()
    with redis.Redis.from_url(valkey.hasty_url, decode_responses=True) as client:
        client.hset("tinwire:partner:counts", f"{partner.id}:2026-11-20:served", "4")
        client.hset("tinwire:partner:counts", "what is this", "4")
        await tally.settle()
        assert client.keys("tinwire:partner:taken") == []
        assert client.keys("tinwire:partner:counts") == []
    assert site.days() == [(NOON.date(), 5, 0, 0)]


async def test_a_full_valkey_refuses_counts_and_none_is_lost(site: Web, valkey: Any) -> None:
    partner = site.partner(per_minute=2)
    tally = site.tally(valkey.url)
    await tally.admit(partner)
    with redis.Redis.from_url(valkey.hasty_url) as client:
        client.config_set("maxmemory", "1")
        assert [await tally.admit(partner) for _ in range(3)] == [None] * 3
        site.second += RESPITE_S + 0.1
        await tally.settle()
        assert site.days() == [(NOON.date(), 3, 0, 0)]
        client.config_set("maxmemory", "0")
    site.second += RESPITE_S + 0.1
    await tally.settle()
    assert site.days() == [(NOON.date(), 4, 0, 0)]


async def test_without_an_address_requests_are_counted_and_not_limited(site: Web) -> None:
    partner = site.partner(per_minute=1)
    async with running(site.tally(None)) as tally:
        assert [await tally.admit(partner) for _ in range(3)] == [None] * 3
    assert site.days() == [(NOON.date(), 3, 0, 0)]
