"""The only door to feedgen: what the heads of RSS and Atom share.

feedgen stops at the first entry that it can't write, so a feed's entries are not handed to it: our
channel extension, which feedgen calls once the head stands, leaves a mark where the items belong,
and they are put there one by one, without a bad one. An item is written once, by feedgen as well
(`entry.py`), and given to the many feeds that hold it.
"""

from typing import Any

from feedgen.feed import FeedGenerator

from feeds.publish.document import FeedDocument
from feeds.publish.feed_head import FeedHead

KEPT = 3072  # items that each format keeps rendered, about 4 KB each
NAME = "tinwire"  # what our extensions are registered under
GENERATOR = "Tinwire"  # without a version: an upgrade must not change every feed's bytes


def new_feed() -> Any:
    """Start an empty `FeedGenerator`."""
    return FeedGenerator()


def generator_for(document: FeedDocument) -> Any:
    """Start a `FeedGenerator` with all of the head but its links; every date comes from data."""
    head = document.head
    generator = new_feed()
    generator.id(head.id)
    generator.title(head.title)
    generator.description(head.description)
    generator.updated(document.updated.replace(microsecond=0))
    generator.generator(GENERATOR)
    if head.language:
        generator.language(head.language)
    return generator


def icon_url(head: FeedHead, pixels: int) -> str:
    """Give the address of the site's square icon, of 48, 144 or 512 pixels."""
    return f"{head.base_url}/static/icon-{pixels}.png"
