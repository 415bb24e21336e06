"""Listing: which articles a feed holds, and which feeds an article is in.

Keys: `all`, `section/…`, `topic/…`, `author/…`, `source/…`. A section's feed holds its
descendants' articles. An article is listed once it is related, while it is public, and when it
leads its group of duplicates; a source's own feed lists what that source showed, duplicate or not.
"""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from feeds.store.bulk import any_of
from feeds.store.tables import (
    LISTED,
    article,
    article_author,
    article_topic,
    author,
    sighting,
    source,
)

NEWEST = (article.c.effective_at.desc(), article.c.id.desc())
SHOWN = (article.c.state == "public") & article.c.related_at.is_not(None)


def keys_of(
    connection: sa.Connection, ids: Iterable[int], ancestors: Mapping[str, Sequence[str]]
) -> set[str]:
    """Name every feed that holds or may hold these articles.

    `ancestors` of each section, itself too.
    """
    chosen = sorted(set(ids))
    if not chosen:
        return set()
    keys = {"all"}
    sections = sa.select(article.c.section).distinct().where(any_of(article.c.id, chosen))
    for slug in connection.scalars(sections):
        keys |= {f"section/{name}" for name in ancestors.get(slug, (slug,) if slug else ())}
    authors = (
        sa.select(article_author.c.slug)
        .distinct()
        .where(any_of(article_author.c.article_id, chosen))
    )
    topics = (
        sa.select(article_topic.c.slug).distinct().where(any_of(article_topic.c.article_id, chosen))
    )
    sources = (
        sa.select(source.c.name)
        .distinct()
        .join(sighting, sighting.c.source_id == source.c.id)
        .where(any_of(sighting.c.article_id, chosen))
    )
    for prefix, query in (("author", authors), ("topic", topics), ("source", sources)):
        keys |= {f"{prefix}/{slug}" for slug in connection.scalars(query)}
    return keys


def newest(
    connection: sa.Connection, key: str, limit: int, descendants: Mapping[str, Sequence[str]]
) -> list[int]:
    """List the newest articles of a feed, newest first.

    `descendants` of each section, itself too.
    """
    prefix, _, slug = key.partition("/")
    if prefix == "all":
        query = sa.select(article.c.id).where(LISTED)
    elif prefix == "section":
        query = _of_sections(list(descendants.get(slug, (slug,))), limit)
    elif prefix == "author":
        query = _joined(article_author, slug, limit)
    elif prefix == "topic":
        query = _joined(article_topic, slug, limit)
    elif prefix == "source":
        query = _of_source(slug, limit)
    else:
        return []
    return list(connection.scalars(query.order_by(*NEWEST).limit(limit)))


def _of_sections(slugs: Sequence[str], limit: int) -> sa.Select[tuple[int]]:
    """Take the newest of each section by its own index, then the newest of these."""
    names = sa.select(sa.func.unnest(sa.cast(slugs, sa.ARRAY(sa.Text))).label("slug")).subquery()
    inner = (
        sa.select(article.c.id)
        .where(LISTED, article.c.section == names.c.slug)
        .order_by(*NEWEST)
        .limit(limit)
        .lateral("inner_newest")
    )
    ids = sa.select(inner.c.id).select_from(names.join(inner, sa.true()))
    return sa.select(article.c.id).where(article.c.id.in_(ids))


def _joined(table: sa.Table, slug: str, limit: int) -> sa.Select[tuple[int]]:
    """Take the newest by the table's own index; it holds the articles' dates."""
    newest_ids = (
        sa.select(table.c.article_id)
        .join(article, article.c.id == table.c.article_id)
        .where(LISTED, table.c.slug == slug)
        .order_by(table.c.effective_at.desc(), table.c.article_id.desc())
        .limit(limit)
    )
    return sa.select(article.c.id).where(article.c.id.in_(newest_ids))


def _of_source(name: str, limit: int) -> sa.Select[tuple[int]]:
    """Take what the source sighted last; an article may have two sightings of one source."""
    own = sa.select(source.c.id).where(source.c.name == name).scalar_subquery()
    sighted = (
        sa.select(sighting.c.article_id)
        .join(article, article.c.id == sighting.c.article_id)
        .where(SHOWN, sighting.c.source_id == own)
        .order_by(sighting.c.effective_at.desc(), sighting.c.article_id.desc())
        .limit(2 * limit)
    )
    return sa.select(article.c.id).where(article.c.id.in_(sighted))


def every_key(connection: sa.Connection) -> set[str]:
    """Name every feed that has or had articles."""
    queries = {
        "section": sa.select(article.c.section).distinct().where(article.c.section.is_not(None)),
        "topic": sa.select(article_topic.c.slug).distinct(),
        "author": sa.select(author.c.slug),
        "source": sa.select(source.c.name),
    }
    named = {
        f"{prefix}/{slug}"
        for prefix, query in queries.items()
        for slug in connection.scalars(query)
    }
    return {"all"} | named


def names(connection: sa.Connection, keys: Iterable[str]) -> dict[str, str]:
    """Name the authors and sources among feed keys."""
    wanted = list(keys)
    authors = [key.removeprefix("author/") for key in wanted if key.startswith("author/")]
    sources = [key.removeprefix("source/") for key in wanted if key.startswith("source/")]
    named = sa.select(author.c.slug, author.c.name).where(any_of(author.c.slug, authors))
    titled = sa.select(source.c.name, source.c.title).where(any_of(source.c.name, sources))
    found = {f"author/{row[0]}": row[1] for row in connection.execute(named)}
    return found | {f"source/{row[0]}": row[1] for row in connection.execute(titled)}
