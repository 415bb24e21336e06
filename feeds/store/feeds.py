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


@dataclass(frozen=True, slots=True)
class Built:
    """A feed as it was rendered: `files` maps format to (ETag, body)."""

    key: str
    title: str
    item_ids: tuple[int, ...]
    updated_at: datetime
    files: Mapping[str, tuple[str, bytes]]


def store(connection: sa.Connection, built: Sequence[Built], now: datetime) -> None:
    """Replace feeds whose bytes changed, and tell every web process when this commits.

    `modified_at` moves to `now`, but at least one second on, since HTTP dates count in seconds.
    """
    if not built:
        return
    statement = insert(feed)
    new = statement.excluded
    later = feed.c.modified_at + sa.text("interval '1 second'")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "title": new.title,
                "item_ids": new.item_ids,
                "updated_at": new.updated_at,
                "version": feed.c.version + 1,
                "modified_at": sa.func.greatest(new.modified_at, later),
            },
        ),
        [
            {
                "key": one.key,
                "title": one.title,
                "version": 1,
                "item_ids": list(one.item_ids),
                "updated_at": one.updated_at,
                "modified_at": now,
            }
            for one in built
        ],
    )
    _store_files(connection, built)
    keys = sa.func.unnest(sa.cast([one.key for one in built], sa.ARRAY(sa.Text)))
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, keys)))


def _store_files(connection: sa.Connection, built: Sequence[Built]) -> None:
    """Write the formats whose bytes changed, as of when their feeds were modified."""
    own = sa.select(feed.c.modified_at).where(feed.c.key == sa.bindparam("of_feed"))
    statement = insert(feed_file).values(modified_at=own.scalar_subquery())
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "format"],
            set_={"etag": new.etag, "body": new.body, "modified_at": new.modified_at},
            where=feed_file.c.etag != new.etag,
        ),
        [
            {"key": one.key, "of_feed": one.key, "format": name, "etag": etag, "body": body}
            for one in built
            for name, (etag, body) in sorted(one.files.items())
        ],
    )


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
