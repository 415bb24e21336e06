"""RSS 2.0 after the RSS Advisory Board's profile: feedgen's output, corrected by two extensions.

Not for threads: feedgen writes its dates under a changed locale of the whole process.
"""

from functools import lru_cache, partial
from html import escape

from lxml.etree import _Element

from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.elements import ATOM, CONTENT, DC, MEDIA, add, add_image
from feeds.publish.generator import (
    KEPT,
    NAME,
    entry_for,
    filled,
    generator_for,
    mark_items,
    serialised,
)

_OURS = {"dc": DC, "media": MEDIA}
_ALL = {"atom": ATOM, "content": CONTENT, **_OURS}  # feedgen declares the first two itself


def render_rss(document: FeedDocument) -> bytes:
    """Write a feed as RSS 2.0; the same document gives the same bytes."""
    head = document.head
    generator = generator_for(document)
    # feedgen takes the last link for the channel's <link>: the page, not the feed itself.
    generator.link(href=head.url("rss"), rel="self", type="application/rss+xml")
    generator.link(href=head.page_url, rel="alternate")
    generator.register_extension(NAME, partial(_Channel, document), None, atom=False)
    body = _respell(generator.rss_str())
    return filled(body, document.items, partial(_item, head.language))


def _respell(body: bytes) -> bytes:
    """Write the references to & and < in hexadecimal, as the RSS profile asks for plain text.

    Clients that decode `&lt;` twice mistake it for markup. lxml escapes every bare &, and we write
    no CDATA, so these bytes are such a reference wherever they stand.
    """
    return body.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


class _Channel:
    """feedgen's extension of the channel: adds the hub and the items."""

    def __init__(self, document: FeedDocument) -> None:
        self.document = document

    def extend_ns(self) -> dict[str, str]:
        return _OURS

    def extend_rss(self, rss: _Element) -> _Element:
        channel = rss[0]
        head = self.document.head
        for hub_url in head.hub_urls:
            add(channel, f"{{{ATOM}}}link", href=hub_url, rel="hub")
        mark_items(channel)
        return rss


class _Item:
    """feedgen's extension of an item: authors without e-mail, its own language, its picture."""

    def __init__(self, language: str, item: FeedItem) -> None:
        self.language = language
        self.item = item

    def extend_rss(self, element: _Element) -> _Element:
        if self.item.authors:
            # Not <author>: it calls for an e-mail address. And one byline, not one element each:
            # of several, newsboat and feedparser keep the last, four others the first.
            byline = ", ".join(author.name for author in self.item.authors)
            add(element, f"{{{DC}}}creator", byline)
        if self.item.language != self.language:
            add(element, f"{{{DC}}}language", self.item.language)
        if self.item.image is not None:
            add_image(element, self.item.image)
        return element


@lru_cache(maxsize=KEPT)
def _item(language: str, item: FeedItem) -> bytes:
    entry = entry_for(item)
    entry.description(escape(item.summary, quote=False))  # the one element that is HTML
    if item.html:
        entry.content(item.html)
    if item.source_url:
        entry.source(url=item.source_url, title=item.source_title or item.source_url)
    entry.register_extension(NAME, partial(_Item, language, item), atom=False)
    return _respell(serialised(entry.rss_entry(), _ALL))
