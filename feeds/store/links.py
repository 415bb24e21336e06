"""Links: addresses that were handed in, and what became of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store import work
from feeds.store.bulk import any_of, insert_given
from feeds.store.tables import link

KIND = "ingest"


@dataclass(frozen=True, slots=True)
class Link:
    """A submitted address; `status` is `waiting` or what it ended as.

    `doubt` says why an article's page is looked at again: it may be gone.
    """

    url: str
    source_id: int | None
    submitted_at: datetime
    status: str
    why: str | None
    article_id: int | None
    entry_hash: bytes | None = None
    doubt: str | None = None


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


def hand_on(
    connection: sa.Connection, source_id: int, hashes: Mapping[str, bytes], now: datetime
) -> int:
    """Accept a source's own addresses that are new, or told otherwise; returns how many.

    `hashes` sums up what the source says of each. An address of another source stays with it, so
    that two sitemaps don't have one page fetched in turn.
    """
    chosen = sorted(hashes)
    if not chosen:
        return 0
    names = ["url", "source_id", "submitted_at", "entry_hash"]
    rows = [(url, source_id, now, hashes[url]) for url in chosen]
    statement = insert_given(link, names, rows)
    new = statement.excluded
    own = link.c.source_id.is_(None) | (link.c.source_id == new.source_id)
    changed = connection.scalars(
        statement.on_conflict_do_update(
            index_elements=["url"],
            set_={
                "submitted_at": new.submitted_at,
                "status": "waiting",
                "why": None,
                "source_id": new.source_id,
                "entry_hash": new.entry_hash,
            },
            where=own & link.c.entry_hash.is_distinct_from(new.entry_hash),
        ).returning(link.c.url)
    ).all()
    work.mark(connection, KIND, changed, now)
    return len(changed)


def doubt(
    connection: sa.Connection, doubted: Mapping[str, int], whys: Mapping[int, str], now: datetime
) -> None:
    """Have pages looked at again that may be gone, with the reason.

    `doubted` maps addresses to their sources.
    """
    if not doubted:
        return
    rows = [(url, source_id, now, whys[source_id]) for url, source_id in sorted(doubted.items())]
    statement = insert_given(link, ["url", "source_id", "submitted_at", "doubt"], rows)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["url"],
            set_={"submitted_at": new.submitted_at, "status": "waiting", "doubt": new.doubt},
        )
    )
    work.mark(connection, KIND, doubted, now)


def find(connection: sa.Connection, urls: Sequence[str]) -> list[Link]:
    """Read submitted links, by address."""
    rows = connection.execute(sa.select(link).where(any_of(link.c.url, urls)).order_by(link.c.url))
    return [Link(*row) for row in rows]


def settle(connection: sa.Connection, ends: Mapping[str, tuple[str, str, int | None]]) -> None:
    """Store what became of links: status, reason, article."""
    for url, (status, why, article_id) in sorted(ends.items()):
        kept = link.c.doubt if status == "waiting" else None
        connection.execute(
            sa.update(link)
            .where(link.c.url == url)
            .values(status=status, why=why, article_id=article_id, doubt=kept)
        )
