"""Outside hubs: what came of telling them of our feeds; when they are told stands in `work`.

A row of work is named by hub and feed, `https://hub.example/ section/nhan-quyen`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store import work
from feeds.store.tables import outside_hub

PING = "ping"


@dataclass(frozen=True, slots=True)
class OutsideHub:
    """How a hub does; `error` is empty when it took the last ping."""

    url: str
    pinged_at: datetime | None
    failed_at: datetime | None
    failures: int
    error: str


def mark(
    connection: sa.Connection, urls: Iterable[str], keys: Iterable[str], now: datetime
) -> None:
    """Have hubs told of feeds; what waits already is told once."""
    pairs = [f"{url} {key}" for url in urls for key in sorted(keys)]
    work.mark(connection, PING, pairs, now)


def pair(key: str) -> tuple[str, str]:
    """Read hub and feed from the name of a row of work."""
    url, _, feed_key = key.partition(" ")
    return url, feed_key


def listed(connection: sa.Connection) -> list[OutsideHub]:
    """List hubs that were ever told, by address."""
    columns = [outside_hub.c[name] for name in OutsideHub.__slots__]
    query = sa.select(*columns).order_by(outside_hub.c.url)
    return [OutsideHub(*row) for row in connection.execute(query)]


def of(connection: sa.Connection, urls: Collection[str]) -> tuple[OutsideHub, ...]:
    """List those of the hubs that were ever told."""
    return tuple(one for one in listed(connection) if one.url in urls) if urls else ()


def took(connection: sa.Connection, url: str, now: datetime) -> None:
    """Note that a hub took a ping."""
    _save(connection, url, {"pinged_at": now, "failures": 0, "error": ""})


def refused(connection: sa.Connection, url: str, error: str, failures: int, now: datetime) -> None:
    """Note that a hub did not take a ping."""
    _save(connection, url, {"failed_at": now, "failures": failures, "error": error[:500]})


def _save(connection: sa.Connection, url: str, values: dict[str, object]) -> None:
    statement = insert(outside_hub).values(url=url, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))
