"""Feeds: the bytes that readers get, and what was last emitted under each key.

A feed is kept as its frame in each format, and the names of its items (`fragments`); the bytes are
put together by whoever gives them out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store import fragments
from feeds.store.bulk import any_of, given, literal
from feeds.store.tables import article, feed, feed_file, feed_past

CHANNEL = "tinwire_feed"
PAST = 8  # versions whose readers are told only what is new


@dataclass(frozen=True, slots=True)
class Emitted:
    """What a feed held when it was last emitted; `updated_at` never goes backwards.

    `is_gone` where it was taken back since.
    """

    key: str
    version: int
    item_ids: tuple[int, ...]
    updated_at: datetime
    modified_at: datetime
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class FeedFile:
    """One format of a feed, as it is served: its items stand between `before` and `after`.

    `item_ids` and `marks` name each item with its hash; an item that can't be told in this format
    is empty. `gone_at` is set for a feed that was taken back.
    """

    etag: str
    modified_at: datetime
    before: bytes
    items: tuple[bytes, ...] = ()
    after: bytes = b""
    between: bytes = b""
    item_ids: tuple[int, ...] = ()
    marks: tuple[bytes, ...] = ()
    gone_at: datetime | None = None

    @property
    def body(self) -> bytes:
        """Put the bytes together."""
        return self.before + self.between.join(filter(None, self.items)) + self.after


def emitted(connection: sa.Connection, keys: Iterable[str]) -> dict[str, Emitted]:
    """Read what feeds held when they were last emitted."""
    rows = connection.execute(sa.select(feed).where(any_of(feed.c.key, keys)))
    return {
        row.key: Emitted(
            row.key,
            row.version,
            tuple(row.item_ids),
            row.updated_at,
            row.modified_at,
            row.gone_at is not None,
        )
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
    """A feed as it was built: `files` maps format to ETag and what comes before the items.

    `after` maps format to what follows them; `hashes` names each item's fragment, packed.
    """

    key: str
    title: str
    item_ids: tuple[int, ...]
    updated_at: datetime
    files: Mapping[str, tuple[str, bytes]]
    after: Mapping[str, bytes] = field(default_factory=dict)
    hashes: bytes = b""


def store(connection: sa.Connection, built: Sequence[Built], now: datetime) -> None:
    """Replace feeds whose bytes changed, and tell every web process when this commits.

    `modified_at` moves to `now`, but at least one second on, since HTTP dates count in seconds.
    """
    if not built:
        return
    _remember(connection, [one.key for one in built])
    statement = insert(feed).from_select(_COLUMNS, sa.select(*_rows(built, now).c))
    new = statement.excluded
    later = feed.c.modified_at + sa.text("interval '1 second'")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "title": new.title,
                "item_ids": new.item_ids,
                "hashes": new.hashes,
                "updated_at": new.updated_at,
                "version": feed.c.version + 1,
                "modified_at": sa.func.greatest(new.modified_at, later),
                "gone_at": None,
            },
        )
    )
    _store_files(connection, built)
    tell(connection, [one.key for one in built])


_COLUMNS = ("key", "title", "version", "item_ids", "hashes", "updated_at", "modified_at")


def _rows(built: Sequence[Built], now: datetime) -> sa.Subquery:
    """Make rows of feeds, by key, so that two builds lock them in one order."""
    ids = sa.column("ids", sa.Text)
    columns = [feed.c.key, feed.c.title, ids, feed.c.hashes, feed.c.updated_at]
    rows = given(
        columns,  # type: ignore[arg-type]  # a column without a table is one of a given row
        [
            (one.key, one.title, literal(one.item_ids), one.hashes, one.updated_at)
            for one in sorted(built, key=lambda one: one.key)
        ],
    )
    return sa.select(
        rows.c.key,
        rows.c.title,
        sa.literal(1).label("version"),
        sa.cast(rows.c.ids, feed.c.item_ids.type).label("item_ids"),
        rows.c.hashes,
        rows.c.updated_at,
        sa.literal(now, feed.c.modified_at.type).label("modified_at"),
    ).subquery("built")


def tell(connection: sa.Connection, changed: Sequence[str]) -> None:
    """Tell every web process of changed feeds when this commits."""
    if not changed:
        return
    keys = sa.func.unnest(sa.cast(changed, sa.ARRAY(sa.Text)))
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, keys)))


def _remember(connection: sa.Connection, keys: Sequence[str]) -> None:
    """Keep what is about to be replaced, for readers who come back with its ETags."""
    own = sa.select(feed_file.c.etag).where(feed_file.c.key == feed.c.key)
    etags = sa.func.array(own.scalar_subquery())
    before = sa.select(feed.c.key, feed.c.version, etags, feed.c.hashes).where(
        any_of(feed.c.key, keys)
    )
    statement = insert(feed_past).from_select(["key", "version", "etags", "hashes"], before)
    connection.execute(statement.on_conflict_do_nothing())
    version = sa.select(feed.c.version).where(feed.c.key == feed_past.c.key).scalar_subquery()
    old = any_of(feed_past.c.key, keys) & (feed_past.c.version <= version - PAST)
    connection.execute(sa.delete(feed_past).where(old))


def past(connection: sa.Connection, key: str) -> dict[str, frozenset[bytes]]:
    """Map the last versions' ETags to the hashes of the items that they held, in any format."""
    rows = connection.execute(
        sa.select(feed_past.c.etags, feed_past.c.hashes).where(feed_past.c.key == key)
    )
    size = fragments.DIGEST
    return {
        etag: frozenset(row.hashes[at : at + size] for at in range(0, len(row.hashes), size))
        for row in rows
        for etag in row.etags
    }


