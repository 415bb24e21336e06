"""Hosts: one queue for all workers, and what is under way is told by leases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.store import hosts, sources, work
from feeds.store.hosts import Queue

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_host_that_was_never_asked_has_no_queue_until_it_is_met(
    connection: sa.Connection, noon: datetime
) -> None:
    assert hosts.lock(connection, ["a.vn"], "t", noon) == {}
    hosts.meet(connection, ["a.vn", "a.vn"], LONG_AGO)
    hosts.meet(connection, ["a.vn"], noon)
    (queue,) = hosts.lock(connection, ["a.vn", "b.vn"], "t", noon).values()
    assert queue == Queue("a.vn", LONG_AGO, LONG_AGO, LONG_AGO, 0)


def test_what_others_have_under_way_is_counted_until_their_lease_ends(
    connection: sa.Connection, noon: datetime, add_source: Callable[..., Any]
) -> None:
    for name in ("alpha", "beta", "gamma"):
        add_source(name, url=f"https://a.vn/{name}")
    hosts.meet(connection, ["a.vn"], LONG_AGO)
    first = work.claim(connection, "poll", noon, 1, HOUR)
    second = work.claim(connection, "poll", noon, 2, HOUR)
    assert first is not None
    assert second is not None
    assert hosts.lock(connection, ["a.vn"], first.token, noon)["a.vn"].open == 2
    assert hosts.lock(connection, ["a.vn"], second.token, noon)["a.vn"].open == 1
    later = noon + 2 * HOUR
    assert hosts.lock(connection, ["a.vn"], second.token, later)["a.vn"].open == 0


def test_the_queue_is_kept(connection: sa.Connection, noon: datetime) -> None:
    hosts.meet(connection, ["a.vn", "b.vn"], LONG_AGO)
    hosts.save(connection, [Queue("a.vn", noon, noon + HOUR, LONG_AGO)])
    found = hosts.lock(connection, ["a.vn", "b.vn"], "t", noon)
    assert (found["a.vn"].last_at, found["a.vn"].tail_at) == (noon, noon + HOUR)
    assert found["b.vn"].last_at == LONG_AGO


def test_the_longer_quiet_counts(connection: sa.Connection, noon: datetime) -> None:
    hosts.close(connection, {"a.vn": noon + HOUR})
    hosts.close(connection, {"a.vn": noon})
    assert hosts.lock(connection, ["a.vn"], "t", noon)["a.vn"].closed_until == noon + HOUR


def test_a_source_stands_at_the_host_of_its_address(
    connection: sa.Connection, add_source: Callable[..., Any]
) -> None:
    add_source("alpha", url="https://Báo.VN:8443/rss")
    rows = connection.execute(sa.text("SELECT host FROM source WHERE name = 'alpha'"))
    assert rows.scalar_one() == "xn--bo-mia.vn"
    assert sources.find(connection, "alpha").url == "https://Báo.VN:8443/rss"
