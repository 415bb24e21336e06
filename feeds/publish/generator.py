"""The only door to feedgen: what RSS and Atom share, and the isolation that feedgen lacks.

feedgen stops at the first entry that it can't write, so entries are not handed to it: our channel
extension, which feedgen calls once the head stands, leaves a mark where the items belong, and they
are put there one by one, without a bad one. An item is rendered and serialised once, and given to
the many feeds that hold it: a rebuild of a feed costs a fiftieth of what it cost feedgen.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import Comment, Element, SubElement, _Element, tostring

from feeds.publish.document import FeedDocument, FeedItem

KEPT = 3072  # items that each format keeps rendered, about 4 KB each
NAME = "tinwire"  # what our extensions are registered under
GENERATOR = "Tinwire"  # without a version: an upgrade must not change every feed's bytes


def generator_for(document: FeedDocument) -> Any:
    """Start a `FeedGenerator` with all of the head but its links; every date comes from data."""
    head = document.head
    generator = FeedGenerator()
    generator.id(head.id)
    generator.title(head.title)
    generator.description(head.description)
    generator.updated(document.updated.replace(microsecond=0))
    generator.generator(GENERATOR)
    if head.language:
        generator.language(head.language)
    return generator


def entry_for(item: FeedItem) -> Any:
    """Start a `FeedEntry` with what RSS and Atom tell alike; no title is a `ValueError`."""
    if not item.title:  # feedgen refuses it in Atom, and drops it silently in RSS
        raise ValueError("no title")
    entry = FeedEntry()
    entry.id(item.id)
    entry.title(item.title)
    entry.link(href=item.link, rel="alternate")
    entry.published(item.published.replace(microsecond=0))
    entry.updated(item.updated.replace(microsecond=0))
    entry.category(
        [
            {"term": category.term, "scheme": category.scheme, "label": category.label}
            for category in item.categories
        ]
    )
    return entry


_MARK = "items"
_MARKED = b"<!--items-->"


def mark_items(parent: _Element) -> None:
    """Mark the place in feedgen's tree where the items belong."""
    parent.append(Comment(_MARK))


def filled(body: bytes, items: Iterable[FeedItem], render: Callable[[FeedItem], bytes]) -> bytes:
    """Put items where the mark stands, leaving out those that feedgen or lxml refuses."""
    before, _, after = body.rpartition(_MARKED)  # a text can't hold it: its < is escaped
    parts = [before]
    for item in items:
        try:
            parts.append(render(item))
        except (ValueError, TypeError, OverflowError):
            continue
    return b"".join([*parts, after])


def serialised(element: _Element, namespaces: Mapping[str, str]) -> bytes:
    """Write an element as it stands in a feed whose root declares these namespaces."""
    root = Element("root", nsmap=dict(namespaces))
    bare = tostring(SubElement(root, element.tag))
    declared = bare[1 + len(str(element.tag)) : -2]
    root.append(element)
    start = f"<{element.tag}".encode()
    return tostring(element, encoding="UTF-8").replace(start + declared, start, 1)
