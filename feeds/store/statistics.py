"""Statistics in the store: each fit is a version, and the newest counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store.bulk import any_of
from feeds.store.tables import article, statistic

_KEPT = 2  # versions; a worker may be about to read the one before the newest


@dataclass(frozen=True, slots=True)
class Fitted:
    """A version: over how many articles it was counted, and its packed counts."""

    version: int
    articles: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Text:
    """What is counted of an article."""

    id: int
    title: str
    text: str


def newest_version(connection: sa.Connection) -> int:
    """Name the newest version; 0 where nothing was fitted yet."""
    version: int | None = connection.scalar(sa.select(sa.func.max(statistic.c.version)))
    return version or 0


def newest_size(connection: sa.Connection) -> int:
    """Tell over how many articles the newest version was counted."""
    newest = sa.select(statistic.c.articles).order_by(statistic.c.version.desc()).limit(1)
    return connection.scalar(newest) or 0


def estimated_articles(connection: sa.Connection) -> int:
    """Tell about how many articles there are, without counting: 0 before the first ANALYZE."""
    pages = sa.text("SELECT reltuples::bigint FROM pg_class WHERE oid = 'article'::regclass")
    return max(0, connection.scalar(pages) or 0)


def read(connection: sa.Connection, version: int) -> Fitted:
    """Read a version."""
    columns = (statistic.c.version, statistic.c.articles, statistic.c.body)
    row = connection.execute(sa.select(*columns).where(statistic.c.version == version)).one()
    return Fitted(*row)


def add(connection: sa.Connection, articles: int, body: bytes, now: datetime) -> int:
    """Store a new version, and drop what nobody reads any more; returns its number."""
    values = {"articles": articles, "body": body, "fitted_at": now}
    made: int | None = connection.scalar(
        sa.insert(statistic).values(values).returning(statistic.c.version)
    )
    assert made is not None
    connection.execute(sa.delete(statistic).where(statistic.c.version <= made - _KEPT))
    return made


def newest_ids(connection: sa.Connection, limit: int) -> list[int]:
    """List the newest articles that readers see."""
    is_shown = (article.c.state == "public") & article.c.related_at.is_not(None)
    newest = sa.select(article.c.id).where(is_shown).order_by(article.c.effective_at.desc())
    return list(connection.scalars(newest.limit(limit)))


def texts(connection: sa.Connection, ids: Sequence[int]) -> list[Text]:
    """Read what is counted of articles, by id."""
    columns = (article.c.id, article.c.title, article.c.text)
    rows = connection.execute(sa.select(*columns).where(any_of(article.c.id, ids)).order_by("id"))
    return [Text(*row) for row in rows]
