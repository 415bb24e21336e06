"""Follow: what a poll tells of hubs, and what hubs' deliveries mean for polling."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from feeds.ingest.websub import Hub
from feeds.model import Source
from feeds.pipeline.desk import Desk
from feeds.store import pushes, subscriptions
from feeds.store.standing import Subscription


@dataclass(frozen=True, slots=True)
class Told:
    """What one fetch told: `hub` counts where a document was read, and `new` where it was stored.

    A document that did not change tells nothing new of its hub, but for what its headers name.
    """

    source: Source
    has_document: bool
    hub: Hub | None
    new: int


def follow(desk: Desk, connection: sa.Connection, told: Sequence[Told]) -> frozenset[str]:
    """Join the hubs that sources name now, leave those that they don't, and judge the others.

    `told` holds the fetches that did not fail. Returns the names of sources whose hub can be
    relied on, so that polls are only a backup.
    """
    ids = [one.source.id for one in told]
    current = subscriptions.followed(connection, ids, is_locked=True)
    for one in told:
        if one.has_document and desk.settings.websub:
            _choose(desk, connection, one, current)
    return _judge(desk, connection, told, current)


def _choose(
    desk: Desk, connection: sa.Connection, one: Told, current: dict[int, Subscription]
) -> None:
    now, held = desk.clock(), current.get(one.source.id)
    if held is not None and one.hub is not None and _is_same(held, one.hub):
        hubs = (one.hub.hub_url, *one.hub.others)
        others = tuple(url for url in hubs if url != held.hub_url)
        if others != held.other_hubs:
            current[one.source.id] = replace(held, other_hubs=others)
            subscriptions.save(connection, current[one.source.id])
    elif held is not None:
        why = "the source has another hub or topic now" if one.hub else "the source has no hub now"
        subscriptions.leave(connection, [one.source.name], why, now)
        del current[one.source.id]
        held = None
    if held is None and one.hub is not None:
        subscriptions.join(
            connection, one.source.id, one.hub.hub_url, one.hub.topic_url, now, one.hub.others
        )


def _is_same(held: Subscription, hub: Hub) -> bool:
    """Tell whether a source still names the hub that is followed, first or not."""
    return held.topic_url == hub.topic_url and held.hub_url in (hub.hub_url, *hub.others)


def _judge(
    desk: Desk,
    connection: sa.Connection,
    told: Sequence[Told],
    current: dict[int, Subscription],
) -> frozenset[str]:
    """Compare what polls found with what pushes brought; what waits unread is not missing."""
    if not current:
        return frozenset()
    now = desk.clock()
    unread = pushes.waiting(connection, current)
    pushed = set()
    for one in told:
        held = current.get(one.source.id)
        if held is None:
            continue
        judged = held if one.source.id in unread else held.checked(one.new, now)
        if judged != held:
            subscriptions.save(connection, judged)
        if judged.is_pushed(now):
            pushed.add(one.source.name)
    return frozenset(pushed)
