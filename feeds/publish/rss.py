"""RSS 2.0 after the RSS Advisory Board's profile: feedgen writes channel and items, corrected.

An item's bytes follow from the item alone, so that they are written once for many feeds
(docs/decisions/0020).
"""

import re
from functools import lru_cache

from lxml.etree import _Element

from feeds.publish.characters import encoded
from feeds.publish.dates import rfc822
from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.elements import ATOM, DC, FH, MEDIA, add
from feeds.publish.entry import add_picture, add_related, cut, feed_of_one, one_at_a_time
from feeds.publish.frame import Frame, add_styles, joined, mark_items, neighbours, split
from feeds.publish.generator import KEPT, NAME, generator_for, icon_url
from feeds.publish.item_template import Lines, halves
from feeds.publish.markup import is_literal
from feeds.publish.template import filled

_OURS = {"dc": DC, "fh": FH, "media": MEDIA}
_LINK = f"{{{ATOM}}}link"
_CDATA = re.compile(rb"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)


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
    # Its title and link are the channel's (RSS 2.0, <image>); 144 pixels are the most.
    generator.image(icon_url(head, 144), head.title, head.page_url, "144", "144")
    generator.register_extension(NAME, lambda: _Channel(document), None, atom=False)
    with one_at_a_time:
        body = generator.rss_str()
    return split(_respell(body))


def rss_head(document: FeedDocument) -> Frame:
    """Write the same by a template, where there can be one."""
    return filled(rss_frame, rfc822, _spelt, document)


def rss_item(item: FeedItem) -> bytes:
    """Write one item by a template; what can't be told is a `ValueError`."""
    if not item.title:
        raise ValueError("no title")
    before, html, after = halves(rss_drawn, rfc822, item)
    if html and not is_literal(item.html):
        html = _respell(html)
    return encoded(_spelt(before)) + html + encoded(_spelt(after))


def rss_drawn(item: FeedItem, lines: Lines) -> bytes:
    """Let feedgen write one item, corrected."""

    def correct(made: _Element) -> None:
        # Not <author>: it calls for an e-mail address. And not one element each: of several,
        # newsboat and feedparser keep the last, four others the first.
        if item.authors:
            add(made, f"{{{DC}}}creator", lines.byline)
        add(made, f"{{{DC}}}language", item.language)
        # An item has one <source>, so others who tell the news are links. The picture comes behind
        # the content: feedparser takes a caption for content, too.
        add_related(made, _LINK, item)
        add_picture(made, item.image)

    feed, entry = feed_of_one(item, _OURS, correct)
    entry.description(lines.description)
    if item.html:
        entry.content(item.html, type="CDATA" if is_literal(item.html) else None)
    with one_at_a_time:
        body = cut(feed.rss_str(), b"item")
    parts = _CDATA.split(body)
    parts[0::2] = map(_respell, parts[0::2])
    return b"".join(parts)


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
