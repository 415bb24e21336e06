"""What a feed's page and embed show: the same newest articles as the feed, as teasers."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from feeds.model import Article, Teaser, parse_public_id
from feeds.publish.head import ON_FRONT, block_name
from feeds.store import articles, listing, pools
from feeds.web.front import Front

Descendants = Mapping[str, Sequence[str]]


def newest_teasers(
    connection: sa.Connection, key: str, limit: int, descendants: Descendants, skipped: int = 0
) -> list[Teaser]:
    """List the newest articles of a feed, newest first, after those that are skipped."""
    ids = listing.newest(connection, key, skipped + limit, descendants)[skipped:]
    if key.startswith("source/"):
        # A source's list holds duplicates too, and other lists' teasers leave them out.
        whole = articles.load(connection, ids)
        return [_teaser(whole[one]) for one in ids if one in whole]
    found = pools.teasers(connection, ids)
    return [found[one] for one in ids if one in found]


def name_of(front: Front, connection: sa.Connection, key: str, language: str) -> str | None:
    """Name what a feed is about; `None` when nothing has that name."""
    prefix, _, slug = key.partition("/")
    if key == "all":
        return front.editorial.site.title
    if prefix == "section":
        return next((s.name(language) for s in front.editorial.sections if s.slug == slug), None)
    if prefix == "topic":
        return next((t.name(language) for t in front.editorial.topics if t.slug == slug), None)
    if key in ON_FRONT:
        return block_name(front.editorial.site, key, language)
    if prefix in ("author", "source") and "\0" not in slug:
        return listing.names(connection, [key]).get(key)
    number = parse_public_id(slug) if prefix == "story" else None
    lead = None if number is None else articles.load(connection, [number]).get(number)
    return None if lead is None else lead.title


def _teaser(article: Article) -> Teaser:
    return Teaser(
        article.id,
        article.title,
        article.excerpt,
        article.effective_at,
        article.source_title,
        article.image,
    )
