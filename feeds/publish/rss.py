"""RSS 2.0 after the RSS Advisory Board's profile: feedgen writes the channel, we the items.

An item's bytes follow from the item alone, so that they are written once for many feeds. They hold
what feedgen would write, corrected; a test compares the two (docs/decisions/0020).
Not for threads: feedgen writes its dates under a changed locale of the whole process.
"""

from datetime import UTC, datetime
from functools import lru_cache
from html import escape

from lxml.etree import SubElement, _Element

from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.elements import (
    ATOM,
    CONTENT,
    DC,
    FH,
    MEDIA,
    Nest,
    add,
    add_image,
    add_related,
    as_text,
)
from feeds.publish.frame import Frame, add_styles, joined, mark_items, neighbours, split
from feeds.publish.generator import KEPT, NAME, generator_for

_OURS = {"dc": DC, "fh": FH, "media": MEDIA}
_ALL = {"atom": ATOM, "content": CONTENT, **_OURS}  # feedgen declares the first two itself
_CREATOR, _LANGUAGE = f"{{{DC}}}creator", f"{{{DC}}}language"
_LINK = f"{{{ATOM}}}link"
_ENCODED = f"{{{CONTENT}}}encoded"
_NEST = Nest("item", _ALL)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTML = b"<content:encoded><![CDATA["
_HTML_END = b"]]></content:encoded>"


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
    return split(_respell(generator.rss_str()))


def rss_item(item: FeedItem) -> bytes:
    """Write one item; what can't be told is a `ValueError`."""
    if not item.title:
        raise ValueError("no title")
    root, element = _NEST.start()
    add(element, "title", item.title)
    add(element, "link", item.link)
    add(element, "description", escape(item.summary, quote=False))  # the one element that is HTML
    add(element, "guid", item.id).set("isPermaLink", "false")
    for category in item.categories:
        add(element, "category", category.label).set("domain", category.scheme)
    add(element, "pubDate", _rfc822(item.published))
    if item.source_url:
        source = add(element, "source", item.source_title or item.source_url)
        source.set("url", item.source_url)
    _extend(element, item)
    return _spelt(_NEST.written(root))


def _extend(element: _Element, item: FeedItem) -> None:
    """Add what RSS has no element for."""
    if item.authors:
        # Not <author>: it calls for an e-mail address. And one byline, not one element each:
        # of several, newsboat and feedparser keep the last, four others the first.
        byline = ", ".join(author.name for author in item.authors)
        add(element, _CREATOR, byline)
    add(element, _LANGUAGE, item.language)
    if item.html:
        content = SubElement(element, _ENCODED)
        content.text = as_text(item.html)
    if item.also_by:  # an item has one <source>, so not there
        add_related(element, _LINK, item.also_by)
    if item.image is not None:  # behind the content: feedparser takes a caption for content, too
        add_image(element, item.image)


_kept = lru_cache(maxsize=KEPT)(rss_item)


def _spelt(body: bytes) -> bytes:
    """Respell all but the content where it stands in CDATA, which is text as it is."""
    before, start, rest = body.partition(_HTML)
    content, end, after = rest.partition(_HTML_END)  # such content doesn't hold this
    return _respell(before) + start + content + end + _respell(after)


def _respell(body: bytes) -> bytes:
    """Write the references to & and < in hexadecimal, as the RSS profile asks for plain text.

    Clients that decode `&lt;` twice mistake it for markup. lxml escapes every bare &, so these
    bytes are such a reference wherever they stand outside of CDATA.
    """
    return body.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _rfc822(moment: datetime) -> str:
    """Write a date as RSS 2.0 asks, in English whatever the process's locale."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    at = moment.astimezone(UTC)
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return (
        f"{day}, {at.day:02} {month} {at.year:04} {at.hour:02}:{at.minute:02}:{at.second:02} +0000"
    )


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
