"""Atom 1.0 (RFC 4287): feedgen writes the feed, we the entries.

An entry's bytes follow from the item alone, so that they are written once for many feeds. They
hold what feedgen would write, corrected; a test compares the two (docs/decisions/0020).
feedgen writes Atom's elements without a namespace under a literal `xmlns`, so ours do the same.
"""

from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.etree import _Element

from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.elements import (
    AT,
    FH,
    MEDIA,
    XML_LANG,
    Nest,
    add,
    add_image,
    add_related,
    as_text,
)
from feeds.publish.frame import Frame, add_styles, joined, mark_items, neighbours, split
from feeds.publish.generator import KEPT, NAME, generator_for

_OURS = {"fh": FH, "media": MEDIA}
_NEST = Nest("entry", _OURS)


def render_atom(document: FeedDocument) -> bytes:
    """Write a feed as Atom 1.0; the same document gives the same bytes."""
    return joined(atom_frame(document), document.items, _kept)


def atom_frame(document: FeedDocument) -> Frame:
    """Write what comes before the entries and what after: the feed without them."""
    head = document.head
    generator = generator_for(document)
    # The alternate first: some clients open whichever link comes first.
    generator.link(href=head.page_url, rel="alternate", type="text/html")
    own = head.page_of("atom", document.place.page)
    generator.link(href=own, rel="self", type="application/atom+xml")
    for hub_url in head.hub_urls:
        generator.link(href=hub_url, rel="hub")
    generator.register_extension(NAME, lambda: _Feed(document), None, rss=False)
    return split(generator.atom_str())


def atom_entry(item: FeedItem) -> bytes:
    """Write one entry; what can't be told is a `ValueError`."""
    if not item.title:
        raise ValueError("no title")
    root, entry = _NEST.start()
    entry.set(XML_LANG, item.language)
    add(entry, "id", item.id)
    add(entry, "title", item.title)
    add(entry, "updated", _rfc3339(item.updated))
    _add_people(entry, item)
    if item.html:
        content = add(entry, "content")
        content.set("type", "html")
        content.text = as_text(item.html)
    _add_links(entry, item)
    add(entry, "summary", item.summary)
    for category in item.categories:
        labelled = add(entry, "category")
        labelled.set("term", category.term)
        labelled.set("scheme", category.scheme)
        labelled.set("label", category.label)
    add(entry, "published", _rfc3339(item.published))
    if item.source_url:
        _add_source(entry, item)
    if item.image is not None:
        add_image(entry, item.image)
    return _NEST.written(root)


_kept = lru_cache(maxsize=KEPT)(atom_entry)


def _add_people(entry: _Element, item: FeedItem) -> None:
    """Name an author on each entry, so that the feed needs none (RFC 4287 §4.1.1).

    Clients would show the feed's beside every entry. Where no byline is known, the publisher
    answers for it, by name or by host. Several authors are one byline, and each a contributor
    (§4.2.3): of several authors feedparser keeps the last, npm feedparser none, and XML::FeedPP
    dies.
    """
    author = add(entry, "author")
    if not item.authors:
        host = urlsplit(item.source_url or item.external_url or item.link).hostname
        add(author, "name", item.source_title or host or item.link)
        return
    add(author, "name", ", ".join(person.name for person in item.authors))
    if len(item.authors) == 1:
        add(author, "uri", item.authors[0].url)
        return
    for person in item.authors:
        contributor = add(entry, "contributor")
        add(contributor, "name", person.name)
        add(contributor, "uri", person.url)


def _add_links(entry: _Element, item: FeedItem) -> None:
    """Link to our page, to where the article comes from, and to who tells the same news."""
    add(entry, "link", href=item.link, rel="alternate", type="text/html")
    if item.external_url:
        add(entry, "link", href=item.external_url, rel="via")
    add_related(entry, "link", item.also_by)


def _add_source(entry: _Element, item: FeedItem) -> None:
    """Name the feed that the entry was taken from, as a republished entry should (§4.2.11).

    The source's own id isn't kept, so its address stands for it; it was updated when the entry
    was, at the earliest.
    """
    source = add(entry, "source")
    url = item.source_url or ""
    add(source, "id", url)
    add(source, "title", item.source_title or url)
    add(source, "updated", _rfc3339(item.updated))
    add(source, "link", href=url, rel="self")


def _rfc3339(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.isoformat(timespec="seconds")


class _Feed:
    """feedgen's extension of the feed: other pages, tombstones, and the place of the entries."""

    def __init__(self, document: FeedDocument) -> None:
        self.document = document

    def extend_ns(self) -> dict[str, str]:
        # Only where it is used: the W3C validator warns of a namespace that it doesn't know.
        return _OURS | {"at": AT} if self.document.gone else _OURS

    def extend_atom(self, feed: _Element) -> _Element:
        document = self.document
        add_styles(feed, document.head.base_url)
        for relation, url in neighbours(document, "atom"):
            add(feed, "link", href=url, rel=relation, type="application/atom+xml")
        if document.place.page is not None:
            add(feed, f"{{{FH}}}archive")
        elif document.head.is_whole:
            add(feed, f"{{{FH}}}complete")
        # Before the entries, where the schema of RFC 4287 wants what is foreign (appendix B).
        for one in document.gone:
            add(feed, f"{{{AT}}}deleted-entry", ref=one.id, when=_rfc3339(one.when))
        mark_items(feed)
        return feed
