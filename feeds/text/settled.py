"""Tell cheaply that a second HTML parser would read cleaned markup as the first one did.

Theory: parsing again is the proof, and costs as much as cleaning. Most articles are paragraphs,
lists and figures of running text, for which the nesting rules of HTML (13.2.6) move nothing. A
false yes would let unstable markup out, so whatever is not on these lists (tables, pre, an
anchor in an anchor, a block inside a paragraph) is answered no, and parsed again.
"""

import re

_TAG_NAME = re.compile(r"<(/?)([a-z0-9]+)")
_VOID = frozenset(["br", "img"])
_INLINE = frozenset(["a", "b", "i", "u", "s", "em", "strong", "small", "sub", "sup", "code"])
_LISTS = frozenset(["ul", "ol"])
_HOLDERS = frozenset(["", "div", "blockquote", "figure", "figcaption", "li"])
_BLOCKS = _HOLDERS - {"", "li"} | _LISTS | {"p", "h2", "h3", "h4", "h5"}


def is_settled(clean: str) -> bool:
    """Tell whether markup in nh3's spelling is sure to come out of another parse unchanged."""
    opened = [""]
    for closing, name in _TAG_NAME.findall(clean):
        if closing:
            if opened.pop() != name:
                return False
        elif name not in _VOID:
            if not _may_hold(opened, name):
                return False
            opened.append(name)
    return opened == [""] and "\r" not in clean


def _may_hold(opened: list[str], name: str) -> bool:
    parent = opened[-1]
    if name in _INLINE:
        return parent not in _LISTS and name not in opened
    if name == "li":
        return parent in _LISTS
    return name in _BLOCKS and parent in _HOLDERS
