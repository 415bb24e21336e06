"""Items by feedgen: what RSS and Atom share of an entry, and how one is cut out of its feed.

feedgen writes a whole feed of one item, so that namespaces stand where they will: at its root.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from lxml.etree import CDATA, _Element

from feeds.model import Image
from feeds.publish.document import NEVER, Elsewhere, FeedItem
from feeds.publish.elements import MEDIA, add
from feeds.publish.generator import NAME, new_feed
from feeds.publish.markup import image_type, is_literal

# feedgen writes dates of RSS under a changed locale of the whole process, and puts back the one
# that it found: of two threads the second would find, and leave behind, the other one's.
one_at_a_time = threading.Lock()


def feed_of_one(
    item: FeedItem, spaces: Mapping[str, str], correct: Callable[[_Element], object]
) -> tuple[Any, Any]:
    """Start a feed and its only entry, as (`FeedGenerator`, `FeedEntry`), for what both share.

    `spaces` are the namespaces by prefix, and `correct` changes the entry that feedgen wrote. What
    is about the feed doesn't get out: `cut` takes the entry alone. An item without a title is a
    `ValueError`.
    """
    if not item.title:
        raise ValueError("no title")
    feed = new_feed()
    feed.id("x")
    feed.title("x")
    feed.link(href="x", rel="alternate")
    feed.description("x")
    feed.updated(NEVER)
    feed.register_extension(NAME, lambda: _Feed(spaces), lambda: _Entry(correct))
    entry = feed.add_entry(order="append")
    entry.id(item.id)
    entry.title(item.title)
    entry.link(href=item.link, rel="alternate", type="text/html")
    entry.published(item.published.replace(microsecond=0))
    entry.updated(item.updated.replace(microsecond=0))
    entry.category(
        [{"term": one.term, "scheme": one.scheme, "label": one.label} for one in item.categories]
    )
    if item.source_url:
        entry.source(url=item.source_url, title=item.source_title or item.source_url)
    return feed, entry


def cut(body: bytes, tag: bytes) -> bytes:
    """Take the only item out of the feed that feedgen wrote."""
    end = b"</" + tag + b">"
    return body[body.index(b"<" + tag) : body.rindex(end) + len(end)]


def literal(element: _Element, html: str) -> None:
    """Write HTML as an element's text: fewer bytes, and no second escaping of what is escaped."""
    element.text = CDATA(html) if is_literal(html) else html


def add_picture(entry: _Element, image: Image | None) -> None:
    """Tell a picture with its caption and credit, and the same picture as thumbnail.

    Media RSS is written without a group: a lone thumbnail in a group has no alternatives to choose
    from (Media RSS 1.5.1, media:group), and several clients look for pictures beside it only.
    """
    if image is None:
        return
    size = {"width": image.width, "height": image.height}
    told = {"url": image.url} | {name: str(value) for name, value in size.items() if value}
    kind = image_type(image.url)
    whole = add(entry, f"{{{MEDIA}}}content", medium="image", **({"type": kind} if kind else {}))
    for name, value in told.items():
        whole.set(name, value)
    if caption := image.caption or image.alt:
        add(whole, f"{{{MEDIA}}}description", caption, type="plain")
    if image.credit:
        add(whole, f"{{{MEDIA}}}credit", image.credit)
    add(entry, f"{{{MEDIA}}}thumbnail", **told)


def add_related(entry: _Element, tag: str, item: FeedItem) -> None:
    """Link to who else tells the same news; `tag` is Atom's link (RFC 4287 §4.2.7.2)."""
    for one in item.also_by:
        add(entry, tag, href=one.url, rel="related", title=related_title(one))


def related_title(one: Elsewhere) -> str:
    """Name who else tells the news, and under which title."""
    return f"{one.publisher}: {one.title}" if one.publisher else one.title


class _Feed:
    """feedgen's extension of a feed of one: the namespaces of what entries hold."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self.spaces = spaces

    def extend_ns(self) -> Mapping[str, str]:
        return self.spaces

    def extend_rss(self, rss: _Element) -> _Element:
        return rss

    def extend_atom(self, feed: _Element) -> _Element:
        return feed


class _Entry:
    """feedgen's extension of an entry: our corrections."""

    def __init__(self, correct: Callable[[_Element], object]) -> None:
        self.correct = correct

    def extend_rss(self, item: _Element) -> _Element:
        self.correct(item)
        return item

    def extend_atom(self, entry: _Element) -> _Element:
        self.correct(entry)
        return entry
