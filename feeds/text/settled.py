"""Tell cheaply that a second HTML parser would read cleaned markup as the first one did.

Theory: parsing again is the proof, and costs as much as cleaning. Most articles are paragraphs,
lists, tables and figures of running text, for which the nesting rules of HTML (13.2.6) move
nothing. A false yes would let unstable markup out, so whatever is not on these lists (an anchor in
an anchor, a block inside a paragraph, words between a table's cells) is answered no, and parsed
again.
"""

import re

_TAG_NAME = re.compile("<(/?)([a-z0-9]+)")
VOID = frozenset(["br", "img", "hr", "source", "wbr"])
# The cleaner takes these away, and leaves what is in them: inline, like those that it keeps.
_DROPPED_NAMES = (
    "span font abbr acronym cite q mark time del ins kbd var samp dfn bdi tt big strike"
)
DROPPED = frozenset([*_DROPPED_NAMES.split(), "picture"])
_INLINE_NAMES = "br img a b i u s em strong small sub sup code source wbr"
_INLINE = DROPPED.union(_INLINE_NAMES.split())
# Divisions of a page, each of which the cleaner calls `div`.
_DIVISION_NAMES = "section article main header footer aside nav address center details summary"
DIVISIONS = frozenset(_DIVISION_NAMES.split())
# Who may stand in nothing but these.
_PARENTS = {
    "li": frozenset(["ul", "ol"]),
    **dict.fromkeys(["dt", "dd"], frozenset(["dl"])),
    **dict.fromkeys(["caption", "thead", "tbody", "tfoot"], frozenset(["table"])),
    "tr": frozenset(["thead", "tbody", "tfoot"]),
    **dict.fromkeys(["td", "th"], frozenset(["tr"])),
}
_LISTS = frozenset(["ul", "ol", "dl"])
_GRID = frozenset(["table", "thead", "tbody", "tfoot", "tr"])
_HOLDERS = DIVISIONS.union(
    ["", "div", "blockquote", "figure", "figcaption", "li", "dt", "dd", "td", "th", "caption"]
)
_BLOCKS = _LISTS | DIVISIONS | {"div", "blockquote", "figure", "figcaption", "table"}
_BLOCKS |= {"p", "pre", "hr", "h2", "h3", "h4", "h5"}
# A parser moves words that stand between a table's cells in front of it.
BETWEEN_CELLS = re.compile(
    r"<(?:table|thead|tbody|tfoot|tr|/t[dhr]|/thead|/tbody|/tfoot|/caption)>[\t\n ]*+[^<]"
)
# HTML5 remembers three of a kind (the Noah's Ark clause), and closes a link before another.
_MOST_NESTED = {"a": 1}


def is_settled(clean: str) -> bool:
    """Tell whether markup in nh3's spelling is sure to come out of another parse unchanged."""
    opened = [""]
    for closing, name in _TAG_NAME.findall(clean):
        if closing:
            if opened.pop() != name:
                return False
        elif not may_hold(opened, name):
            return False
        elif name not in VOID:
            opened.append(name)
    if opened != [""] or "\r" in clean or "<pre>\n" in clean:
        return False
    return "<table>" not in clean or BETWEEN_CELLS.search(clean) is None


def may_hold(opened: list[str], name: str) -> bool:
    """Tell whether an element may begin in those that are open without moving any of them."""
    parent = opened[-1]
    if name in _INLINE:
        if parent in _LISTS or parent in _GRID:
            return False
        return opened.count(name) < _MOST_NESTED.get(name, 3)
    if name in _PARENTS:
        return parent in _PARENTS[name]
    if parent in _INLINE:  # as in a link around a picture with its caption
        parent = next(each for each in reversed(opened) if each not in _INLINE)
    return name in _BLOCKS and (parent in _HOLDERS or (parent in _LISTS and name in _LISTS))
