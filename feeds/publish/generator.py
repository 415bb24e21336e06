"""The only door to feedgen: what RSS and Atom share, and the isolation that feedgen lacks.

feedgen stops at the first entry that it can't write, so entries are not handed to it: our channel
extension, which feedgen calls once the head stands, appends them one by one and skips a bad one.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import _Element

from feeds.publish.document import FeedDocument, FeedItem

KEPT = 1024  # items that each format keeps rendered, about 10 KB each
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


def rendered(
    items: Iterable[FeedItem], render: Callable[[FeedItem], _Element]
) -> Iterator[_Element]:
    """Render items in order, leaving out those that feedgen or lxml refuses."""
    for item in items:
        try:
            element = render(item)
        except (ValueError, TypeError, OverflowError):
            continue
        yield deepcopy(element)  # rendered once, kept, and given to many feeds
