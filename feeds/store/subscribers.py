"""Subscribers: who is told of our feeds, and what was asked for in their name.

A request stands beside the subscription until it was verified, so that what a stranger asks in
somebody's name changes nothing. When a subscriber is asked stands in `work` (`verify`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store import work
from feeds.store.bulk import any_of
from feeds.store.tables import hub_request, subscriber

VERIFY = "verify"
_PLACE = ("callback", "feed_key", "format")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is not verified yet; `number` tells it from what was asked later."""

    id: int
    mode: str
    feed_key: str
    format: str
    callback: str
    topic: str
    secret: str
    lease_s: int
    number: int
    failures: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: the feed and format that the topic names."""

    mode: str
    feed_key: str
    format: str
    callback: str
    topic: str
    secret: str
    lease_s: int


def ask(connection: sa.Connection, wanted: Wanted, now: datetime) -> None:
    """Keep a request until it is verified; it replaces one that waits for the same callback."""
    values = {name: getattr(wanted, name) for name in Wanted.__slots__}
    statement = insert(hub_request).values(**values, asked_at=now)
    changed = {name: value for name, value in values.items() if name not in _PLACE}
    made = connection.scalar(
        statement.on_conflict_do_update(
            index_elements=list(_PLACE),
            set_={**changed, "asked_at": now, "failures": 0, "number": hub_request.c.number + 1},
        ).returning(hub_request.c.id)
    )
    work.mark(connection, VERIFY, [str(made)], now)


def waiting(connection: sa.Connection, enough: int) -> int:
    """Count requests that are not verified yet, up to enough."""
    some = sa.select(hub_request.c.id).limit(enough).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def asked(connection: sa.Connection, ids: Iterable[int]) -> list[Asked]:
    """Read requests by id, in that order."""
    columns = [hub_request.c[name] for name in Asked.__slots__]
    query = sa.select(*columns).where(any_of(hub_request.c.id, ids)).order_by(hub_request.c.id)
    return [Asked(*row) for row in connection.execute(query)]


def grant(connection: sa.Connection, one: Asked, now: datetime) -> None:
    """Do what was asked for and verified; a subscriber that was there keeps its place."""
    place = {name: getattr(one, name) for name in _PLACE}
    if one.mode == "unsubscribe":
        same = sa.and_(*(subscriber.c[name] == value for name, value in place.items()))
        # Or by the topic that it knows, which another feed may be the heir of by now.
        named = (subscriber.c.callback == one.callback) & (subscriber.c.topic == one.topic)
        connection.execute(sa.delete(subscriber).where(same | named))
        return
    fresh = {
        "topic": one.topic,
        "secret": one.secret,
        "lease_until": now + timedelta(seconds=one.lease_s),
        "retry_at": now,
        "failures": 0,
        "error": "",
    }
    connection.execute(
        insert(subscriber)
        .values(**place, **fresh, created_at=now)
        .on_conflict_do_update(index_elements=list(_PLACE), set_=fresh)
    )


def forget(connection: sa.Connection, requests: Sequence[Asked]) -> None:
    """Drop requests that are answered, unless the same was asked for anew meanwhile."""
    for one in requests:
        same = (hub_request.c.id == one.id) & (hub_request.c.number == one.number)
        connection.execute(sa.delete(hub_request).where(same))


def count_failure(connection: sa.Connection, one: Asked) -> None:
    """Note that a subscriber could not be asked; the next try is the caller's to plan."""
    same = (hub_request.c.id == one.id) & (hub_request.c.number == one.number)
    connection.execute(sa.update(hub_request).where(same).values(failures=one.failures + 1))


def expire(connection: sa.Connection, now: datetime) -> int:
    """Drop subscribers whose lease has ended; returns how many."""
    ended = sa.delete(subscriber).where(subscriber.c.lease_until <= now)
    return connection.execute(ended).rowcount


@dataclass(frozen=True, slots=True)
class Line:
    """A subscriber as lists show it, without its secret."""

    topic: str
    callback: str
    is_signed: bool
    lease_until: datetime
    delivered_at: datetime | None
    delivered: int
    failures: int
    error: str


def listed(connection: sa.Connection, limit: int) -> list[Line]:
    """List subscribers, those that fail first."""
    c = subscriber.c
    query = sa.select(
        c.topic,
        c.callback,
        c.secret != "",
        c.lease_until,
        c.delivered_at,
        c.delivered,
        c.failures,
        c.error,
    ).order_by(c.failures.desc(), c.topic, c.callback)
    return [Line(*row) for row in connection.execute(query.limit(limit))]
