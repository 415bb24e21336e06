"""Since when the feeds of what is related to an article hold what they hold.

They are drawn when they are asked for, from relations that come and go: without a note of what was
told last, a feed's date would go back with the newest of its items.
"""

from datetime import datetime

import sqlalchemy as sa

from feeds.store.tables import related_feed


def updated(connection: sa.Connection, article_id: int, mark: bytes, newest: datetime) -> datetime:
    """Tell when what is related to an article last changed, and note it if that is now.

    `mark` names what is told, `newest` is the last change of any of it. Each change is later than
    the one before it by a second at least.
    """
    row = connection.execute(_NOTED, {"id": article_id}).one_or_none()
    if row is None or row.mark != mark:
        given = {"id": article_id, "mark": mark, "newest": newest}
        connection.execute(_NOTE, given)
        row = connection.execute(_NOTED, {"id": article_id}).one()
    found: datetime = row.updated_at
    return found


_NOTED = sa.select(related_feed.c.mark, related_feed.c.updated_at).where(
    related_feed.c.article_id == sa.bindparam("id")
)
_NOTE = sa.text(
    """
    INSERT INTO related_feed AS known (article_id, mark, updated_at) VALUES (:id, :mark, :newest)
    ON CONFLICT (article_id) DO UPDATE SET mark = excluded.mark,
      updated_at = greatest(known.updated_at + interval '1 second', excluded.updated_at)
    WHERE known.mark <> excluded.mark
    """
)
