"""Documents with far more items than we take: the oldest go before anything slow looks at them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from lxml import etree

from feeds.ingest.dates import read_date
from feeds.ingest.elements import items_of, text_of
from feeds.ingest.tree import Tree, with_root

_DATES = ("pubDate", "published", "issued", "date", "updated", "modified")
_NEVER = datetime.min.replace(tzinfo=UTC)
Item = TypeVar("Item")


def trim(tree: Tree, zone: str, most: int) -> tuple[Tree, int]:
    """Leave the newest `most` items in a tree; gives the tree and how many went."""
    items = items_of(tree.root) if tree.root is not None else []
    if tree.root is None or len(items) <= most:
        return tree, 0
    kept = set(newest(items, [_date(item, zone) for item in items], most))
    for item in items:
        parent = item.getparent()
        if item not in kept and parent is not None:
            parent.remove(item)
    return with_root(tree, tree.root), len(items) - len(kept)


def newest(items: Sequence[Item], dates: Sequence[datetime | None], most: int) -> list[Item]:
    """Keep the newest items, in their order; those without a date count as the oldest."""
    if len(items) <= most:
        return [*items]
    known = [date or _NEVER for date in dates]
    by_age = sorted(range(len(items)), key=known.__getitem__, reverse=True)
    return [items[place] for place in sorted(by_age[:most])]


def _date(item: etree._Element, zone: str) -> datetime | None:
    for child in item:
        tag = str(child.tag)
        if tag[tag.rfind("}") + 1 :] in _DATES and (date := read_date(text_of(child), zone)):
            return date
    return None