def retire(connection: sa.Connection, keys: Sequence[str], now: datetime) -> None:
    """Take feeds back: they are answered with 410 until they are stored again."""
    gone = connection.scalars(
        sa.update(feed)
        .where(any_of(feed.c.key, keys), feed.c.gone_at.is_(None))
        .values(gone_at=now)
        .returning(feed.c.key)
    ).all()
    if gone:
        tell(connection, sorted(gone))


def _store_files(connection: sa.Connection, built: Sequence[Built]) -> None:
    """Write the formats whose bytes changed, as of when their feeds were modified."""
    rows = [
        (one.key, name, etag, before, one.after.get(name, b""))
        for one in sorted(built, key=lambda one: one.key)
        for name, (etag, before) in sorted(one.files.items())
    ]
    names = ("key", "format", "etag", "before", "after")
    made = given([feed_file.c[name] for name in names], rows)
    source = sa.select(made, feed.c.modified_at).join(feed, feed.c.key == made.c.key)
    statement = insert(feed_file).from_select([*names, "modified_at"], source)
    new = statement.excluded
    # A feed that an older release stored whole may have the ETag of its parts, but not its bytes.
    changed = (feed_file.c.etag != new.etag) | (feed_file.c.before != new.before)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "format"],
            set_={
                "etag": new.etag,
                "before": new.before,
                "after": new.after,
                "modified_at": new.modified_at,
            },
            where=changed,
        )
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
        sa.select(
            feed_file.c.etag,
            feed_file.c.modified_at,
            feed_file.c.before,
            feed_file.c.after,
            feed.c.item_ids,
            feed.c.hashes,
            feed.c.gone_at,
        )
        .join(feed, feed.c.key == feed_file.c.key)
        .where(feed_file.c.key == key, feed_file.c.format == name)
    ).one_or_none()
    if row is None:
        return None
    names = list(zip(row.item_ids, fragments.split(row.hashes), strict=False))
    found = fragments.bodies(connection, names)
    at = fragments.FORMATS.index(name)
    return FeedFile(
        etag=row.etag,
        modified_at=row.modified_at,
        before=row.before,
        items=tuple(found[one][at] for one in names),
        after=row.after,
        between=fragments.BETWEEN[name],
        item_ids=tuple(number for number, _ in names),
        marks=tuple(fragments.mark_of(mark, at) for _, mark in names),
        gone_at=row.gone_at,
    )


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as lists show it."""

    key: str
    title: str
    items: int
    updated_at: datetime
    modified_at: datetime


def listed(connection: sa.Connection) -> list[FeedLine]:
    """List all feeds by key, without those that were taken back."""
    size = sa.func.cardinality(feed.c.item_ids)
    rows = connection.execute(
        sa.select(feed.c.key, feed.c.title, size, feed.c.updated_at, feed.c.modified_at)
        .where(feed.c.gone_at.is_(None))
        .order_by(feed.c.key)
    )
    return [FeedLine(*row) for row in rows]
