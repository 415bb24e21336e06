"""One tag of tidy markup: what the cleaner writes for it, and what it is between words.

Nothing is written but names from a list, the attributes that we keep with their values escaped,
and addresses of http, or relative ones that are resolved. The answer to any doubt is `None`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from feeds.text.markup import ATTRIBUTES, LINK_REL, link_address, picture
from feeds.text.references import rewritten_value
from feeds.text.settled import CELLS, DIVISIONS, DROPPED, VOID
from feeds.text.slips import FOREIGN

LINE = "\0"  # stands for an end of line until those within texts are spaces
_MOST_LEARNT = 4096
_HEADINGS = {"h1": "h2", "h6": "h5"}  # any heading's end ends any heading (HTML5, 13.2.6.4.7)
_INLINE_NAMES = "a b i u s em strong small sub sup code img"
_TABLE = "table caption thead tbody tfoot tr td th"
_BLOCK_NAMES = (
    f"{_TABLE} p br h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre figure figcaption div hr"
)
_BLOCKS = DIVISIONS.union(_BLOCK_NAMES.split())
_KNOWN = _BLOCKS.union(DROPPED, _INLINE_NAMES.split())
_ON_ANY = {"lang", "title"}  # attributes that the cleaner lets stand on any element
_KEPT_BY = {name: _ON_ANY | ATTRIBUTES.get(name, set()) for name in _KNOWN}

_VALUE = r"(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9%.#_:/?&;,+~-]+)(?=[ \n\t]|\Z))"
_ATTRIBUTE = re.compile(rf"[ \n\t]+([a-zA-Z_@][a-zA-Z0-9_:.-]*)(?:={_VALUE})?", re.ASCII)
_TAG = re.compile(
    r"([a-z]+[0-9]?)((?:[ \n\t]+[a-zA-Z_@][a-zA-Z0-9_:.-]*"
    rf"(?:={_VALUE.replace('([', '(?:[')})?)*)[ \n\t]*/?",
    re.ASCII,
)
# What stands before a value in double quotes, as nearly all are.
_BEFORE_VALUE = re.compile(r"([a-z]+[0-9]?)[ \n\t]+([a-zA-Z_@][a-zA-Z0-9_:.-]*)=", re.ASCII)
_BETWEEN_VALUES = re.compile(r"[ \n\t]*([a-zA-Z_@][a-zA-Z0-9_:.-]*)=", re.ASCII)
_ENDS = frozenset(("", "/"))
# What no reader sees: a comment, frames, whose content is for readers who have none, and what is
# taken away with all that is in it.
_UNSEEN = re.compile(
    r"!--(?!>|->)(?:[^-]|-(?!-))*--|\?[^<>]*|/iframe\s*|(iframe)(?:\s[^<>]*)?/?"
    r"|(script|style|title|audio|video|canvas|button|noscript)(?:\s[^<>]*)?>.*</\2",
    re.DOTALL,
)

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_HOST = (
    r"https?://(?:(?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?!xn--)[a-z]{2,24}"
    rf"|{_OCTET}(?:\.{_OCTET}){{3}})(?::[1-5]?\d{{1,4}})?"
)
_PLAIN_ADDRESS = re.compile(rf"{_HOST}(?:[/?#][!#-\[\]-~]*)?", re.ASCII)
_ADDRESS = re.compile(
    rf"{_HOST.replace('//', '//(?:[a-z0-9._-]+@)?')}(?:[/?#].*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_USUAL_HOST = r"https?://(?:[a-z0-9]+[.-])*[a-z0-9]+\.[a-z]{2,24}"
# Nearly all links: an address that stands as it is, a title, and nothing else that we keep.
_OTHERS = r"(?: (?!href|title|lang)[a-z_][a-z0-9_:-]*=\"[^\"]*\")*+"
_TITLE = r"( title=\"[^\"&\xa0]*\")?+"
_PATH = r"[!#-%'-\[\]-~]*+"
_USUAL_LINK = re.compile(
    rf"a{_OTHERS}{_TITLE}{_OTHERS}"
    rf"( href=\"{_USUAL_HOST}(?:[/?#]{_PATH}(?:&amp;{_PATH})*+)?\")"
    rf"{_OTHERS}{_TITLE}{_OTHERS} ?",
    re.ASCII,
)
_AS_IT_STANDS = re.compile(r"https?://[a-z0-9][!#-\[\]-~]*", re.ASCII)
_SCHEME = "[a-z][a-z0-9+.-]*:"
_RELATIVE = re.compile(rf"(?!{_SCHEME})(?:[!#-\[\]-~][^\n\t\\]*)?", re.ASCII | re.IGNORECASE)
# What leads elsewhere than to the web; the cleaner takes such an address away.
_OTHER = re.compile(rf"(?!https?:){_SCHEME}[^\n\t]*", re.ASCII | re.IGNORECASE)


class Tag(NamedTuple):
    """What a tag becomes; `mark` is its name, with a slash where it closes.

    It is `written` so in HTML, and stands so `between` words.
    """

    mark: str
    written: str
    between: str


NOTHING = Tag("", "", "")
# What is taken away with all that is in it.
HIDING = {
    **dict.fromkeys(("script", "style", "title"), NOTHING),
    **dict.fromkeys(("audio", "video", "canvas", "button", "noscript"), Tag("video", "", "")),
}
_UNSEEN_TAGS = {"iframe": Tag("iframe", "", ""), **HIDING}
_DRAWN = Tag("svg", "", "")
# Tags that are the same on any page, as they stand: publishers write the same few.
LEARNT: dict[str, Tag] = {}


def read_tag(written: str, base_url: str | None) -> Tag | None:
    """Read a tag without its brackets; `None` for one that is not on the lists."""
    if usual := _USUAL_LINK.fullmatch(written):
        before, address, after = usual.groups("")
        if not (before and after):  # the first of a kind counts
            return Tag("a", f'<a{before}{address}{after} rel="{LINK_REL}">', "")
    if written.startswith("/"):
        name = written[1:].rstrip(" \n\t")
        if name == "br":
            return _learn(written, plain_tag(name))  # as parsers have it (HTML5, 13.2.6.4.7)
        if name not in _KNOWN:
            unseen = _unseen(written)
            return unseen and _learn(written, unseen)
        return _learn(written, NOTHING if name in VOID else plain_tag(f"/{name}"))
    name, given = attributes(written)
    if name not in _KNOWN:
        return _unseen(written)
    kept = _kept(_KEPT_BY[name], given)
    if kept is None:
        return None
    if name == "a":
        return _link(kept, base_url)
    if name == "img":
        return _picture(kept, base_url)
    if kept and name not in DROPPED:
        return _attributed(name, kept)
    return _learn(written, plain_tag(name))


def _unseen(written: str) -> Tag | None:
    """Read what no reader sees; `None` for all else."""
    if FOREIGN.fullmatch(f"<{written}>"):
        return _DRAWN
    found = _UNSEEN.fullmatch(written)
    return found and _UNSEEN_TAGS.get(found[1] or found[2], NOTHING)


def attributes(written: str) -> tuple[str, dict[str, str]]:
    """Read a tag's name and its attributes in their order; no name where that is in doubt."""
    pieces = written.split('"')
    if len(pieces) % 2 and pieces[-1].strip(" \n\t") in _ENDS:
        name, first = _beginning(pieces[0])
        keys = [first, *map(_key, pieces[2:-1:2])]
        if all(keys):
            given = dict(zip(keys, pieces[1::2], strict=True))
            if len(given) == len(keys):
                return name, given
    found = _TAG.fullmatch(written)
    if found is None:
        return "", {}
    pairs = [(key.lower(), "".join(value)) for key, *value in _ATTRIBUTE.findall(found[2])]
    return found[1], {**dict(pairs), **dict(reversed(pairs))}  # the first of a kind counts


