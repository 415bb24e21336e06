"""Deliveries: which subscribers are to be told of a feed, and what came of telling them.

When a subscriber is told stands in `work` (`deliver`, one row each): a feed that changes twice
before is delivered once, as it is by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store import work
from feeds.store.bulk import any_of, given
from feeds.store.tables import feed, feed_file, hub_count, subscriber

# What the hub counts, by one word each.
OUTCOMES = (
    "verified",
    "refused",
    "denied",
    "delivered",
    "failed",
    "ended by 410",
    "pinged",
    "ping failed",
)
ANNOUNCE, DELIVER = "announce", "deliver"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A subscriber and what it had last; `etag` names the bytes."""

    id: int
    feed_key: str
    format: str
    callback: str
    topic: str
    secret: str
    lease_until: datetime
    etag: str
    failures: int

    @property
    def place(self) -> tuple[str, str]:
        """Name the feed and its format."""
        return self.feed_key, self.format


def mark(connection: sa.Connection, keys: Sequence[str], now: datetime, to_all: bool) -> None:
    """Have feeds that changed announced; only those with subscribers, unless `to_all` says so."""
    chosen = list(keys)
    if keys and not to_all:
        followed = any_of(subscriber.c.feed_key, keys) & (subscriber.c.lease_until > now)
        query = sa.select(subscriber.c.feed_key).where(followed).distinct()
        chosen = list(connection.scalars(query))
    work.mark(connection, ANNOUNCE, chosen, now)


def fan_out(connection: sa.Connection, keys: Iterable[str], now: datetime) -> None:
    """Make every subscriber of the feeds due; one that failed waits until it is tried again."""
    c = subscriber.c
    _make_due(connection, any_of(c.feed_key, keys) & (c.lease_until > now), now)


def _make_due(connection: sa.Connection, which: sa.ColumnElement[bool], now: datetime) -> None:
    c = subscriber.c
    due_at = sa.func.greatest(c.retry_at, sa.literal(now, c.retry_at.type))
    chosen = sa.select(sa.cast(c.id, sa.Text), due_at).where(which).order_by(c.id)
    work.mark_selected(connection, DELIVER, chosen, now)


def stranded(connection: sa.Connection) -> list[str]:
    """Name feeds that were taken back and still have subscribers."""
    gone = sa.select(feed.c.key).where(feed.c.gone_at.is_not(None))
    query = sa.select(subscriber.c.feed_key).where(subscriber.c.feed_key.in_(gone)).distinct()
    return list(connection.scalars(query.order_by(subscriber.c.feed_key)))


def carry(connection: sa.Connection, heir_by_id: Mapping[int, str], now: datetime) -> None:
    """Let subscribers follow other feeds, due at once; who follows one already keeps that."""
    if not heir_by_id:
        return
    c = subscriber.c
    heirs = given([c.id, c.feed_key], sorted(heir_by_id.items()))
    rows = sa.select(heirs.c.feed_key, *(c[name] for name in _CARRIED)).where(c.id == heirs.c.id)
    made = insert(subscriber).from_select(["feed_key", *_CARRIED], rows)
    ids = connection.scalars(made.on_conflict_do_nothing().returning(c.id)).all()
    drop(connection, heir_by_id)
    _make_due(connection, any_of(c.id, ids), now)


# All but the bytes that they have, which are another feed's.
_CARRIED = (
    *("callback", "format", "topic", "secret", "created_at", "lease_until"),
    *("retry_at", "delivered_at", "delivered", "failures", "error"),
)


def parcels(connection: sa.Connection, ids: Iterable[int]) -> list[Parcel]:
    """Read subscribers by id, those that fail last."""
    columns = [subscriber.c[name] for name in Parcel.__slots__]
    query = sa.select(*columns).where(any_of(subscriber.c.id, ids))
    return [
        Parcel(*row)
        for row in connection.execute(query.order_by(subscriber.c.failures, subscriber.c.id))
    ]


def etags(
    connection: sa.Connection, places: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Read the ETags of feeds by (key, format), without those that were taken back."""
    chosen = sorted(set(places))
    if not chosen:
        return {}
    c = feed_file.c
    pairs = given([c.key, c.format], chosen)
    query = (
        sa.select(c.key, c.format, c.etag)
        .join(feed, feed.c.key == c.key)
        .where(c.key == pairs.c.key, c.format == pairs.c.format, feed.c.gone_at.is_(None))
    )
    return {(row.key, row.format): row.etag for row in connection.execute(query)}


def delivered(connection: sa.Connection, etag_by_id: Mapping[int, str], now: datetime) -> None:
    """Note which bytes subscribers have."""
    if not etag_by_id:
        return
    rows = given([subscriber.c.id, subscriber.c.etag], sorted(etag_by_id.items()))
    connection.execute(
        sa.update(subscriber)
        .where(subscriber.c.id == rows.c.id)
        .values(
            etag=rows.c.etag,
            delivered_at=now,
            retry_at=now,
            delivered=subscriber.c.delivered + 1,
            failures=0,
            error="",
        )
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a subscriber could not be told, and when it is tried again."""

    id: int
    retry_at: datetime
    error: str


def failed(connection: sa.Connection, failures: Sequence[Failure]) -> None:
    """Note who could not be told."""
    if not failures:
        return
    c = subscriber.c
    rows = given([c.id, c.retry_at, c.error], [(f.id, f.retry_at, f.error[:500]) for f in failures])
    connection.execute(
        sa.update(subscriber)
        .where(c.id == rows.c.id)
        .values(retry_at=rows.c.retry_at, error=rows.c.error, failures=c.failures + 1)
    )


def drop(connection: sa.Connection, ids: Iterable[int]) -> None:
    """End subscriptions."""
    connection.execute(sa.delete(subscriber).where(any_of(subscriber.c.id, ids)))


def count(connection: sa.Connection, outcomes: Mapping[str, int]) -> None:
    """Add to the counts of what the hub did, by one word each."""
    rows = [{"outcome": word, "count": n} for word, n in sorted(outcomes.items()) if n]
    if not rows:
        return
    statement = insert(hub_count)
    added = {"count": hub_count.c.count + statement.excluded.count}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["outcome"], set_=added), rows
    )


@dataclass(frozen=True, slots=True)
class HubCounts:
    """How the hub does: subscribers, those of them that fail, and all that was done so far."""

    subscribers: int
    failing: int
    done: Mapping[str, int]


def counts(connection: sa.Connection) -> HubCounts:
    """Count subscribers and what was done."""
    failing = sa.func.count().filter(subscriber.c.failures > 0)
    done = sa.select(sa.func.jsonb_object_agg(hub_count.c.outcome, hub_count.c.count))
    row = connection.execute(
        sa.select(sa.func.count(), failing, done.scalar_subquery()).select_from(subscriber)
    ).one()
    return HubCounts(row[0], row[1], row[2] or {})
