"""Tell cheaply that a second HTML parser would read cleaned markup as the first one did.

Theory: parsing again is the proof, and costs as much as cleaning. Most articles are paragraphs,
lists and figures of running text, for which the nesting rules of HTML (13.2.6) move nothing. A
false yes would let unstable markup out, so whatever is not on these lists (tables, an anchor in
an anchor, a block inside a paragraph) is answered no, and parsed again.
"""

import re

_TAG_NAME = re.compile(r"<(/?)([a-z0-9]+)")
_VOID = frozenset(["br", "img", "hr"])
_INLINE = frozenset(
    ["br", "img", "a", "b", "i", "u", "s", "em", "strong", "small", "sub", "sup", "code"]
)
_LISTS = frozenset(["ul", "ol"])
_HOLDERS = frozenset(["", "div", "blockquote", "figure", "figcaption", "li"])
_BLOCKS = _HOLDERS - {"", "li"} | _LISTS | {"p", "pre", "hr", "h2", "h3", "h4", "h5"}
# HTML5 remembers three of a kind (the Noah's Ark clause), and closes a link before another.
_MOST_NESTED = {"a": 1}


def is_settled(clean: str) -> bool:
    """Tell whether markup in nh3's spelling is sure to come out of another parse unchanged."""
    opened = [""]
    for closing, name in _TAG_NAME.findall(clean):
        if closing:
            if opened.pop() != name:
                return False
        elif not _may_hold(opened, name):
            return False
        elif name not in _VOID:
            opened.append(name)
    return opened == [""] and "\r" not in clean and "<pre>\n" not in clean


def _may_hold(opened: list[str], name: str) -> bool:
    parent = opened[-1]
    if name in _INLINE:
        return parent not in _LISTS and opened.count(name) < _MOST_NESTED.get(name, 3)
    if name == "li":
        return parent in _LISTS
    if parent in _INLINE:  # as in a link around a picture with its caption
        parent = next(each for each in reversed(opened) if each not in _INLINE)
    return name in _BLOCKS and parent in _HOLDERS
