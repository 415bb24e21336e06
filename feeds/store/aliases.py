"""Aliases: feeds that go by another key now; who asks by the old one is sent on."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.bulk import any_of, given
from feeds.store.feeds import tell
from feeds.store.tables import feed, feed_alias


def rename(connection: sa.Connection, old: str, new: str) -> None:
    """Send readers of one key to another from now on; what led to the old leads to the new."""
    connection.execute(sa.delete(feed_alias).where(feed_alias.c.old == new))
    connection.execute(sa.update(feed_alias).where(feed_alias.c.new == old).values(new=new))
    statement = insert(feed_alias).values(old=old, new=new)
    connection.execute(statement.on_conflict_do_update(index_elements=["old"], set_={"new": new}))
    tell(connection, [old, new])


def take_back(connection: sa.Connection, key: str) -> None:
    """Let a key stand for itself again."""
    connection.execute(sa.delete(feed_alias).where(feed_alias.c.old == key))


def renamed(connection: sa.Connection, key: str) -> str | None:
    """Give the key by which a feed goes now; `None` where it was never renamed."""
    return all_renamed(connection, [key]).get(key)


def all_renamed(connection: sa.Connection, keys: Iterable[str]) -> dict[str, str]:
    """Map those of some keys that were renamed to the keys by which their feeds go now."""
    rows = connection.execute(
        sa.select(feed_alias.c.old, feed_alias.c.new).where(any_of(feed_alias.c.old, keys))
    )
    return {row.old: row.new for row in rows}


def left(connection: sa.Connection, keys: Iterable[str]) -> dict[str, str | None]:
    """Map those of these feeds that are no more to where readers are sent on; `None`: nowhere.

    A feed that was never emitted is only left where it was renamed.
    """
    asked = given([feed.c.key], [(key,) for key in sorted(set(keys))])
    is_gone = feed.c.gone_at.is_not(None)
    rows = connection.execute(
        sa.select(asked.c.key, feed_alias.c.new)
        .select_from(asked)
        .outerjoin(feed, feed.c.key == asked.c.key)
        .outerjoin(feed_alias, feed_alias.c.old == asked.c.key)
        .where(is_gone | (feed.c.key.is_(None) & feed_alias.c.new.is_not(None)))
    )
    return {row.key: row.new for row in rows}
