"""What stands around a feed's items: their place in feedgen's tree, and the links between pages."""

from collections.abc import Callable, Iterable, Iterator

from lxml.etree import Comment, ProcessingInstruction, _Element

from feeds.publish.document import FeedDocument, FeedItem

Frame = tuple[bytes, bytes]

_MARK = "items"
_MARKED = b"<!--items-->"


def mark_items(parent: _Element) -> None:
    """Mark the place in feedgen's tree where the items belong."""
    parent.append(Comment(_MARK))


def split(body: bytes) -> Frame:
    """Cut feedgen's document at the mark: what comes before the items, and what after."""
    before, _, after = body.rpartition(_MARKED)  # a text can't hold it: its < is escaped
    return before, after


def joined(
    frame: Frame,
    items: Iterable[FeedItem],
    write: Callable[[FeedItem], bytes],
    between: bytes = b"",
) -> bytes:
    """Put items into their frame, leaving out those that can't be written."""
    parts = []
    for item in items:
        try:
            parts.append(write(item))
        except (ValueError, TypeError, OverflowError):
            continue
    return frame[0] + between.join(parts) + frame[1]


def neighbours(document: FeedDocument, fmt: str) -> Iterator[tuple[str, str]]:
    """Give the links between a feed's pages as (relation, address): RFC 5005 §4.

    An archive page names the subscription document as `current`.
    """
    place = document.place
    pages = [("prev-archive", place.before), ("next-archive", place.after)]
    for relation, page in pages:
        if page is not None:
            yield relation, document.head.page_of(fmt, page)
    if place.page is not None:
        yield "current", document.head.url(fmt)


def add_styles(root: _Element, base_url: str) -> None:
    """Name the sheets that show a feed to a person (Associating Style Sheets with XML 1.0 §2).

    XSLT makes a page of it; a browser without XSLT passes over the first and takes the second.
    """
    for kind, name in (("text/xsl", "feed.xsl"), ("text/css", "feed.css")):
        data = f'type="{kind}" href="{_quoted(base_url)}/static/{name}"'
        root.addprevious(ProcessingInstruction("xml-stylesheet", data))


def _quoted(url: str) -> str:
    """Write an address as a pseudo-attribute's value (§3): these end it, or begin a reference."""
    return (
        url.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    )
