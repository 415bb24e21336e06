"""What hosts say in robots.txt, kept for as long as it may be relied on."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.bulk import any_of
from feeds.store.tables import robots

Kept = tuple[str, str | None]


def kept(connection: sa.Connection, urls: Sequence[str], now: datetime) -> dict[str, Kept]:
    """Map addresses of robots.txt to text and why it can't be read, as far as that still holds."""
    rows = connection.execute(
        sa.select(robots).where(any_of(robots.c.url, urls), robots.c.expires_at > now)
    )
    return {row.url: (row.text, row.closed) for row in rows}


def keep(
    connection: sa.Connection, found: Mapping[str, tuple[Kept, datetime]], now: datetime
) -> None:
    """Store what hosts said, each until its time, and forget what has run out."""
    connection.execute(sa.delete(robots).where(robots.c.expires_at <= now))
    if not found:
        return
    rows = [
        {"url": url, "text": text, "closed": closed, "expires_at": until}
        for url, ((text, closed), until) in sorted(found.items())
    ]
    statement = insert(robots)
    changed = {name: statement.excluded[name] for name in ("text", "closed", "expires_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=changed), rows)
