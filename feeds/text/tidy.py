"""Tidy markup: HTML that can be cleaned without a parser, because it can be read in one way only.

Theory: most articles are paragraphs, links and pictures, each opened and closed in order, and a
parser takes five times as long for them as they need. Here the output is put together from what is
known: tags from a list, text without a bracket, references that name what can be seen, addresses
of plain http. So nothing unsafe comes out, whatever comes in. That the parser would have made the
same of it is the second question: at the first doubt it is asked (`None`), and the tests hold both
to the same result.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.entities import html5

from feeds.text.markup import ATTRIBUTES, LINK_REL, picture
from feeds.text.settled import VOID, may_hold

_MOST_TAGS = 2000
_MOST_LEARNT = 4096
_LINE = "\0"  # stands for an end of line until those within texts are spaces
_RENAMED = {"h1": "h2", "h6": "h5"}  # any heading's end ends any heading (HTML5, 13.2.6.4.7)
# The cleaner takes these away, and leaves what is in them.
_DROPPED = frozenset(("span", "font"))
_INLINE_NAMES = "a b i u s em strong small sub sup code img"
_BLOCK_NAMES = "p br h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre figure figcaption div hr"
_INLINE, _BLOCKS = _DROPPED.union(_INLINE_NAMES.split()), frozenset(_BLOCK_NAMES.split())
_VALUE = r"(?:\"([^\"]*)\"|'([^'\"]*)'|([A-Za-z0-9%.#_-]+)(?= |\Z))"
_ATTRIBUTE = re.compile(rf" +([a-z_][a-z0-9_:-]*)={_VALUE}", re.ASCII)
_TAG = re.compile(
    rf"([a-z]+[0-9]?)((?: +[a-z_][a-z0-9_:-]*={_VALUE.replace('([', '(?:[')})*) */?", re.ASCII
)
_ON_ANY = frozenset(("lang", "title"))  # attributes that the cleaner lets stand on any element
# An ampersand that begins no reference: before white space or a tag, or between a query's parts.
_REFERENCE = re.compile(r"&(?:(#?[A-Za-z0-9]+;)|(?=[ \n]|\Z)|(.?))", re.DOTALL)
_OF_QUERY = re.compile(r"&(?=[A-Za-z0-9_]+=)")
_ODD_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot);)")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_ADDRESS = re.compile(
    rf"https?://(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{{2,24}}|{_OCTET}(?:\.{_OCTET}){{3}})"
    r"(?::[1-5]?\d{1,4})?(?:[/?#][!#-\[\]-~]*)?",
    re.ASCII,
)


_SPLIT = re.compile("<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Tidied:
    """Clean HTML, and its words, with an end of line for each tag of a block."""

    html: str
    words: str


@dataclass(frozen=True, slots=True)
class _Tag:
    """What a tag becomes; `mark` is its name, with a slash where it closes.

    It is `written` so in HTML, and stands so `between` words.
    """

    mark: str
    written: str
    between: str


def tidied(html: str, base_url: str | None) -> Tidied | None:
    """Clean HTML that is tidy; `None` for all other."""
    # Printable text has no controls, no unseen marks, and no white space but spaces.
    if not html.replace("\n", " ").isprintable():
        return None
    parts = _SPLIT.split(html)  # texts and tags take turns
    count = len(parts) // 2
    if count > _MOST_TAGS or html.count("<") != count:
        return None
    tags = []
    for written in parts[1::2]:
        tag = _learnt.get(written) or _read(written, base_url)
        if tag is None:
            return None
        tags.append(tag)
    if not _is_nested(tuple([tag.mark for tag in tags])):
        return None
    words = parts[:]
    if ("&" in html or html.count(">") != count) and not _write_texts(parts, words):
        return None
    parts[1::2] = [tag.written for tag in tags]
    words[1::2] = [tag.between for tag in tags]
    clean = "".join(parts)
    if "<pre>\n" in clean:  # a parser drops that end of line
        return None
    return Tidied(clean, "".join(words).replace("\n", " ").replace(_LINE, "\n"))


@lru_cache(maxsize=4096)  # most articles of a publisher are built alike
def _is_nested(marks: tuple[str, ...]) -> bool:
    """Tell whether all tags stand where no parser would move them."""
    opened = [""]
    for mark in marks:
        if mark[0] == "/":
            if opened.pop() != mark[1:]:
                return False
        elif not may_hold(opened, mark):
            return False
        elif mark not in VOID:
            opened.append(mark)
    return opened == [""]


def _write_texts(parts: list[str], words: list[str]) -> bool:
    """Write texts as the cleaner does, and as words; tells whether that could be done."""
    for at in range(0, len(parts), 2):
        text = parts[at]
        if "&" in text:
            resolved = _resolved(text)
            if resolved is None:
                return False
            words[at] = resolved
            text = resolved.replace("&", "&amp;").replace("<", "&lt;").replace("\xa0", "&nbsp;")
        parts[at] = text.replace(">", "&gt;")
    return True


def _resolved(text: str) -> str | None:
    """Resolve a text's references; `None` where one names nothing that can be seen."""
    parts: list[str] = []
    at = 0
    for found in _REFERENCE.finditer(text):
        char = None if found[2] is not None else _character(found[1] or "")
        if char is None:
            return None
        parts += (text[at : found.start()], char)
        at = found.end()
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=1024)
def _character(reference: str) -> str | None:
    if not reference:
        return "&"
    char = unescape(f"&{reference}") if reference[0] == "#" else html5.get(reference, "")
    return char if char == "\xa0" or (char and char.isprintable()) else None


