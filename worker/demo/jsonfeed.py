"""The invented publishers' JSON Feed (version 1.1)."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from worker.demo.edition import Edition, Item
from worker.demo.newsroom import Publisher
from worker.demo.rss import absolute


def json_feed(edition: Edition, base_url: str) -> bytes:
    """Write an edition as JSON Feed."""
    publisher = edition.publisher
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.title,
        "description": publisher.description,
        "home_page_url": f"{base_url}/{publisher.name}/",
        "feed_url": base_url + publisher.feed_path,
        "language": publisher.language,
        "items": [_item(publisher, item, base_url) for item in edition.items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(publisher: Publisher, item: Item, base_url: str) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": f"{publisher.domain}/{item.key}",
        "url": item.url(base_url),
        "title": item.title,
        "summary": item.summary,
        "content_html": absolute(item.body, base_url),
        "date_published": _date(publisher, item.published),
        "tags": [item.category],
    }
    if item.updated > item.published:
        written["date_modified"] = _date(publisher, item.updated)
    if item.authors:
        written["authors"] = [{"name": author} for author in item.authors]
    if item.picture is not None:
        written["image"] = f"{base_url}/images/{item.picture.name}.svg"
    if item.via is not None:
        written["_via"] = {"title": item.via.title, "url": base_url + item.via.feed_path}
    return written


def _date(publisher: Publisher, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(publisher.timezone)).isoformat(timespec="seconds")
