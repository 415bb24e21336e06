"""Links: addresses that were handed in, and what became of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store import work
from feeds.store.bulk import any_of
from feeds.store.tables import link

KIND = "ingest"


@dataclass(frozen=True, slots=True)
class Link:
    """A submitted address; `status` is `waiting` or what it ended as."""

    url: str
    source_id: int | None
    submitted_at: datetime
    status: str
    why: str | None
    article_id: int | None


def submit(
    connection: sa.Connection, urls: Iterable[str], source_id: int | None, now: datetime
) -> None:
    """Accept addresses: once this commits, each will be fetched and stored."""
    chosen = sorted(set(urls))
    if not chosen:
        return
    statement = insert(link).values(
        [{"url": url, "source_id": source_id, "submitted_at": now} for url in chosen]
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["url"],
            set_={
                "submitted_at": new.submitted_at,
                "status": "waiting",
                "why": None,
                "source_id": sa.func.coalesce(new.source_id, link.c.source_id),
            },
        )
    )
    work.mark(connection, KIND, chosen, now)


def find(connection: sa.Connection, urls: Sequence[str]) -> list[Link]:
    """Read submitted links, by address."""
    rows = connection.execute(sa.select(link).where(any_of(link.c.url, urls)).order_by(link.c.url))
    return [Link(*row) for row in rows]


def settle(connection: sa.Connection, ends: Mapping[str, tuple[str, str, int | None]]) -> None:
    """Store what became of links: status, reason, article."""
    for url, (status, why, article_id) in sorted(ends.items()):
        connection.execute(
            sa.update(link)
            .where(link.c.url == url)
            .values(status=status, why=why, article_id=article_id)
        )