def _read(written: str, base_url: str | None) -> _Tag | None:
    """Read a tag without its brackets; `None` for one that is not on the lists."""
    if written == "/br":
        return _learn(written, _tag("br"))  # what parsers make of it (HTML5, 13.2.6.4.7)
    if written.startswith("/"):
        name = written[1:]
        is_known = (name in _INLINE or name in _BLOCKS) and name not in VOID
        return _learn(written, _tag(name, "/")) if is_known else None
    found = _TAG.fullmatch(written.replace("\n", " "))
    if found is None:
        return None
    name, attributes = found[1], found[2]
    if name not in _INLINE and name not in _BLOCKS:
        return None
    given = [(key, "".join(value)) for key, *value in _ATTRIBUTE.findall(attributes)]
    if name == "a":
        return _link(given)
    if name == "img":
        return _picture(given, base_url)
    if not _ON_ANY.isdisjoint(key for key, _ in given):
        return None
    return _learn(written, _tag(name))


def _tag(name: str, slash: str = "") -> _Tag:
    between = _LINE if name in _BLOCKS else ""
    name = _RENAMED.get(name, name)
    mark = f"{slash}{name}"
    return _Tag(mark, "" if name in _DROPPED else f"<{mark}>", between)


def _learn(written: str, tag: _Tag) -> _Tag:
    """Remember a tag: publishers write the same few, with the same classes and styles."""
    if len(_learnt) >= _MOST_LEARNT:
        _learnt.clear()
    _learnt[written] = tag
    return tag


def _link(given: Sequence[tuple[str, str]]) -> _Tag | None:
    """Write a link as the cleaner does; `None` where it leads to anything but a plain address."""
    kept = _kept("a", given)
    if kept is None or not _ADDRESS.fullmatch(kept.get("href", "")) or "xn--" in kept["href"]:
        return None
    attributes = "".join([f' {name}="{value}"' for name, value in kept.items()])
    return _Tag("a", f'<a{attributes} rel="{LINK_REL}">', "")


def _picture(given: Sequence[tuple[str, str]], base_url: str | None) -> _Tag | None:
    kept = _kept("img", given)
    if kept is None or not _ADDRESS.fullmatch(kept.get("src", "")) or "xn--" in kept["src"]:
        return None
    return _Tag("img", picture(kept, base_url), "")


def _kept(name: str, given: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    """Give the attributes that the cleaner keeps, in order; `None` where that is not certain."""
    if len(dict(given)) != len(given) or any(key == "lang" for key, _ in given):
        return None
    kept = {key: _OF_QUERY.sub("&amp;", value) for key, value in given if key in ATTRIBUTES[name]}
    return None if any(map(_ODD_REFERENCE.search, kept.values())) else kept


_learnt: dict[str, _Tag] = {}
