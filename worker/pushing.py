"""Pushing: how sources' hubs do, for the status; without the keys of their subscriptions."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store import subscriptions
from feeds.store.standing import State


@dataclass(frozen=True, slots=True)
class Pushing:
    """How a source's hub does; `ignored` counts what was not signed with our secret."""

    source: str
    state: str
    said: str
    hub_url: str
    lease_until: datetime | None
    pushed_at: datetime | None
    deliveries: int
    ignored: int

    @property
    def is_active(self) -> bool:
        """Tell whether the hub verified, and nothing speaks against it since."""
        return self.state == State.ACTIVE


def pushing(connection: sa.Connection, now: datetime) -> tuple[Pushing, ...]:
    """List the subscriptions that are not being ended, by source."""
    return tuple(
        Pushing(
            source=one.source_name,
            state=one.state.value,
            said=one.said(now),
            hub_url=one.hub_url,
            lease_until=one.lease_until,
            pushed_at=one.pushed_at,
            deliveries=one.deliveries,
            ignored=one.ignored,
        )
        for one in subscriptions.listed(connection)
    )
