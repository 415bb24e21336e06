"""Feeds: the bytes that readers get, and what was last emitted under each key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.bulk import any_of
from feeds.store.tables import article, feed, feed_file

CHANNEL = "tinwire_feed"


@dataclass(frozen=True, slots=True)
class Emitted:
    """What a feed held when it was last emitted; `updated_at` never goes backwards."""

    key: str
    version: int
    item_ids: tuple[int, ...]
    updated_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class FeedFile:
    """One format of a feed, as it is served."""

    body: bytes
    etag: str
    modified_at: datetime


def emitted(connection: sa.Connection, keys: Iterable[str]) -> dict[str, Emitted]:
    """Read what feeds held when they were last emitted."""
    rows = connection.execute(sa.select(feed).where(any_of(feed.c.key, keys)))
    return {
        row.key: Emitted(row.key, row.version, tuple(row.item_ids), row.updated_at, row.modified_at)
        for row in rows
    }


def etags(connection: sa.Connection, keys: Iterable[str]) -> dict[tuple[str, str], str]:
    """Read the stored ETags by (key, format)."""
    rows = connection.execute(
        sa.select(feed_file.c.key, feed_file.c.format, feed_file.c.etag).where(
            any_of(feed_file.c.key, keys)
        )
    )
    return {(row.key, row.format): row.etag for row in rows}


def store(
    connection: sa.Connection,
    key: str,
    title: str,
    item_ids: Sequence[int],
    updated_at: datetime,
    files: Mapping[str, tuple[str, bytes]],
    now: datetime,
) -> None:
    """Replace a feed whose bytes changed; `files` maps format to (ETag, body).

    `modified_at` moves to `now`, but at least one second on, since HTTP dates count in seconds.
    Tells every web process when the transaction commits.
    """
    row = {"title": title, "item_ids": list(item_ids), "updated_at": updated_at}
    statement = insert(feed).values(key=key, version=1, modified_at=now, **row)
    modified = sa.func.greatest(now, feed.c.modified_at + sa.text("interval '1 second'"))
    at = connection.scalar(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_=row | {"version": feed.c.version + 1, "modified_at": modified},
        ).returning(feed.c.modified_at)
    )
    statement = insert(feed_file)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "format"],
            set_={"etag": new.etag, "body": new.body, "modified_at": new.modified_at},
            where=feed_file.c.etag != new.etag,
        ),
        [
            {"key": key, "format": name, "etag": etag, "body": body, "modified_at": at}
            for name, (etag, body) in sorted(files.items())
        ],
    )
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, key)))


def fix(connection: sa.Connection, ids: Iterable[int], now: datetime) -> None:
    """Note that articles were emitted: from now on their dates are fixed.

    Rows that another transaction holds are left for the next build, which that transaction has
    asked for; waiting for them could stop two builds for ever.
    """
    free = (
        sa.select(article.c.id)
        .where(any_of(article.c.id, sorted(set(ids))), article.c.emitted_at.is_(None))
        .order_by(article.c.id)
        .with_for_update(skip_locked=True, key_share=True)
    )
    connection.execute(sa.update(article).where(article.c.id.in_(free)).values(emitted_at=now))


def file(connection: sa.Connection, key: str, name: str) -> FeedFile | None:
    """Read one format of a feed; `None` when nothing was emitted under this key."""
    row = connection.execute(
        sa.select(feed_file.c.body, feed_file.c.etag, feed_file.c.modified_at).where(
            feed_file.c.key == key, feed_file.c.format == name
        )
    ).one_or_none()
    return None if row is None else FeedFile(row.body, row.etag, row.modified_at)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as lists show it."""

    key: str
    title: str
    items: int
    updated_at: datetime
    modified_at: datetime


def listed(connection: sa.Connection) -> list[FeedLine]:
    """List all feeds by key."""
    size = sa.func.cardinality(feed.c.item_ids)
    rows = connection.execute(
        sa.select(feed.c.key, feed.c.title, size, feed.c.updated_at, feed.c.modified_at).order_by(
            feed.c.key
        )
    )
    return [FeedLine(*row) for row in rows]
