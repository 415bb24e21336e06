"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.generator import KEPT

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(document: FeedDocument) -> bytes:
    """Write a feed as JSON in UTF-8, keys in a fixed order; the same document, the same bytes."""
    items = [orjson.Fragment(body) for item in document.items if (body := _written(item))]
    return orjson.dumps(_feed(document, items))


@lru_cache(maxsize=KEPT)
def _written(item: FeedItem) -> bytes:
    """Write an item once for many feeds; nothing where it has a lone surrogate somewhere."""
    try:
        return orjson.dumps(_item(item))
    except TypeError:
        return b""


def _feed(document: FeedDocument, items: list[orjson.Fragment]) -> dict[str, Any]:
    head = document.head
    return _without_empty(
        {
            "version": VERSION,
            "title": head.title,
            "home_page_url": head.page_url,
            "feed_url": head.url("json"),
            "description": head.description,
            "language": head.language,
            "hubs": [{"type": "WebSub", "url": url} for url in head.hub_urls],
        }
    ) | {"items": items}


def _item(item: FeedItem) -> dict[str, Any]:
    labels = dict.fromkeys(category.label for category in item.categories)
    return _without_empty(
        {
            "id": item.id,
            "url": item.link,
            "external_url": item.external_url,
            "title": item.title,
            "content_html": item.html,
            "content_text": None if item.html else item.summary,
            "summary": item.summary,
            "image": item.image.url if item.image else None,
            "date_published": _rfc3339(item.published),
            "date_modified": _rfc3339(item.updated),
            "authors": [{"name": author.name, "url": author.url} for author in item.authors],
            "tags": list(labels),
            "language": item.language,
        }
    )


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
