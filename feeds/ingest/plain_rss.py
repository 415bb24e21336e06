"""One plain item of RSS 2.0, as the reference reader reads it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from feeds.foreign import Category, Person
from feeds.ingest.dates import read_date
from feeds.ingest.elements import ATOM, DC, Named, image_of, is_media, text_of, via, walk
from feeds.ingest.extras import read_extras
from feeds.ingest.named import names_of, people_of, terms_of
from feeds.ingest.plainly import (
    Unknown,
    category,
    check_link,
    fixed,
    ignore,
    person,
    plain_text,
    relation,
    resolved_text,
)
from feeds.ingest.usual import AUTHORS, CATEGORIES, CONTENT, usual_entry
from feeds.ingest.words import words
from feeds.model import Entry
from feeds.urls import is_web

ORIGINAL = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"
_DATE, _UPDATED = f"{DC}date", f"{ATOM}updated"
_ONCE = frozenset(
    (
        *("title", "link", "description", "guid", "pubDate", "comments", "source"),
        *(_DATE, _UPDATED, CONTENT, ORIGINAL),
    )
)
_PERMALINK = frozenset(("isPermaLink",))
_LINK = f"{ATOM}link"
_MEDIA = frozenset(("content", "group", "title", "description", "thumbnail", "credit")) | {
    "copyright",
    "community",
    "starRating",
    "statistics",
    "text",
}
_HOLDERS = frozenset(("content", "group", "community"))


@dataclass(slots=True)
class Parts:
    """An item's children by what they mean; `once` holds those that stand alone, by tag."""

    once: dict[str, etree._Element] = field(default_factory=dict)
    authors: list[Person] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    links: list[etree._Element] = field(default_factory=list)
    people: list[etree._Element] = field(default_factory=list)
    media: list[etree._Element] = field(default_factory=list)
    walked: list[Named] = field(default_factory=list)  # the media and what is in them
    attached: list[etree._Element] = field(default_factory=list)
    others: list[etree._Element] = field(default_factory=list)


def rss_entry(
    item: etree._Element, url: str, zone: str, language: str | None, base: str | None = None
) -> Entry:
    """Read an item; `base` is the feed's own; raises `Unknown` where it is not plain."""
    if item.keys():
        raise Unknown
    usual = usual_entry(item, url, zone, language, base)
    if usual is not None:
        return usual
    parts = _parts(item)
    once = parts.once
    guid = plain_text(once.get("guid"), _PERMALINK) or None
    title = words(fixed(plain_text(once.get("title"))))
    if parts.media:
        check_media(parts, has_title=bool(title))
    summary, content = _bodies(parts)
    via_title, via_url = via(item, url) if "source" in once else (None, None)
    people = people_of(parts.authors)
    terms = terms_of(parts.categories)
    return Entry(
        guid=guid,
        url=(ORIGINAL in once and original(parts)) or _address(once, guid, base or url),
        title=title,
        summary=summary,
        content=content,
        authors=names_of(people),
        categories=names_of(terms),
        published=read_date(fixed(plain_text(once.get("pubDate"))), zone),
        updated=_updated(once, zone),
        image=image_of(item, parts.media, parts.walked, parts.attached, url)
        if parts.media or parts.attached
        else None,
        language=language,
        via_title=via_title,
        via_url=via_url,
        people=people,
        base_url=base,
        terms=terms,
        extras=read_extras(parts.others, url),
    )


def original(parts: Parts) -> str | None:
    """Give the address that FeedBurner replaced."""
    address = fixed(plain_text(parts.once.get(ORIGINAL)))
    return address if address and is_web(address) else None


def check_media(parts: Parts, has_title: bool) -> None:
    """Check that the titles of an item's media can't pass for the item's own."""
    for name, element in parts.walked:
        if name not in _MEDIA:
            raise Unknown
        if len(element) and (name not in _HOLDERS or not all(map(is_media, element))):
            raise Unknown
        if name == "title" and not has_title:
            raise Unknown
        if name == "title" and "source" in parts.once and element in parts.media:
            raise Unknown


def captions(parts: Parts) -> list[str]:
    """List the descriptions of an item's media, which feedparser could take for the item's text."""
    found = [each for name, each in parts.walked if name == "description"]
    if any(len(each) for each in found):
        raise Unknown
    texts = [text_of(each) for each in found]
    if any(fixed(text) != text or not text for text in texts):
        raise Unknown
    return texts


def captioned(parts: Parts) -> list[etree._Element]:
    """List the item's media that are or hold a description."""
    return [each for each in parts.media if any(True for _ in each.iter("{*}description"))]


def follows(element: etree._Element | None, media: Sequence[etree._Element]) -> bool:
    """Tell whether an element stands after any of an item's media."""
    if element is None or not media:
        return False
    return not set(element.itersiblings(preceding=True)).isdisjoint(media)


def _parts(item: etree._Element) -> Parts:
    parts = Parts()
    once = parts.once
    for child in item:
        tag = child.tag
        if tag in _ONCE:
            if tag in once or len(child):
                raise Unknown
            once[tag] = child
            if tag == "comments":
                parts.others.append(child)
        elif tag in CATEGORIES:
            parts.categories.append(category(child))
        elif tag in AUTHORS:
            parts.authors.append(person(fixed(plain_text(child))))
        elif tag == "enclosure" and not len(child):
            parts.attached.append(child)
            parts.others.append(child)
        elif is_media(child):
            parts.media.append(child)
        elif tag == _LINK and relation(child) != "alternate":
            check_link(child)
            if relation(child) == "enclosure":
                parts.attached.append(child)
            parts.others.append(child)
        elif tag == "image" and not len(child) and not child.keys():
            parts.attached.append(child)
        else:
            ignore(child)
            parts.others.append(child)
    if parts.media:
        parts.walked = walk(parts.media)
    return parts


def _bodies(parts: Parts) -> tuple[str, str]:
    brief = parts.once.get("description")
    summary = fixed(plain_text(brief))
    content = fixed(plain_text(parts.once.get(CONTENT)))
    spoken = captions(parts) if parts.media else []
    if spoken:
        if not summary or summary in spoken or content in spoken or summary != plain_text(brief):
            raise Unknown
        if follows(brief, captioned(parts)):  # then feedparser has the caption for a summary
            if summary == content:
                return "", summary
            if len(content) == len(summary) or (content and follows(brief, [parts.once[CONTENT]])):
                raise Unknown
            return (summary, content) if len(content) > len(summary) else ("", summary)
    if not content:
        return summary, ""
    return "" if summary == content else summary, content


def _updated(once: dict[str, etree._Element], zone: str) -> datetime | None:
    if _DATE not in once and _UPDATED not in once:
        return None
    if _DATE in once and _UPDATED in once:
        raise Unknown
    return read_date(fixed(plain_text(once.get(_DATE, once.get(_UPDATED)))), zone)


def _address(once: dict[str, etree._Element], guid: str | None, base: str) -> str | None:
    is_permalink = "guid" in once and once["guid"].get("isPermaLink", "true") == "true"
    if "link" not in once:
        return guid if is_permalink and guid and is_web(guid) else None
    return resolved_text(plain_text(once["link"]), base)
