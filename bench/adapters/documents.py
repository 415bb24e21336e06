"""Feeds and their HTML, in the forms that evaluation tools call."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feeds.foreign import Category, Person
from feeds.ingest.headers import lowered
from feeds.ingest.parse import parse as parse_feed
from feeds.model import Entry, ParsedFeed
from feeds.text.html import sanitise as sanitise_html
from feeds.urls import absolute

_TAG = re.compile("<[A-Za-z/!?]")


def sanitise(html: str) -> str:
    """Make HTML safe to show."""
    return sanitise_html(html)


def parse(raw: bytes, headers: Mapping[str, str], url: str) -> dict[str, Any]:
    """Read a feed into plain values: dates in ISO 8601, texts that may be HTML sanitised."""
    known = lowered(headers)
    # RFC 2616 §14.14, by which the tools' cases were made. At ingest it doesn't count, because
    # RFC 7231 (appendix B) took it back: too many servers name a host of their own there.
    url = absolute(url or None, known.get("content-location", "")) or url
    feed = parse_feed(raw, known, url)
    imprint = feed.imprint
    return {
        "id": imprint.id,
        "title": feed.title,
        "link": feed.home_url,
        "subtitle": imprint.subtitle,
        "language": feed.language,
        "published": _iso(imprint.published),
        "updated": _iso(imprint.updated),
        "tags": _tags(imprint.terms),
        **_author(imprint.people),
        "entries": [_entry(entry, feed, url) for entry in feed.entries],
    }


def _entry(entry: Entry, feed: ParsedFeed, url: str) -> dict[str, Any]:
    base = entry.base_url or entry.url or url
    return {
        "id": _id(entry, feed, url),
        "title": entry.title,
        "link": entry.url,
        "subtitle": entry.extras.subtitle,
        "language": entry.language,
        "published": _iso(entry.published),
        "updated": _iso(entry.updated),
        "summary": _html(entry.summary, base),
        "content": _html(entry.content, base),
        "enclosures": [
            {
                "url": each.url,
                "type": each.type,
                "length": None if each.length is None else str(each.length),
            }
            for each in entry.extras.enclosures
        ],
        "tags": _tags(entry.terms),
        **_author(entry.people),
    }


def _id(entry: Entry, feed: ParsedFeed, url: str) -> str | None:
    """Give an id as it was sent; those of Atom 0.3 may be relative, and mean nothing alone."""
    guid = entry.guid
    is_relative = feed.kind == "atom03" and guid is not None and guid.startswith("/")
    return absolute(url, guid) if is_relative and guid else guid


def _html(text: str, base: str) -> str | None:
    """Sanitise a text; one without a tag comes as it was decoded, which is what is asked for."""
    if not text:
        return None
    return sanitise_html(text, base) if _TAG.search(text) else text


def _author(people: tuple[Person, ...]) -> dict[str, str | None]:
    """Give one author, as the tools ask for: the last that is named, as feedparser does."""
    last = people[-1] if people else Person("")
    return {"author": last.name or last.email or None, "author_email": last.email or None}


def _tags(terms: tuple[Category, ...]) -> list[str]:
    return [each.term or each.label for each in terms]


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
