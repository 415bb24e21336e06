"""A feed in pieces: its frame, and its items, which all feeds that hold them share.

What stands in an item follows from the article and the site alone, so it is rendered once and put
into any number of frames.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files

from feeds.model import Article, BrokenEntry, Sibling
from feeds.publish.atom import atom_entry, atom_head, render_atom
from feeds.publish.document import FeedDocument, FeedItem, told
from feeds.publish.feed_head import FeedHead
from feeds.publish.frame import Frame
from feeds.publish.jsonfeed import json_frame, json_item, render_json
from feeds.publish.rss import render_rss, rss_head, rss_item

RENDER: Mapping[str, Callable[[FeedDocument], bytes]] = {
    "rss": render_rss,
    "atom": render_atom,
    "json": render_json,
}
_FRAME: Mapping[str, Callable[[FeedDocument], Frame]] = {
    "rss": rss_head,
    "atom": atom_head,
    "json": json_frame,
}
_ITEM: Mapping[str, Callable[[FeedItem], bytes]] = {
    "rss": rss_item,
    "atom": atom_entry,
    "json": json_item,
}


def rendered(head: FeedHead, article: Article, kin: Iterable[Sibling] = ()) -> list[bytes]:
    """Render an article in each format; where it can't be told, it is empty.

    Any feed's head will do. JSON comes first: its texts are kept as UTF-8, which the others need.
    """
    item = told(head, article, kin)
    if isinstance(item, BrokenEntry):
        return [b""] * len(_ITEM)
    bodies = {name: _written(name, item) for name in ("json", "atom", "rss")}
    return [bodies[name] for name in _ITEM]


def _written(name: str, item: FeedItem) -> bytes:
    try:
        return _ITEM[name](item)
    except (ValueError, TypeError, OverflowError):
        return b""


def frame(name: str, document: FeedDocument) -> Frame:
    """Render what stands before a feed's items and what stands after them."""
    return _FRAME[name](document)


@cache
def edition() -> str:
    """Name this release's way of rendering: items that another one rendered are rendered anew."""
    digest = blake2b(digest_size=8)
    for one in sorted(files("feeds.publish").iterdir(), key=lambda one: one.name):
        if one.name.endswith(".py"):
            digest.update(one.read_bytes())
    digest.update(f"{version('feedgen')} {version('lxml')} {version('orjson')}".encode())
    return digest.hexdigest()


def site_of(head: FeedHead) -> str:
    """Name all that items take from the site; any feed's head tells the same."""
    told = (head.base_url, head.tag_authority, head.language, sorted(head.labels.items()))
    return blake2b(f"{edition()} {told!r}".encode(), digest_size=16).hexdigest()