@lru_cache(maxsize=1024)
def _beginning(piece: str) -> tuple[str, str]:
    """Give the name of a tag and of its first attribute, whose value follows; or no names."""
    found = _BEFORE_VALUE.fullmatch(piece)
    return (found[1], found[2].lower()) if found else ("", "")


@lru_cache(maxsize=1024)
def _key(piece: str) -> str:
    """Give the name of an attribute, whose value follows; nothing where there is more."""
    found = _BETWEEN_VALUES.fullmatch(piece)
    return found[1].lower() if found else ""


def _kept(wanted: set[str], given: dict[str, str]) -> dict[str, str] | None:
    """Give the attributes that the cleaner keeps, in order; `None` where that is not certain."""
    kept: dict[str, str] = {}
    for key in given:
        if key in wanted:
            value = given[key]
            if "&" in value or '"' in value or "\xa0" in value:
                rewritten = rewritten_value(value)
                if rewritten is None:
                    return None
                value = rewritten
            kept[key] = value
    return kept


def plain_tag(mark: str) -> Tag:
    """Give the tag of an element without attributes, or the one that closes it, by its mark."""
    slash, name = ("/", mark[1:]) if mark.startswith("/") else ("", mark)
    between = " " if name in CELLS else LINE if name in _BLOCKS else ""
    name = _HEADINGS.get(name, name)
    shown = f"<{slash}{'div' if name in DIVISIONS else name}>"
    return Tag(f"{slash}{name}", "" if name in DROPPED else shown, between)


def _learn(written: str, tag: Tag) -> Tag:
    if len(LEARNT) >= _MOST_LEARNT:
        LEARNT.clear()
    LEARNT[written] = tag
    return tag


def _attributed(name: str, kept: dict[str, str]) -> Tag | None:
    """Write a tag with what the cleaner keeps of its attributes; those of renamed tags are odd."""
    tag = plain_tag(name)
    if tag.written != f"<{name}>":
        return None
    # A cell with attributes ends a line of words, as `plain_of_clean` has it.
    between = LINE if name in CELLS else tag.between
    return Tag(name, f"<{name}{_attributes(kept)}>", between)


def _link(kept: dict[str, str], base_url: str | None) -> Tag | None:
    """Write a link as the cleaner does; `None` where its address is in doubt."""
    if not _check(kept, "href"):
        return None
    shown = [
        link_address(value, base_url)
        if name == "href" and not _AS_IT_STANDS.fullmatch(value)
        else f' {name}="{value}"'
        for name, value in kept.items()
    ]
    return Tag("a", f'<a{"".join(shown)} rel="{LINK_REL}">', "")


def _picture(kept: dict[str, str], base_url: str | None) -> Tag | None:
    return Tag("img", picture(kept, base_url), "") if _check(kept, "src") else None


def _check(kept: dict[str, str], name: str) -> bool:
    """Tell whether an address can be read; drop one that leads elsewhere than to the web."""
    address = kept.get(name, "")
    for pattern in (_PLAIN_ADDRESS, _RELATIVE, _ADDRESS):
        if pattern.fullmatch(address):
            return True
    if _OTHER.fullmatch(address):
        del kept[name]
        return True
    return False


def _attributes(kept: dict[str, str]) -> str:
    return "".join([f' {name}="{value}"' for name, value in kept.items()])
