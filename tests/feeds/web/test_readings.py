"""Counting readings with a real Valkey and PostgreSQL: none is lost, and none is counted twice."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from feeds.store.engine import connect
from feeds.store.tables import reading
from feeds.web.readings import Readings
from worker.embedded import Servers

AT = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
pytestmark = pytest.mark.integration
Make = Callable[[str | None], Readings]


@pytest.fixture
def stock(stock: Any, engine: sa.Engine) -> Any:
    """A store of the test's own, which it may shut."""
    own = type(stock)(engine)
    own.source("ben-do", "Nhật báo Bến Đò")
    return own


@pytest.fixture
def number(stock: Any) -> int:
    made: int = stock.article("counted", "Bài được đếm")
    return made


@pytest.fixture
async def make(stock: Any) -> AsyncIterator[Make]:
    """Make what each web process counts with; what is not settled stays where it is."""
    made: list[Readings] = []

    def make(url: str | None) -> Readings:
        made.append(Readings(url, stock.engine, lambda: AT, lambda: 0.0))
        return made[-1]

    yield make
    for one in made:
        await one.close()


def counts(stock: Any, number: int) -> list[int]:
    """List an article's readings by hour."""
    query = sa.select(reading.c.count).where(reading.c.article_id == number)
    with stock.engine.connect() as connection:
        return list(connection.scalars(query.order_by(reading.c.hour)))


@contextmanager
def away(engine: sa.Engine, servers: Servers) -> Iterator[None]:
    """Let nobody into a database until the context ends, and put out who is there."""
    admin = connect(servers.database_url).execution_options(isolation_level="AUTOCOMMIT")
    name = engine.url.database
    with admin.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        try:
            yield
        finally:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    admin.dispose()


async def test_two_processes_count_a_reader_once_an_hour(
    stock: Any, valkey: Any, make: Make, number: int
) -> None:
    one, other = make(valkey.url), make(valkey.url)
    for each in (one, other, one):
        await each.count(number, b"a", AT)
    await one.settle()
    await other.count(number, b"a", AT + timedelta(minutes=29))
    await other.count(number, b"a", AT + timedelta(minutes=31))
    await asyncio.gather(one.settle(), other.settle())
    assert counts(stock, number) == [1, 1]


async def test_what_a_killed_process_counted_is_brought_by_the_next(
    stock: Any, valkey: Any, make: Make, number: int
) -> None:
    dead = make(valkey.url)
    for name in (b"a", b"b", b"c"):
        await dead.count(number, name, AT)
    assert counts(stock, number) == []
    valkey.signal(signal.SIGTERM)  # and Valkey was restarted meanwhile
    valkey.start()
    await make(valkey.url).settle()
    assert counts(stock, number) == [3]


async def test_while_the_store_is_away_nothing_is_lost_and_nothing_counted_twice(
    stock: Any, valkey: Any, make: Make, number: int, servers: Servers
) -> None:
    readings = make(valkey.url)
    await readings.count(number, b"a", AT)
    with away(stock.engine, servers):
        with pytest.raises(sa.exc.OperationalError):
            await readings.settle()
        for name in (b"a", b"b"):
            await readings.count(number, name, AT)
        with pytest.raises(sa.exc.OperationalError):
            await readings.settle()
    for _ in range(3):
        await readings.settle()
    assert counts(stock, number) == [2]
    with redis.Redis.from_url(valkey.hasty_url) as client:
        assert client.keys("*") == []


@pytest.mark.parametrize("is_configured", [True, False])
async def test_without_a_valkey_that_answers_readings_are_counted_at_once(
    stock: Any, valkey: Any, make: Make, number: int, is_configured: bool
) -> None:
    readings = make(valkey.url if is_configured else None)
    valkey.signal(signal.SIGKILL)
    for name in (b"a", b"b", b"a"):
        await readings.count(number, name, AT)
    assert counts(stock, number) == [2]


async def test_what_is_no_reading_holds_up_no_other(
    stock: Any, valkey: Any, make: Make, number: int
) -> None:
    readings = make(valkey.url)
    await readings.count(number, b"a", AT)
    await readings.count(404, b"a", AT)
    with redis.Redis.from_url(valkey.hasty_url) as client:
        client.hset("tinwire:reading:counts", "what is this", "4")
        client.hset("tinwire:reading:counts", f"{number}:1:61", "and this")
        await readings.settle()
        assert client.keys("*") == []
    assert counts(stock, number) == [1]
