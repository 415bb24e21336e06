"""Subscriptions to sources' hubs, as rows; when a hub is asked stands in `work` (`subscribe`)."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.store import work
from feeds.store.bulk import among, any_of
from feeds.store.packed import array
from feeds.store.standing import ENDED, State, Subscription
from feeds.store.tables import source, subscription

KIND = "subscribe"
# 192 bits for the callback, 256 for the signature: 43 characters, and a hub takes 199 (§5.1).
_TOKEN_BYTES = 24
_SECRET_BYTES = 32
# What never changes once a subscription was made.
_FIXED = ("id", "source_id", "source_name", "is_wanted", "topic_url", "token", "secret")
_FOLLOWED = subscription.c.state.not_in(ENDED)


def followed(
    connection: sa.Connection, source_ids: Iterable[int], is_locked: bool = False
) -> dict[int, Subscription]:
    """Read the subscriptions of sources that are not being ended, by source id."""
    rows = connection.execute(
        _LOCKED if is_locked else _HELD, {"sources": array(sa.Integer, source_ids)}
    )
    return {one.source_id: one for one in _subscriptions(rows)}


def find(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Subscription]:
    """Read subscriptions by id, and hold them until this transaction ends."""
    found = _read(connection, any_of(subscription.c.id, ids), is_locked=True)
    return {one.id: one for one in found}


def by_token(connection: sa.Connection, token: str, is_locked: bool = False) -> Subscription | None:
    """Read the subscription that a callback belongs to."""
    found = _read(connection, subscription.c.token == token, is_locked)
    return found[0] if found else None


def listed(connection: sa.Connection) -> list[Subscription]:
    """List the subscriptions that are not being ended, by source name."""
    return sorted(_read(connection, _FOLLOWED, False), key=lambda one: one.source_name)


def _query(which: sa.ColumnElement[bool], is_locked: bool) -> sa.Executable:
    wanted = ~source.c.paused & source.c.removed_at.is_(None)
    query = (
        sa.select(subscription, source.c.name.label("source_name"), wanted.label("is_wanted"))
        .join(source, source.c.id == subscription.c.source_id)
        .where(which)
        .order_by(subscription.c.id)
    )
    return query.with_for_update(of=subscription) if is_locked else query


_OF_SOURCES = among(subscription.c.source_id, "sources") & _FOLLOWED
_HELD, _LOCKED = _query(_OF_SOURCES, is_locked=False), _query(_OF_SOURCES, is_locked=True)


def _read(
    connection: sa.Connection, which: sa.ColumnElement[bool], is_locked: bool
) -> list[Subscription]:
    return _subscriptions(connection.execute(_query(which, is_locked)))


def _subscriptions(rows: sa.CursorResult[Any]) -> list[Subscription]:
    return [
        Subscription(**row | {"state": State(row["state"]), "other_hubs": tuple(row["other_hubs"])})
        for row in map(dict, rows.mappings())
    ]


def join(
    connection: sa.Connection,
    source_id: int,
    hub_url: str,
    topic_url: str,
    now: datetime,
    others: Sequence[str] = (),
) -> None:
    """Want a subscription for a source that has none, under a callback that nobody can guess.

    The callback stays the same when the subscription is renewed (§5.1.1 would have it change): to
    the hub another callback is another subscription, and both would deliver until the old one ends.
    """
    made = connection.scalar(
        sa.insert(subscription)
        .values(
            source_id=source_id,
            hub_url=hub_url,
            other_hubs=list(others),
            topic_url=topic_url,
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            secret=secrets.token_urlsafe(_SECRET_BYTES),
            state=State.ASKED,
            created_at=now,
            ask_at=now,
        )
        .returning(subscription.c.id)
    )
    work.mark(connection, KIND, [str(made)], now)


def save(connection: sa.Connection, changed: Subscription) -> None:
    """Store what became of a subscription."""
    values = {name: value for name, value in asdict(changed).items() if name not in _FIXED}
    values["other_hubs"] = list(changed.other_hubs)
    connection.execute(
        sa.update(subscription).where(subscription.c.id == changed.id).values(**values)
    )


@dataclass(frozen=True, slots=True)
class HubsOfSources:
    """How subscriptions to sources' hubs stand: by state, and what came of them so far."""

    states: Mapping[str, int]
    deliveries: int = 0
    ignored: int = 0


def counts(connection: sa.Connection) -> HubsOfSources:
    """Count subscriptions to sources' hubs; `ignored` are deliveries that were not signed."""
    rows = connection.execute(
        sa.select(
            subscription.c.state,
            sa.func.count(),
            sa.func.sum(subscription.c.deliveries),
            sa.func.sum(subscription.c.ignored),
        ).group_by(subscription.c.state)
    ).all()
    states = {row[0]: row[1] for row in rows}
    return HubsOfSources(states, sum(row[2] for row in rows), sum(row[3] for row in rows))


def leave(connection: sa.Connection, names: Iterable[str], why: str, now: datetime) -> None:
    """End the subscriptions of sources, and have their hubs told."""
    which = any_of(source.c.name, names) & _FOLLOWED
    ended = [one.leaving(why, now) for one in _read(connection, which, is_locked=True)]
    for one in ended:
        save(connection, one)
    work.mark(connection, KIND, [str(one.id) for one in ended], now)


def rejoin(connection: sa.Connection, source_id: int, now: datetime) -> None:
    """Want again what was ended when the source was paused: its document may never say so again."""
    found = _read(connection, subscription.c.source_id == source_id, is_locked=False)
    if found and all(one.is_ended for one in found):
        last = found[-1]
        join(connection, source_id, last.hub_url, last.topic_url, now, last.other_hubs)


def forget(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Drop subscriptions that are over."""
    connection.execute(sa.delete(subscription).where(any_of(subscription.c.id, ids)))
