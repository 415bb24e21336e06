"""Tell cheaply that a second HTML parser would read cleaned markup as the first one did.

Theory: parsing again is the proof, and costs as much as cleaning. Most articles are paragraphs,
lists, tables and figures of running text, for which the nesting rules of HTML (13.2.6) move
nothing. A false yes would let unstable markup out, so whatever is not on these lists (an anchor in
an anchor, a block inside a paragraph, words between a table's cells) is answered no, and parsed
again.
"""

import re

_MARK = re.compile("<(/?[a-z0-9]+)")
_DEEPEST = 100  # elements within each other; no article comes near it
_MOST_NESTS = 4096
# The cleaner takes these away, and leaves what is in them: inline, like those that it keeps.
_DROPPED_NAMES = (
    "span font abbr acronym cite q mark time del ins kbd var samp dfn bdi tt big strike picture "
    "label data output"
)
_DROPPED_VOID_NAMES = "source wbr track embed param area meta link input"
_DROPPED_VOID = frozenset(_DROPPED_VOID_NAMES.split())
_SEALED = frozenset(("iframe", "svg", "video"))  # marks of what goes with all that is in it
_INLINE_NAMES = "br img a b i u s em strong small sub sup code"
INLINE = _DROPPED_VOID.union(_SEALED, _DROPPED_NAMES.split(), _INLINE_NAMES.split())
DROPPED = _DROPPED_VOID.union(_DROPPED_NAMES.split(), ["colgroup", "col", "form"])
VOID = _DROPPED_VOID | _SEALED | {"br", "img", "hr", "col"}
# Divisions of a page, each of which the cleaner calls `div`.
_DIVISION_NAMES = "section article main header footer aside nav address center details summary"
DIVISIONS = frozenset(_DIVISION_NAMES.split())
# Who may stand in nothing but these.
_PARENTS = {
    "li": frozenset(["ul", "ol"]),
    **dict.fromkeys(["dt", "dd"], frozenset(["dl"])),
    **dict.fromkeys(["caption", "colgroup", "thead", "tbody", "tfoot"], frozenset(["table"])),
    "col": frozenset(["table", "colgroup"]),
    "tr": frozenset(["thead", "tbody", "tfoot"]),
    **dict.fromkeys(["td", "th"], frozenset(["tr"])),
}
_LISTS = frozenset(["ul", "ol", "dl"])
GRID = frozenset(["table", "colgroup", "thead", "tbody", "tfoot", "tr"])
_HOLDERS = (DIVISIONS | _LISTS).union(
    ["", "div", "blockquote", "figure", "figcaption", "li", "dt", "dd", "td", "th", "caption"],
    ["form"],
)
_BLOCKS = _LISTS | DIVISIONS | {"div", "blockquote", "figure", "figcaption", "table", "form"}
_BLOCKS |= {"p", "pre", "hr", "h2", "h3", "h4", "h5"}
CELLS = ("td", "th")
CLOSING_P = _BLOCKS - {"table"}  # with which a paragraph ends
# A parser moves words that stand between a table's cells in front of it.
BETWEEN_CELLS = re.compile(
    r"<(?:(?:table|thead|tbody|tfoot|tr)(?: [^>]*)?|/t[dhr]|/thead|/tbody|/tfoot|/caption)>"
    r"[\t\n ]*+[^<]"
)
# A parser drops the end of line with which a `pre` begins.
PRE_LINE = re.compile("(<pre(?: [^>]*)?>)\n")
# HTML5 remembers three of a kind (the Noah's Ark clause), and closes a link before another.
FORMATTING = frozenset(
    ("b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u")
)
_MOST_NESTED = 3
_WITHOUT_LINK = ("a", "video")  # what plays may hold a link itself


class Nest(dict[str, "Nest"]):
    """What is open at a place of a text; maps each tag's mark to what is open after it.

    A mark is a name, with a slash where it closes, or nothing for what is no element. All texts
    share these maps, for most are built alike.
    """

    __slots__ = ("opened",)

    def __init__(self, opened: tuple[str, ...]) -> None:
        super().__init__()
        self.opened = opened

    def __missing__(self, mark: str) -> "Nest":
        after = self._after(mark)
        self[mark] = after
        return after

    def _after(self, mark: str) -> "Nest":
        opened = self.opened
        if not mark or self is NOWHERE:
            return self
        if mark.startswith("/"):
            return _nest(opened[:-1]) if opened[-1] == mark[1:] else NOWHERE
        if len(opened) > _DEEPEST or not _may_hold(opened, mark):
            return NOWHERE
        return self if mark in VOID else _nest((*opened, mark))


NOWHERE = Nest(())  # where a parser would have moved something
OUTSIDE = Nest(("",))
_nests: dict[tuple[str, ...], Nest] = {}


def _nest(opened: tuple[str, ...]) -> Nest:
    if len(opened) == 1:
        return OUTSIDE
    if len(_nests) > _MOST_NESTS:
        _nests.clear()
        OUTSIDE.clear()
    return _nests.setdefault(opened, Nest(opened))


def is_settled(clean: str) -> bool:
    """Tell whether markup in nh3's spelling is sure to come out of another parse unchanged."""
    nest = OUTSIDE
    for mark in _MARK.findall(clean):
        nest = nest[mark]
    if nest is not OUTSIDE or "\r" in clean or ("<pre" in clean and PRE_LINE.search(clean)):
        return False
    return "<table>" not in clean or BETWEEN_CELLS.search(clean) is None


def _may_hold(opened: tuple[str, ...], name: str) -> bool:
    """Tell whether an element may begin in those that are open without moving any of them."""
    parent = opened[-1]
    if name in INLINE:
        if parent in GRID:
            return False
        if name in _WITHOUT_LINK:
            return "a" not in opened
        return name not in FORMATTING or opened.count(name) < _MOST_NESTED
    if name in _PARENTS:
        return parent in _PARENTS[name]
    if parent in INLINE:  # as in a link around a picture with its caption
        parent = next(each for each in reversed(opened) if each not in INLINE)
    if name == "form" and name in opened:
        return False
    return name in _BLOCKS and parent in _HOLDERS
