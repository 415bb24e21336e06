"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

An item's bytes follow from the item alone, so that they are written once for many feeds.
"""

from functools import lru_cache
from typing import Any

import orjson

from feeds.publish.dates import rfc3339_utc
from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.frame import Frame, joined
from feeds.publish.generator import KEPT, icon_url

VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_tinwire"  # "Extensions": custom objects begin with an underscore


def render_json(document: FeedDocument) -> bytes:
    """Write a feed as JSON in UTF-8, keys in a fixed order; the same document, the same bytes."""
    return joined(json_frame(document), document.items, _kept, b",")


def json_frame(document: FeedDocument) -> Frame:
    """Write what comes before the items and what after."""
    return orjson.dumps(_feed(document)).removesuffix(b"]}"), b"]}"


def json_item(item: FeedItem) -> bytes:
    """Write one item; what can't be told is a `ValueError`."""
    if not item.title:  # nor is there a summary then, and an item must have content
        raise ValueError("no title")
    if item.published.tzinfo is None:
        raise ValueError(f"{item.published.isoformat()} has no time zone")
    try:
        return orjson.dumps(_item(item))
    except TypeError as exc:
        raise ValueError(str(exc)) from exc


_kept = lru_cache(maxsize=KEPT)(json_item)


def _feed(document: FeedDocument) -> dict[str, Any]:
    head, before = document.head, document.place.before
    return _without_empty(
        {
            "version": VERSION,
            "title": head.title,
            "home_page_url": head.page_url,
            "feed_url": head.page_of("json", document.place.page),
            "description": head.description,
            "next_url": head.page_of("json", before) if before is not None else None,
            "icon": icon_url(head, 512),
            "favicon": icon_url(head, 48),
            "language": head.language,
            "hubs": [{"type": "WebSub", "url": url} for url in head.hub_urls],
        }
    ) | {"items": []}


def _item(item: FeedItem) -> dict[str, Any]:
    labels = dict.fromkeys(category.label for category in item.categories)
    fields = {
        "id": item.id,
        "url": item.link,
        "external_url": item.external_url,
        "title": item.title,
        "content_html": item.html,
        "content_text": None if item.html else item.summary,
        "summary": item.summary,
        "image": item.image.url if item.image else None,
        "date_published": rfc3339_utc(item.published),
        "date_modified": rfc3339_utc(item.updated),
        "authors": [{"name": author.name, "url": author.url} for author in item.authors],
        "tags": list(labels),
        "language": item.language,
        EXTENSION: _provenance(item),
    }
    return _without_empty(fields)


def _provenance(item: FeedItem) -> dict[str, Any]:
    """Say what JSON Feed has no field for: the source, and who tells the same news."""
    source = {"title": item.source_title, "feed_url": item.source_url}
    others = [
        {"publisher": one.publisher, "title": one.title, "url": one.url} for one in item.also_by
    ]
    return _without_empty({"source": _without_empty(source), "also_by": others})


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}
