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
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from html.entities import html5

from feeds.text.markup import ATTRIBUTES, LINK_REL, link_address, picture
from feeds.text.settled import BETWEEN_CELLS, DIVISIONS, DROPPED, VOID, may_hold

_MOST_TAGS = 2000
_MOST_LEARNT = 4096
_LINE = "\0"  # stands for an end of line until those within texts are spaces
_HEADINGS = {"h1": "h2", "h6": "h5"}  # any heading's end ends any heading (HTML5, 13.2.6.4.7)
# The cleaner takes these away, and leaves what is in them.
_DROPPED = DROPPED | {"source", "wbr"}
_INLINE_NAMES = "a b i u s em strong small sub sup code img"
_TABLE = "table caption thead tbody tfoot tr td th"
_BLOCK_NAMES = (
    f"{_TABLE} p br h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre figure figcaption div hr"
)
_INLINE, _BLOCKS = _DROPPED.union(_INLINE_NAMES.split()), DIVISIONS.union(_BLOCK_NAMES.split())
_VALUE = r"(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9%.#_-]+)(?=[ \n\t]|\Z))"
_ATTRIBUTE = re.compile(rf"[ \n\t]+([a-z_][a-z0-9_:-]*)(?:={_VALUE})?", re.ASCII)
_TAG = re.compile(
    r"([a-z]+[0-9]?)((?:[ \n\t]+[a-z_][a-z0-9_:-]*"
    rf"(?:={_VALUE.replace('([', '(?:[')})?)*)[ \n\t]*/?",
    re.ASCII,
)
_COMMENT = re.compile(r"!--(?!>|->)(?:[^-<>]|-(?!-))*--")
_ON_ANY = {"lang", "title"}  # attributes that the cleaner lets stand on any element
_KEPT_BY = {name: _ON_ANY | ATTRIBUTES.get(name, set()) for name in _INLINE | _BLOCKS}
_CELLS = frozenset(("td", "th"))
_HIDDEN = frozenset(("/script", "/style", "/iframe"))
# An ampersand that begins no reference: before white space or a tag, or between a query's parts.
_REFERENCE = re.compile(r"&(?:(#?[A-Za-z0-9]+;)|(?=[ \n]|\Z)|(.?))", re.DOTALL)
_OF_QUERY = re.compile(r"&(?=[A-Za-z0-9_]+=)")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_ADDRESS = re.compile(
    rf"https?://(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{{2,24}}|{_OCTET}(?:\.{_OCTET}){{3}})"
    r"(?::[1-5]?\d{1,4})?(?:[/?#][!#-\[\]-~]*)?",
    re.ASCII,
)
# What leads elsewhere than to the web; the cleaner takes such an address away.
_OTHER = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:[!#-\[\]-~]*", re.ASCII | re.IGNORECASE)
_RELATIVE = re.compile(r"(?![A-Za-z][A-Za-z0-9+.-]*:)[!#-\[\]-~]+", re.ASCII)

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
    spaced = html.replace("\n", " ")
    is_plain = spaced.isprintable()
    if not is_plain and not spaced.replace("\t", " ").replace("\xa0", " ").isprintable():
        return None
    parts = _SPLIT.split(html)  # texts and tags take turns
    count = len(parts) // 2
    if count > _MOST_TAGS or html.count("<") != count:
        return None
    if "</script" in html or "</iframe" in html or "</style" in html:
        _drop_hidden(parts)
    tags = []
    for written in parts[1::2]:
        tag = _learnt.get(written) or _read(written, base_url)
        if tag is None:
            return None
        tags.append(tag)
    if not _is_nested(tuple([tag.mark for tag in tags])):
        return None
    words = parts[:]
    has_marks = "&" in html or not is_plain or html.count(">") != count
    if has_marks and not _write_texts(parts, words):
        return None
    parts[1::2] = [tag.written for tag in tags]
    words[1::2] = [tag.between for tag in tags]
    clean = "".join(parts)
    if "<pre>\n" in clean:  # a parser drops that end of line
        return None
    if "<table>" in clean and BETWEEN_CELLS.search(clean):
        return None
    text = "".join(words).replace("\n", " ").replace(_LINE, "\n")
    return Tidied(clean, text if is_plain else text.replace("\t", " "))


def _drop_hidden(parts: list[str]) -> None:
    """Make comments of what a parser reads as text, and the cleaner takes away with its content."""
    for at in range(1, len(parts) - 2, 2):
        if parts[at + 2] == "/iframe" and parts[at + 1]:  # for readers without frames
            continue
        if parts[at + 2] in _HIDDEN and parts[at].startswith(parts[at + 2][1:]):
            tag = _TAG.fullmatch(parts[at])
            if tag is not None and tag[1] == parts[at + 2][1:]:
                parts[at : at + 3] = _NO_COMMENT, "", _NO_COMMENT


@lru_cache(maxsize=4096)  # most articles of a publisher are built alike
def _is_nested(marks: tuple[str, ...]) -> bool:
    """Tell whether all tags stand where no parser would move them."""
    opened = [""]
    for mark in marks:
        if mark.startswith("/"):
            if opened.pop() != mark[1:]:
                return False
        elif mark and not may_hold(opened, mark):
            return False
        elif mark and mark not in VOID:
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
            parts[at] = _escaped(resolved)
        elif ">" in text or "\xa0" in text:
            parts[at] = text.replace(">", "&gt;").replace("\xa0", "&nbsp;")
    return True


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\xa0", "&nbsp;")


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
    if written.startswith("!"):
        return _NOTHING if _COMMENT.fullmatch(written) else None
    if written == "/br":
        return _learn(written, _tag("br"))  # what parsers make of it (HTML5, 13.2.6.4.7)
    if written.startswith("/"):
        name = written[1:]
        if name not in _INLINE and name not in _BLOCKS:
            return None
        return _learn(written, _NOTHING if name in VOID else _tag(name, "/"))
    found = _TAG.fullmatch(written)
    if found is None:
        return None
    name, attributes = found[1], found[2]
    if name not in _INLINE and name not in _BLOCKS:
        return None
    given = [(key, "".join(value)) for key, *value in _ATTRIBUTE.findall(attributes)]
    if name == "a":
        return _link(given, base_url)
    if name == "img":
        return _picture(given, base_url)
    if name not in _DROPPED and not _KEPT_BY[name].isdisjoint(key for key, _ in given):
        return _attributed(name, given)
    return _learn(written, _tag(name))


def _tag(name: str, slash: str = "") -> _Tag:
    between = " " if name in _CELLS else _LINE if name in _BLOCKS else ""
    name = _HEADINGS.get(name, name)
    mark = f"{slash}{name}"
    shown = f"<{slash}div>" if name in DIVISIONS else f"<{mark}>"
    return _Tag(mark, "" if name in _DROPPED else shown, between)


def _learn(written: str, tag: _Tag) -> _Tag:
    """Remember a tag: publishers write the same few, with the same classes and styles."""
    if len(_learnt) >= _MOST_LEARNT:
        _learnt.clear()
    _learnt[written] = tag
    return tag


def _attributed(name: str, given: Sequence[tuple[str, str]]) -> _Tag | None:
    """Write a tag with what the cleaner keeps of its attributes; those of renamed tags are odd."""
    kept = _kept(name, given)
    tag = _tag(name)
    if kept is None or tag.written != f"<{name}>":
        return None
    attributes = "".join([f' {key}="{value}"' for key, value in kept.items()])
    # A cell with attributes ends a line of words, as `plain_of_clean` has it.
    between = _LINE if name in _CELLS else tag.between
    return replace(tag, written=f"<{name}{attributes}>", between=between)


def _link(given: Sequence[tuple[str, str]], base_url: str | None) -> _Tag | None:
    """Write a link as the cleaner does; `None` where its address is in doubt."""
    kept = _kept("a", given)
    if kept is None:
        return None
    if _OTHER.fullmatch(kept.get("href", "")):
        del kept["href"]
    if "href" in kept and not _is_address(kept["href"]):
        return None
    attributes = [
        link_address(value, base_url)
        if name == "href" and not _ADDRESS.fullmatch(value)
        else f' {name}="{value}"'
        for name, value in kept.items()
    ]
    return _Tag("a", f'<a{"".join(attributes)} rel="{LINK_REL}">', "")


def _picture(given: Sequence[tuple[str, str]], base_url: str | None) -> _Tag | None:
    kept = _kept("img", given)
    if kept is None or not _is_address(kept.get("src", "")):
        return None
    return _Tag("img", picture(kept, base_url), "")


def _is_address(written: str) -> bool:
    """Tell a plain address of http, or one that is relative."""
    if "xn--" in written:
        return False
    return (_ADDRESS.fullmatch(written) or _RELATIVE.fullmatch(written)) is not None


def _kept(name: str, given: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    """Give the attributes that the cleaner keeps, in order; `None` where that is not certain."""
    if len(dict(given)) != len(given):
        return None
    kept = {}
    for key, value in given:
        if key in _KEPT_BY[name]:
            if "&" in value:
                resolved = _resolved(_OF_QUERY.sub("&amp;", value))
                if resolved is None:
                    return None
                value = resolved
            kept[key] = _escaped(value).replace('"', "&quot;")
    return kept


_NO_COMMENT = "!----"
_NOTHING = _Tag("", "", "")
_learnt: dict[str, _Tag] = {}
