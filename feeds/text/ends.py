"""The ends of elements that writers leave out, put in where a parser would put them.

Theory: HTML lets a paragraph, an item or a cell end where the next begins, and a parser closes what
stands open in what is closed (HTML5, 13.2.6.4.7). That is certain as long as no emphasis or link
is open there, for a parser would open those again; where one is, the answer is `None`.
"""

from collections.abc import Iterable, Sequence

from feeds.text.settled import (
    CELLS,
    CLOSING_P,
    FORMATTING,
    GRID,
    INLINE,
    NOWHERE,
    OUTSIDE,
)

# What ends where another of its kind begins, and what may be open in it then.
_ITEM, _CELL = ("p", "div", "address"), ("p", "div", "li", "ul", "ol")
_PARTS = {
    "li": (("li",), _ITEM),
    **dict.fromkeys(("dt", "dd"), (("dt", "dd"), _ITEM)),
    **dict.fromkeys(CELLS, (CELLS, _CELL)),
    "tr": (("tr",), (*CELLS, *_CELL)),
}
_LISTS = frozenset(("ul", "ol", "dl"))
_TABLE = GRID.union(CELLS, ["caption"])
_HEADINGS = frozenset(("h2", "h3", "h4", "h5"))


def with_ends(marks: Iterable[str]) -> dict[int, list[str]] | None:
    """Give what stands in the place of some marks, by their number; after the last what is open."""
    nest, count = OUTSIDE, 0
    places: dict[int, list[str]] = {}
    for count, mark in enumerate(marks, start=1):
        after = nest[mark]
        if after is NOWHERE:
            place = _place(nest.opened, mark)
            if place is None:
                return None
            places[count - 1] = place
            after = nest
            for each in place:
                after = after[each]
            if after is NOWHERE:
                return None
        nest = after
    places[count] = [f"/{name}" for name in reversed(nest.opened[1:])]
    return places


def _place(opened: Sequence[str], mark: str) -> list[str] | None:
    """Give what stands in a mark's place; `None` where that is uncertain."""
    if mark.startswith("/"):
        return _end(opened, mark[1:])
    if mark == "a" and opened[-1] == "a":
        return ["/a", "a"]
    if mark == "tr" and opened[-1] == "table":
        return ["tbody", "tr"]
    closed = _closed(opened, mark)
    ends = _ends(opened, closed) if closed else None
    return None if ends is None else [*ends, f"/{closed}", mark]


def _closed(opened: Sequence[str], name: str) -> str:
    """Name what ends where an element begins; nothing for most."""
    if name not in _PARTS:
        return "p" if name in CLOSING_P and "p" in opened else ""
    kinds, within = _PARTS[name]
    for each in reversed(opened):
        if each in kinds:
            return each
        if each not in INLINE and each not in within:
            break
    return ""


def _end(opened: Sequence[str], name: str) -> list[str] | None:
    """Give what stands in the place of an end that is not the one of what is open last."""
    if name not in opened:
        if opened[-1] in GRID or (name in _HEADINGS and not _HEADINGS.isdisjoint(opened)):
            return None
        return ["p", "/p"] if name == "p" else []
    ends = _ends(opened, name)
    return None if ends is None else [*ends, f"/{name}"]


def _ends(opened: Sequence[str], name: str) -> list[str] | None:
    """List the ends of what is open in an element that ends; `None` where that is uncertain."""
    inner = opened[len(opened) - opened[::-1].index(name) :]
    if not FORMATTING.isdisjoint(inner) or "a" in inner or "form" in inner:
        return None
    if name == "form" and inner:  # it ends alone, and what is open in it stays open
        return None
    if name in INLINE:
        return [f"/{each}" for each in reversed(inner)] if INLINE.issuperset(inner) else None
    if name not in GRID and not _TABLE.isdisjoint(inner):
        return None
    if name in ("p", "li", "dt", "dd") and not _LISTS.isdisjoint(inner):
        return None
    return [f"/{each}" for each in reversed(inner)]
