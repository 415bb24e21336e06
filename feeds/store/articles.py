"""Articles as pages and feeds want them: whole, with authors, topics and sources."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from feeds.model import Article, Author, Image, TopicHit
from feeds.store.bulk import any_of
from feeds.store.listing import SHOWN
from feeds.store.tables import (
    alias,
    article,
    article_author,
    article_topic,
    author,
    sighting,
    source,
    tombstone,
)

COLUMNS = (
    "id",
    "url",
    "title",
    "excerpt",
    "html",
    "language",
    "effective_at",
    "revised_at",
    "image",
    "section",
    "section_why",
    "story_id",
    "via_title",
    "via_url",
)


def load(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Article]:
    """Read whole articles that are public; those that are not are left out."""
    chosen = sorted(set(ids))
    if not chosen:
        return {}
    rows = connection.execute(
        sa.select(
            *(article.c[name] for name in COLUMNS),
            source.c.name,
            source.c.title.label("source_title"),
            source.c.url.label("feed_url"),
        )
        .join(source, source.c.id == article.c.source_id)
        .where(any_of(article.c.id, chosen), article.c.state == "public")
    ).all()
    authors = _authors(connection, chosen)
    topics = topics_of(connection, chosen)
    return {row.id: _article(row, authors[row.id], topics[row.id]) for row in rows}


def _article(row: Any, authors: Sequence[Author], topics: Sequence[TopicHit]) -> Article:
    return Article(
        id=row.id,
        url=row.url,
        title=row.title,
        excerpt=row.excerpt,
        html=row.html,
        language=row.language,
        effective_at=row.effective_at,
        revised_at=row.revised_at,
        image=image(row.image),
        authors=tuple(authors),
        section=row.section,
        section_why=row.section_why,
        topics=tuple(topics),
        source_name=row.name,
        source_title=row.source_title,
        source_url=row.feed_url,
        story_id=row.story_id,
        via_title=row.via_title,
        via_url=row.via_url,
    )


def image(stored: dict[str, Any] | None) -> Image | None:
    """Read an image as it is stored."""
    return None if stored is None else Image(**stored)


def _authors(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[Author]]:
    rows = connection.execute(
        sa.select(article_author.c.article_id, author.c.slug, author.c.name)
        .join(author, author.c.slug == article_author.c.slug)
        .where(any_of(article_author.c.article_id, ids))
        .order_by(article_author.c.article_id, article_author.c.position)
    )
    found: dict[int, list[Author]] = defaultdict(list)
    for row in rows:
        found[row.article_id].append(Author(row.slug, row.name))
    return found


def topics_of(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[TopicHit]]:
    """Read the topics of articles, surest first; an empty list for those without."""
    rows = connection.execute(
        sa.select(article_topic)
        .where(any_of(article_topic.c.article_id, ids))
        .order_by(
            article_topic.c.article_id, article_topic.c.confidence.desc(), article_topic.c.slug
        )
    )
    found: dict[int, list[TopicHit]] = defaultdict(list)
    for row in rows:
        found[row.article_id].append(TopicHit(row.slug, row.confidence, row.why))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an article stands: `duplicate_of` names the article that stands for it in lists."""

    id: int
    state: str
    duplicate_of: int | None
    story_id: int | None
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""


def standing(connection: sa.Connection, article_id: int) -> Standing | None:
    """Tell where an article stands; `None` when there never was one with this id."""
    row = connection.execute(
        sa.select(
            article.c.id,
            article.c.state,
            article.c.duplicate_of,
            article.c.story_id,
            tombstone.c.at,
            tombstone.c.why,
        )
        .outerjoin(tombstone, tombstone.c.article_id == article.c.id)
        .where(article.c.id == article_id)
    ).one_or_none()
    if row is None:
        return None
    return Standing(row.id, row.state, row.duplicate_of, row.story_id, row.at, row.why or "")


@dataclass(frozen=True, slots=True)
class Also:
    """Another telling of an article: another source's sighting, a duplicate or a story mate.

    `how` is `sighting`, `duplicate` or `story`; `article_id` is `None` for a sighting.
    """

    how: str
    source_title: str
    url: str
    title: str
    article_id: int | None = None


def also_by(connection: sa.Connection, found: Article) -> list[Also]:
    """List who else shows this article, or tells the same story, each source once."""
    sightings = (
        sa.select(source.c.title, sighting.c.url)
        .ext(distinct_on(source.c.title))
        .join(source, source.c.id == sighting.c.source_id)
        .where(sighting.c.article_id == found.id, source.c.name != found.source_name)
        .order_by(source.c.title, sighting.c.guid)
    )
    also = [
        Also("sighting", row.title, row.url, found.title) for row in connection.execute(sightings)
    ]
    return also + _mates(connection, found)


def _mates(connection: sa.Connection, found: Article) -> list[Also]:
    own = article.c.duplicate_of == found.id
    story = sa.false() if found.story_id is None else article.c.story_id == found.story_id
    rows = connection.execute(
        sa.select(
            article.c.id,
            article.c.title,
            article.c.url,
            source.c.title.label("source"),
            own.label("own"),
        )
        .join(source, source.c.id == article.c.source_id)
        .where(SHOWN, own | (story & article.c.duplicate_of.is_(None)), article.c.id != found.id)
        .order_by(own.desc().nulls_last(), article.c.effective_at, article.c.id)
        .limit(20)
    )
    return [
        Also("duplicate" if row.own else "story", row.source, row.url, row.title, row.id)
        for row in rows
    ]


def by_address(connection: sa.Connection, identity: str) -> int | None:
    """Find the article that an identity (see `feeds.urls.url_key`) names."""
    return connection.scalar(sa.select(alias.c.article_id).where(alias.c.identity == identity))
