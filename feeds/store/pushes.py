"""Pushes: what hubs delivered, as it came; a row lives until its entries are stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store import work
from feeds.store.bulk import any_of
from feeds.store.tables import push, source

KIND = "push"


@dataclass(frozen=True, slots=True)
class Push:
    """A delivery; `url` is the topic, and `is_wanted` whether its source is still read."""

    id: int
    source_id: int
    url: str
    received_at: datetime
    content_type: str
    body: bytes
    is_wanted: bool


def accept(
    connection: sa.Connection,
    source_id: int,
    url: str,
    content_type: str,
    body: bytes,
    now: datetime,
) -> None:
    """Keep a delivery: once this commits, it will be read."""
    made = connection.scalar(
        sa.insert(push)
        .values(source_id=source_id, url=url, content_type=content_type, body=body, received_at=now)
        .returning(push.c.id)
    )
    work.mark(connection, KIND, [str(made)], now)


def find(connection: sa.Connection, ids: Iterable[int]) -> list[Push]:
    """Read deliveries, oldest first."""
    wanted = ~source.c.paused & source.c.removed_at.is_(None)
    rows = connection.execute(
        sa.select(
            push.c.id,
            push.c.source_id,
            push.c.url,
            push.c.received_at,
            push.c.content_type,
            push.c.body,
            wanted,
        )
        .join(source, source.c.id == push.c.source_id)
        .where(any_of(push.c.id, ids))
        .order_by(push.c.id)
    )
    return [Push(*row) for row in rows]


def drop(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Let go of deliveries whose entries are stored in this transaction."""
    connection.execute(sa.delete(push).where(any_of(push.c.id, ids)))


def waiting(connection: sa.Connection, source_ids: Iterable[int]) -> set[int]:
    """Tell which sources have deliveries that nobody has read yet."""
    rows = connection.scalars(
        sa.select(push.c.source_id).where(any_of(push.c.source_id, source_ids)).distinct()
    )
    return set(rows)
