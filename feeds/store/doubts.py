"""Doubts: articles that their source lists no longer, and when each was last looked at.

Theory: a list is read only when it changes, but a page may go days after it left the list; so what
is missing is remembered here, and the rule of once a week has a time of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.bulk import any_of
from feeds.store.tables import alias, article, sighting, source, unlisted

LOOK_AGAIN = timedelta(days=7)


def note(connection: sa.Connection, source_id: int, keys: Sequence[str]) -> None:
    """Remember which public articles that show a source it lists no more, by its addresses' keys.

    Those that it lists again, or that are public no longer, are forgotten.
    """
    missing = _missing(source_id, keys).cte("missing")
    connection.execute(
        sa.delete(unlisted).where(
            unlisted.c.source_id == source_id,
            unlisted.c.article_id.not_in(sa.select(missing.c.id)),
        )
    )
    rows = sa.select(missing.c.id, sa.literal(source_id, sa.Integer))
    statement = insert(unlisted).from_select(["article_id", "source_id"], rows)
    connection.execute(statement.on_conflict_do_nothing())


def _missing(source_id: int, keys: Sequence[str]) -> sa.Select[tuple[int]]:
    listed = sa.exists().where(alias.c.article_id == article.c.id, any_of(alias.c.identity, keys))
    shown = (
        (sighting.c.article_id == article.c.id)
        & (sighting.c.source_id == article.c.source_id)
        & (sighting.c.guid == article.c.guid)
    )
    return (
        sa.select(article.c.id)
        .join(sighting, shown)
        .where(article.c.source_id == source_id, article.c.state == "public", article.c.url != "")
        .where(~listed)
    )


def due(
    connection: sa.Connection, source_ids: Sequence[int], most: int, now: datetime
) -> Mapping[str, int]:
    """Choose articles to look at, so many of each source, and note that it is done.

    Gives their addresses with the source: those that were never looked at, newest first, then those
    that were not for a week.
    """
    if not source_ids:
        return {}
    is_due = unlisted.c.doubted_at.is_(None) | (unlisted.c.doubted_at < now - LOOK_AGAIN)
    some = (
        sa.select(unlisted.c.article_id, article.c.url)
        .join(article, article.c.id == unlisted.c.article_id)
        .where(unlisted.c.source_id == source.c.id, is_due)
        .where(article.c.source_id == source.c.id, article.c.state == "public")
        .order_by(unlisted.c.doubted_at.nulls_first(), article.c.effective_at.desc(), article.c.id)
        .limit(most)
        .lateral("some")
    )
    chosen = (
        sa.select(some.c.article_id, some.c.url)
        .select_from(source.join(some, sa.true()))
        .where(any_of(source.c.id, source_ids))
        .cte("chosen")
    )
    rows = connection.execute(
        sa.update(unlisted)
        .where(unlisted.c.article_id == chosen.c.article_id)
        .values(doubted_at=now)
        .returning(chosen.c.url, unlisted.c.source_id)
    )
    return {row.url: row.source_id for row in rows}
