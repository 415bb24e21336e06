"""RSS 2.0 after the RSS Advisory Board's profile: feedgen writes the channel, we the items.

An item's bytes follow from the item alone, so that they are written once for many feeds. They hold
what feedgen would write, corrected; a test compares the two (docs/decisions/0020).
"""

import threading
from functools import lru_cache
from html import escape

from lxml.etree import _Element

from feeds.publish.dates import rfc822
from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.elements import ATOM, DC, FH, MEDIA, add
from feeds.publish.frame import Frame, add_styles, joined, mark_items, neighbours, split
from feeds.publish.generator import KEPT, NAME, generator_for
from feeds.publish.markup import (
    attribute,
    content,
    is_literal,
    picture,
    related,
    shared,
    text,
    texts,
    written,
)
from feeds.publish.template import filled

_OURS = {"dc": DC, "fh": FH, "media": MEDIA}
_LINK = f"{{{ATOM}}}link"
# feedgen writes its dates under a changed locale of the whole process, and puts back the one that
# it found: of two threads the second would find, and leave behind, the other one's.
_one_at_a_time = threading.Lock()


def render_rss(document: FeedDocument) -> bytes:
    """Write a feed as RSS 2.0; the same document gives the same bytes."""
    return joined(rss_frame(document), document.items, _kept)


def rss_frame(document: FeedDocument) -> Frame:
    """Write what comes before the items and what after: the channel without them."""
    head = document.head
    generator = generator_for(document)
    # feedgen takes the last link for the channel's <link>: the page, not the feed itself.
    own = head.page_of("rss", document.place.page)
    generator.link(href=own, rel="self", type="application/rss+xml")
    generator.link(href=head.page_url, rel="alternate")
    generator.register_extension(NAME, lambda: _Channel(document), None, atom=False)
    with _one_at_a_time:
        body = generator.rss_str()
    return split(_respell(body))


def rss_head(document: FeedDocument) -> Frame:
    """Write the same by a template, where there can be one."""
    return filled(rss_frame, rfc822, _spelt, document)


def rss_item(item: FeedItem) -> bytes:
    """Write one item; what can't be told is a `ValueError`."""
    if not item.title:
        raise ValueError("no title")
    name, link, title, summary, language = texts(*shared(item))
    if item.summary != summary:  # the one element that is HTML
        summary = text(escape(item.summary, quote=False))
    source = _source(item.source_title, item.source_url) if item.source_url else ""
    categories = "".join([_category(one.scheme, one.label) for one in item.categories])
    before = (
        f"<item><title>{title}</title><link>{link}</link><description>{summary}</description>"
        f'<guid isPermaLink="false">{name}</guid>{categories}'
        f"<pubDate>{rfc822(item.published)}</pubDate>{source}{_byline(item)}"
        f"<dc:language>{language}</dc:language>"
    )
    # An item has one <source>, so others who tell the news are links. The picture comes behind the
    # content: feedparser takes a caption for content, too.
    after = f"{related('atom:link', item.also_by)}{picture(item.image)}</item>"
    return written(_spelt(before), _content(item.html), _spelt(after))


@lru_cache(maxsize=1024)
def _category(scheme: str, label: str) -> str:
    return f'<category domain="{attribute(scheme)}">{text(label)}</category>'


@lru_cache(maxsize=1024)
def _source(title: str, url: str) -> str:
    return f'<source url="{attribute(url)}">{text(title or url)}</source>'


def _byline(item: FeedItem) -> str:
    """Name all authors in one element.

    Not <author>: it calls for an e-mail address. And not one element each: of several, newsboat
    and feedparser keep the last, four others the first.
    """
    if not item.authors:
        return ""
    return f"<dc:creator>{text(', '.join([one.name for one in item.authors]))}</dc:creator>"


def _content(html: str) -> bytes:
    if not html:
        return b""
    inside = content(html)
    if not is_literal(inside):
        inside = _respell(inside)
    return b"<content:encoded>" + inside + b"</content:encoded>"


_kept = lru_cache(maxsize=KEPT)(rss_item)


def _spelt(markup: str) -> str:
    """Write what is no content as the RSS profile asks for (see `_respell`)."""
    return markup.replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;")


def _respell(body: bytes) -> bytes:
    """Write the references to & and < in hexadecimal, as the RSS profile asks for plain text.

    Clients that decode `&lt;` twice mistake it for markup. Every bare & is escaped, so these bytes
    are such a reference wherever they stand outside of CDATA.
    """
    return body.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


class _Channel:
    """feedgen's extension of the channel: hubs, other pages, and the place of the items."""

    def __init__(self, document: FeedDocument) -> None:
        self.document = document

    def extend_ns(self) -> dict[str, str]:
        return _OURS

    def extend_rss(self, rss: _Element) -> _Element:
        channel = rss[0]
        document = self.document
        add_styles(rss, document.head.base_url)
        links = [("hub", url) for url in document.head.hub_urls]
        for relation, url in (*links, *neighbours(document, "rss")):
            add(channel, _LINK, href=url, rel=relation)
        if document.place.page is not None:
            add(channel, f"{{{FH}}}archive")
        elif document.head.is_whole:
            add(channel, f"{{{FH}}}complete")
        mark_items(channel)
        return rss
