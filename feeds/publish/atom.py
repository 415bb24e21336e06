"""Atom 1.0 (RFC 4287): feedgen writes feed and entries, corrected.

An entry's bytes follow from the item alone, so that they are written once for many feeds
(docs/decisions/0020).
feedgen writes Atom's elements without a namespace under a literal `xmlns`, so ours do the same.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from lxml.etree import _Element

from feeds.publish.dates import rfc3339
from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.elements import AT, FH, MEDIA, XML_LANG, add
from feeds.publish.entry import add_picture, cut, feed_of_one, literal, related_title
from feeds.publish.frame import Frame, add_styles, joined, mark_items, neighbours, split
from feeds.publish.generator import KEPT, NAME, generator_for, icon_url
from feeds.publish.item_template import Lines, filled
from feeds.publish.template import filled as filled_head

_OURS = {"fh": FH, "media": MEDIA}


def render_atom(document: FeedDocument) -> bytes:
    """Write a feed as Atom 1.0; the same document gives the same bytes."""
    return joined(atom_frame(document), document.items, _kept)


def atom_frame(document: FeedDocument) -> Frame:
    """Write what comes before the entries and what after: the feed without them."""
    head = document.head
    generator = generator_for(document)
    generator.icon(icon_url(head, 144))  # square (RFC 4287 §4.2.5)
    # The alternate first: some clients open whichever link comes first.
    generator.link(href=head.page_url, rel="alternate", type="text/html")
    own = head.page_of("atom", document.place.page)
    generator.link(href=own, rel="self", type="application/atom+xml")
    for hub_url in head.hub_urls:
        generator.link(href=hub_url, rel="hub")
    generator.register_extension(NAME, lambda: _Feed(document), None, rss=False)
    return split(generator.atom_str())


def atom_head(document: FeedDocument) -> Frame:
    """Write the same by a template, where there can be one."""
    return filled_head(atom_frame, rfc3339, str, document)


def atom_entry(item: FeedItem) -> bytes:
    """Write one entry by a template; what can't be told is a `ValueError`."""
    if not item.title:
        raise ValueError("no title")
    return filled(atom_drawn, rfc3339, item)


_kept = lru_cache(maxsize=KEPT)(atom_entry)


def atom_drawn(item: FeedItem, lines: Lines) -> bytes:
    """Let feedgen write one entry, corrected.

    Each entry has an author, so that the feed needs none (RFC 4287 §4.1.1): clients would show the
    feed's beside every entry. Several authors are one byline, and each a contributor (§4.2.3): of
    several authors feedparser keeps the last, npm feedparser none, and XML::FeedPP dies.
    """
    feed, entry = feed_of_one(item, _OURS, lambda made: _correct(made, item, entry.link()))
    if len(item.authors) == 1:
        entry.author(name=lines.byline, uri=item.authors[0].url)
    else:
        entry.author(name=lines.byline)
        for one in item.authors:
            entry.contributor(name=one.name, uri=one.url)
    # To our page first, then to where the article comes from, and to who tells the same news.
    if item.external_url:
        entry.link(href=item.external_url, rel="via")
    for other in item.also_by:
        entry.link(href=other.url, rel="related", title=related_title(other))
    entry.summary(item.summary)
    if item.html:
        entry.content(item.html, type="html")
    return cut(feed.atom_str(), b"entry")


def _correct(entry: _Element, item: FeedItem, links: Sequence[Mapping[str, str]]) -> None:
    """Correct what feedgen gets wrong: it drops what links are, and what a source must tell.

    A source is the feed that the entry was taken from, as a republished entry should name it
    (§4.2.11). Its own id isn't kept, so its address stands for it; it was updated when the entry
    was, at the earliest.
    """
    entry.set(XML_LANG, item.language)
    for link, told in zip(entry.findall("link"), links, strict=True):
        for name, value in told.items():
            link.set(name, value)
    if (content := entry.find("content")) is not None:
        literal(content, item.html)
    if (source := entry.find("source")) is not None and item.source_url:
        source.insert(0, add(entry, "id", item.source_url))
        source.insert(2, add(entry, "updated", rfc3339(item.updated)))
        source[3].set("rel", "self")
    add_picture(entry, item.image)


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
            add(feed, f"{{{AT}}}deleted-entry", ref=one.id, when=rfc3339(one.when))
        mark_items(feed)
        return feed
