"""JSON Feed 1.0 and 1.1 (jsonfeed.org), with the patience that its clients need.

Ids should be strings, and are numbers in some feeds: then their digits are the id, as they were
sent. What else has the wrong type is left out.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from feeds.errors import NotAFeed
from feeds.foreign import Category, Enclosure, Extras, Imprint, Person
from feeds.ingest.dates import read_date
from feeds.ingest.extras import read_count
from feeds.ingest.jsontext import load_json
from feeds.ingest.named import names_of, people_of, terms_of
from feeds.ingest.trim import newest
from feeds.ingest.words import as_html, words
from feeds.model import BrokenEntry, Entry, Image, ParsedFeed
from feeds.text.normalise import without_forbidden
from feeds.urls import absolute

MOST_ITEMS = 1000
_VERSION = "jsonfeed.org/version/"
_NUMERIC_ID = re.compile(r'("id"\s*:\s*)(-?\d[\d.eE+-]*)')  # within a string, quotes are escaped


def read_json(text: str, url: str, zone: str) -> ParsedFeed:
    """Read a JSON Feed; raises `NotAFeed`."""
    try:
        feed = load_json(_NUMERIC_ID.sub(r'\1"\2"', text))
    except orjson.JSONDecodeError as exc:
        raise NotAFeed(f"no JSON: {exc}") from exc
    version = _string(feed, "version") if isinstance(feed, dict) else ""
    items = feed.get("items") if isinstance(feed, dict) else None
    if _VERSION not in version or not isinstance(items, list):
        raise NotAFeed("JSON, but no JSON Feed")
    kept = newest(items, [_date(item, zone) for item in items], MOST_ITEMS)
    found = [_read(item, feed, url, zone) for item in kept]
    hubs = _hubs(feed, url)
    return ParsedFeed(
        kind="json" + version.rpartition("/")[2].replace(".", ""),
        title=words(_string(feed, "title")),
        entries=tuple(each for each in found if isinstance(each, Entry)),
        home_url=absolute(url, _string(feed, "home_page_url")),
        language=_string(feed, "language") or None,
        hub_url=next(iter(hubs), None),
        other_hubs=hubs[1:],
        self_url=absolute(url, _string(feed, "feed_url")),
        broken=tuple(each for each in found if isinstance(each, BrokenEntry)),
        dropped=len(items) - len(kept),
        imprint=Imprint(
            subtitle=words(_string(feed, "description"), is_html=False),
            people=_people(feed, url),
        ),
    )


def _date(item: Any, zone: str) -> datetime | None:
    return read_date(_string(item, "date_published"), zone) if isinstance(item, dict) else None


def _read(item: Any, feed: dict[str, Any], url: str, zone: str) -> Entry | BrokenEntry:
    if not isinstance(item, dict):
        return BrokenEntry(str(item)[:200], "an item that is no object")
    text = _string(item, "content_text")
    people = _people(item, url) or _people(feed, url)
    terms = terms_of(Category(words(tag)) for tag in _strings(item, "tags"))
    return Entry(
        guid=_string(item, "id") or None,
        url=absolute(url, _string(item, "url") or _string(item, "external_url")),
        title=words(_string(item, "title"), is_html=False),
        summary=as_html(_string(item, "summary"), is_html=False),
        content=_string(item, "content_html") or as_html(text, is_html=False),
        authors=names_of(people),
        categories=names_of(terms),
        published=read_date(_string(item, "date_published"), zone),
        updated=read_date(_string(item, "date_modified"), zone),
        image=_image(item, url),
        language=_string(item, "language") or _string(feed, "language") or None,
        people=people,
        terms=terms,
        extras=Extras(enclosures=tuple(_enclosures(item, url))),
    )


def _image(item: dict[str, Any], url: str) -> Image | None:
    places = [_string(item, "image"), _string(item, "banner_image")]
    for attached in _objects(item, "attachments"):
        if _string(attached, "mime_type").startswith("image/"):
            places.append(_string(attached, "url"))
    address = next(filter(None, (absolute(url, place) for place in places)), None)
    return Image(address) if address else None


def _people(holder: dict[str, Any], url: str) -> tuple[Person, ...]:
    """Name the authors: a list in version 1.1, one object in 1.0."""
    single = holder.get("author")
    people = [*_objects(holder, "authors"), *([single] if isinstance(single, dict) else [])]
    return people_of(_person(one, url) for one in people)


def _person(one: dict[str, Any], url: str) -> Person:
    """Read an author, whose address is often `mailto:`."""
    where = _string(one, "url")
    is_mail = where.lower().startswith("mailto:")
    email = where.partition(":")[2].partition("?")[0] if is_mail else ""
    return Person(words(_string(one, "name")), email, absolute(url, where))


def _enclosures(item: dict[str, Any], url: str) -> Iterator[Enclosure]:
    for attached in _objects(item, "attachments"):
        if address := absolute(url, _string(attached, "url")):
            size = read_count(_string(attached, "size_in_bytes"))
            yield Enclosure(address, _string(attached, "mime_type"), size)


def _hubs(feed: dict[str, Any], url: str) -> tuple[str, ...]:
    found = (
        absolute(url, _string(hub, "url"))
        for hub in _objects(feed, "hubs")
        if _string(hub, "type").lower() == "websub"
    )
    return tuple(dict.fromkeys(filter(None, found)))


def _string(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    if isinstance(value, str):
        return without_forbidden(value).strip()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def _strings(holder: dict[str, Any], name: str) -> Iterator[str]:
    values = holder.get(name)
    yield from (
        each for each in (values if isinstance(values, list) else ()) if isinstance(each, str)
    )


def _objects(holder: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    values = holder.get(name)
    yield from (
        each for each in (values if isinstance(values, list) else ()) if isinstance(each, dict)
    )
