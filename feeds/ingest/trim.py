"""Documents with more items than we take: the oldest go before anything slow looks at them.

Which is the oldest is certain where each item has one date. Where it is not, more stay here, and
what was read of them decides.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from lxml import etree

from feeds.ingest.dates import read_date
from feeds.ingest.elements import ATOM, items_of, text_of
from feeds.ingest.tree import Tree

_DATES = ("pubDate", "published", "issued", "date", "updated", "modified")
_SURE = frozenset(("pubDate", f"{ATOM}published", f"{ATOM}updated"))
_NEVER = datetime.min.replace(tzinfo=UTC)
Item = TypeVar("Item")


def trim(tree: Tree, zone: str, most: int) -> tuple[Tree, int]:
    """Leave the newest `most` items in a tree, or twice as many; gives it and how many went."""
    items = items_of(tree.root) if tree.root is not None else []
    if tree.root is None or len(items) <= most:
        return tree, 0
    dated = [[child for child in item if _local(child) in _DATES] for item in items]
    if not all(len(each) == 1 and each[0].tag in _SURE for each in dated):
        most *= 2
    if len(items) <= most:
        return tree, 0
    kept = set(newest(items, [_date(each, zone) for each in dated], most))
    for item in items:
        parent = item.getparent()
        if item not in kept and parent is not None:
            parent.remove(item)
    return replace(tree, is_trimmed=True), len(items) - len(kept)


def newest(items: Sequence[Item], dates: Sequence[datetime | None], most: int) -> list[Item]:
    """Keep the newest items, in their order; those without a date count as the oldest."""
    if len(items) <= most:
        return [*items]
    known = [date or _NEVER for date in dates]
    by_age = sorted(range(len(items)), key=known.__getitem__, reverse=True)
    return [items[place] for place in sorted(by_age[:most])]


def _local(element: etree._Element) -> str:
    tag = str(element.tag)
    return tag[tag.rfind("}") + 1 :]


def _date(dated: Sequence[etree._Element], zone: str) -> datetime | None:
    return next(filter(None, (read_date(text_of(each), zone) for each in dated)), None)
