"""Atom 1.0 (RFC 4287): feedgen's output, corrected by two extensions.

feedgen writes Atom's elements without a namespace under a literal `xmlns`, so ours do the same.
"""

from functools import lru_cache, partial

from lxml.etree import _Element

from feeds.publish.document import FeedDocument, FeedHead, FeedItem
from feeds.publish.elements import MEDIA, XML_LANG, add, add_image
from feeds.publish.generator import (
    KEPT,
    NAME,
    entry_for,
    filled,
    generator_for,
    mark_items,
    serialised,
)

_OURS = {"media": MEDIA}


def render_atom(document: FeedDocument) -> bytes:
    """Write a feed as Atom 1.0; the same document gives the same bytes."""
    head = document.head
    generator = generator_for(document)
    # The alternate first: some clients open whichever link comes first.
    generator.link(href=head.page_url, rel="alternate", type="text/html")
    generator.link(href=head.url("atom"), rel="self", type="application/atom+xml")
    for hub_url in head.hub_urls:
        generator.link(href=hub_url, rel="hub")
    generator.register_extension(NAME, partial(_Feed, document), None, rss=False)
    return filled(generator.atom_str(), document.items, partial(_entry, head))


class _Feed:
    """feedgen's extension of the feed: adds the entries."""

    def __init__(self, document: FeedDocument) -> None:
        self.document = document

    def extend_ns(self) -> dict[str, str]:
        return _OURS

    def extend_atom(self, feed: _Element) -> _Element:
        mark_items(feed)
        return feed


class _Entry:
    """feedgen's extension of an entry: what its links lost, provenance, language, picture."""

    def __init__(self, language: str, item: FeedItem) -> None:
        self.language = language
        self.item = item

    def extend_atom(self, element: _Element) -> _Element:
        item = self.item
        alternate = element.find("link")
        if alternate is not None:
            alternate.set("rel", "alternate")
            alternate.set("type", "text/html")
        if item.external_url:
            add(element, "link", href=item.external_url, rel="via")
        if item.language != self.language:
            element.set(XML_LANG, item.language)
        if item.source_url:
            _add_source(element, item)
        if item.image is not None:
            add_image(element, item.image)
        return element


def _add_source(entry: _Element, item: FeedItem) -> None:
    """Name the feed that the entry was taken from, as a republished entry should (§4.2.11).

    The source's own id isn't kept, so its address stands for it; it was updated when the entry
    was, at the earliest.
    """
    source = add(entry, "source")
    url = item.source_url or ""
    title = item.source_title or url
    add(source, "id", url)
    add(source, "title", title)
    add(source, "updated", item.updated.replace(microsecond=0).isoformat())
    add(source, "link", href=url, rel="self")


def _entry(head: FeedHead, item: FeedItem) -> bytes:
    return _entry_of(head.language, item.source_title or head.title, item)


@lru_cache(maxsize=KEPT)
def _entry_of(language: str, publisher: str, item: FeedItem) -> bytes:
    entry = entry_for(item)
    if item.html:
        entry.content(item.html, type="html")
    entry.summary(item.summary)
    # Each entry has an author, so that the feed needs none (RFC 4287 §4.1.1): clients would show
    # the feed's beside every entry. Where no byline is known, the publisher answers for it.
    people = [{"name": person.name, "uri": person.url} for person in item.authors]
    entry.author(people or {"name": publisher})
    entry.register_extension(NAME, partial(_Entry, language, item), rss=False)
    return serialised(entry.atom_entry(), _OURS)
