"""Articles that are gone or may be: withdrawn, restored, or without a page."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Verdict
from feeds.store.bulk import any_of, insert_given
from feeds.store.tables import alias, article, ledger, sighting, tombstone
from feeds.urls import url_key


def shown_at(connection: sa.Connection, urls: Iterable[str]) -> dict[str, int]:
    """Map addresses to the public articles that show them now, not those that once stood there."""
    keys = {url_key(url): url for url in urls}
    rows = connection.execute(
        sa.select(alias.c.identity, article.c.id, article.c.url)
        .join(article, article.c.id == alias.c.article_id)
        .where(any_of(alias.c.identity, keys), article.c.state == "public", article.c.url != "")
    )
    return {keys[row.identity]: row.id for row in rows if url_key(row.url) == row.identity}


def restore(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """Make withdrawn articles public again, and forget what was rejected because of it."""
    back = connection.scalars(
        sa.update(article)
        .where(any_of(article.c.id, ids), article.c.state == "withdrawn")
        .values(state="public", related_at=None)
        .returning(article.c.id)
    ).all()
    connection.execute(sa.delete(tombstone).where(any_of(tombstone.c.article_id, back)))
    connection.execute(
        sa.delete(ledger).where(
            any_of(ledger.c.article_id, back), ledger.c.verdict == Verdict.REJECTED
        )
    )
    return sorted(back)


def shown_by(connection: sa.Connection, source_id: int, guids: Sequence[str]) -> list[int]:
    """List public articles that show what a source said under these guids."""
    rows = connection.scalars(
        sa.select(article.c.id)
        .join(sighting, sighting.c.article_id == article.c.id)
        .where(
            sighting.c.source_id == source_id,
            any_of(sighting.c.guid, guids),
            article.c.source_id == source_id,
            article.c.guid == sighting.c.guid,
            article.c.state == "public",
        )
        .order_by(article.c.id)
    )
    return list(rows)


def withdraw(connection: sa.Connection, ids: Sequence[int], why: str, now: datetime) -> list[int]:
    """Take public articles out of everything, for good; returns those that were public."""
    gone = connection.scalars(
        sa.update(article)
        .where(any_of(article.c.id, ids), article.c.state == "public")
        .values(state="withdrawn")
        .returning(article.c.id)
    )
    rows = [(key, now, why) for key in sorted(gone)]
    if rows:
        statement = insert_given(tombstone, ["article_id", "at", "why"], rows)
        connection.execute(statement.on_conflict_do_nothing())
    return [key for key, _, _ in rows]
