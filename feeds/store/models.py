"""Models: what was learned, by version, and what there is to learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.store import locks
from feeds.store.locks import Lock
from feeds.store.tables import article, model, placement, source

SECTIONS = "sections"  # the only kind so far
_KEPT = 3  # versions, the active one included
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Version:
    """A learned model: from how many articles, when, and whether filing uses it."""

    version: int
    made_at: datetime
    articles: int
    notes: str
    active: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A stored article, as learning reads it; `text` may be cut.

    `placed` is the section that a person put it into, `None` where nobody did.
    """

    source_name: str
    source_section: str | None
    url: str
    title: str
    excerpt: str
    text: str
    categories: tuple[str, ...]
    placed: str | None


def active_version(connection: sa.Connection, kind: str = SECTIONS) -> int | None:
    """Tell which version filing uses; `None` where nothing was learned yet."""
    query = sa.select(model.c.version).where(model.c.kind == kind, model.c.active)
    found: int | None = connection.scalar(query)
    return found


def body(connection: sa.Connection, version: int, kind: str = SECTIONS) -> bytes | None:
    """Read a version's bytes; `None` where it is gone."""
    query = sa.select(model.c.body).where(model.c.kind == kind, model.c.version == version)
    found: bytes | None = connection.scalar(query)
    return found


def versions(connection: sa.Connection, kind: str = SECTIONS) -> list[Version]:
    """List the versions that are kept, newest first."""
    names = (model.c.version, model.c.made_at, model.c.articles, model.c.notes, model.c.active)
    query = sa.select(*names).where(model.c.kind == kind).order_by(model.c.version.desc())
    return [Version(*row) for row in connection.execute(query)]


def add(
    connection: sa.Connection,
    made: bytes,
    articles: int,
    notes: str,
    now: datetime,
    kind: str = SECTIONS,
) -> int:
    """Store a new version and make it the active one; returns its number.

    The oldest versions are dropped.
    """
    locks.hold(connection, Lock.MODELS)
    newest = sa.select(sa.func.max(model.c.version)).where(model.c.kind == kind)
    version = (connection.scalar(newest) or 0) + 1
    of_kind = model.c.kind == kind
    connection.execute(sa.update(model).where(of_kind, model.c.active).values(active=False))
    values = {"kind": kind, "version": version, "made_at": now, "articles": articles}
    connection.execute(sa.insert(model).values(notes=notes, body=made, active=True, **values))
    connection.execute(sa.delete(model).where(of_kind, model.c.version <= version - _KEPT))
    return version


def count_since(connection: sa.Connection, since: datetime | None, most: int) -> int:
    """Count the public articles stored since then, no further than `most`."""
    query = sa.select(article.c.id).where(article.c.state == "public")
    if since is not None:
        query = query.where(article.c.first_seen_at > since)
    counted = sa.select(sa.func.count()).select_from(query.limit(most).subquery())
    return connection.scalar(counted) or 0


def count_placed_since(connection: sa.Connection, since: datetime | None, most: int) -> int:
    """Count the articles that people put into a section since then, no further than `most`."""
    query = sa.select(placement.c.article_id).where(placement.c.kind == "section")
    if since is not None:
        query = query.where(placement.c.at > since)
    counted = sa.select(sa.func.count()).select_from(query.limit(most).subquery())
    return connection.scalar(counted) or 0


def examples(connection: sa.Connection, most: int, chars: int) -> Iterator[Sequence[Example]]:
    """Read public articles, a page at a time; of each text so many characters.

    First all that people put into a section, however old, then the newest of the others. Read in
    two statements, so within one transaction of the caller's.
    """
    by_hand = sa.and_(placement.c.article_id == article.c.id, placement.c.kind == "section")
    is_placed = sa.select(placement.c.article_id).where(by_hand).exists()
    named = sa.select(placement.c.slug).where(by_hand).scalar_subquery()
    query = (
        sa.select(
            source.c.name,
            source.c.section,
            article.c.url,
            article.c.title,
            article.c.excerpt,
            sa.func.left(article.c.text, chars).label("text"),
            article.c.categories,
        )
        .join(source, source.c.id == article.c.source_id)
        .where(article.c.state == "public")
        .order_by(article.c.first_seen_at.desc(), article.c.id)
    )
    left = most
    for part in (
        query.add_columns(named.label("placed")).where(is_placed),
        query.add_columns(sa.null().label("placed")).where(~is_placed),
    ):
        paged = connection.execution_options(yield_per=_PAGE)
        with paged.execute(part.limit(left)) as rows:
            for page in rows.partitions():
                left -= len(page)
                yield [_example(row) for row in page]


def _example(row: sa.Row[Any]) -> Example:
    return Example(
        source_name=row.name,
        source_section=row.section,
        url=row.url,
        title=row.title,
        excerpt=row.excerpt,
        text=row.text,
        categories=tuple(row.categories),
        placed=row.placed,
    )
