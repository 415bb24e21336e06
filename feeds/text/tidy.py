"""Tidy markup: HTML that can be cleaned without a parser, because it can be read in one way only.

Theory: most articles are paragraphs, links and pictures, each opened and closed in order, and a
parser takes five times as long for them as they need. Here the output is put together from what is
known: tags from a list, text without a bracket, references that name what can be seen, addresses
of plain http. So nothing unsafe comes out, whatever comes in. That the parser would have made the
same of it is the second question: at the first doubt it is asked (`None`), and the tests hold both
to the same result.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from feeds.text.ends import with_ends
from feeds.text.normalise import without_forbidden
from feeds.text.references import UNSEEN, resolved, rewritten
from feeds.text.settled import BETWEEN_CELLS, OUTSIDE, PRE_LINE
from feeds.text.slips import EXCUSE, is_foreign
from feeds.text.tags import HIDING, LEARNT, LINE, NOTHING, Tag, plain_tag, read_tag

_MOST_TAGS = 10_000
_SPLIT = re.compile("<([^>]*+)>")
# What the cleaner takes away with all that is in it is taken for one tag: comments, what a parser
# reads as text, and what plays. Nothing in it may close what is open around it, nor begin one of
# its own kind: the end of each would be sought up to the last letter.
_REST = r"(?:\s(?:[^<>\"'=]|=\s*+(?:\"[^<>\"]*\"|'[^<>']*'|[^\s<>\"'=]))*+)?"
_WITHIN = (
    rf"(?:[^<>]|<(?:source|track|img|/?(?:svg|g|path|rect|circle|line|polyline|polygon)){_REST}>"
    rf"|<a{_REST}>[^<>]*</a>|<span{_REST}>[^<>]*</span>)*+"
)
_HIDDEN = re.compile("<!--|</(?:script|style|title|audio|video|canvas|button|noscript)>")
_HIDDEN_WHOLE = re.compile(
    rf"script{_REST}>(?:[^<]|<(?!/?script|!--))*+</script"
    + "".join(rf"|{name}{_REST}>(?:[^<]|<(?!/?{name}))*+</{name}" for name in ("style", "title"))
    + "".join(
        rf"|{name}{_REST}>{_WITHIN}</{name}"
        for name in ("audio", "video", "canvas", "button", "noscript")
    )
)
_SPLIT_WITH_HIDDEN = re.compile(
    r"<(!--(?!>|->)(?:[^-<]|-(?!-)|<(?:[^-<>]|-(?!-))*>)*+--"
    rf"|{_HIDDEN_WHOLE.pattern}|[^<>]*)>"
)
_PLAIN = bytes([9, 10, *range(32, 127)])
_BEGINNING = 256
_PRE_LINES = re.compile(rf"{PRE_LINE.pattern}\n")
# What is cut out of a text before it is parsed, so that a reference may come about around it.
_CUT_OUT = ("iframe", "svg")
_CUT = re.compile("&[#A-Za-z0-9]*<")
_ODD = frozenset(("pre", "table", "iframe", "svg"))
# What is left of references; the ampersand last, so that nothing is read twice.
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\xa0"), ("&amp;", "&"))
_NO_TAGS: tuple[tuple[str, ...], ...] = ((), (), ())


class Tidied(NamedTuple):
    """Clean HTML; its texts and tags by turns, and what stands for its tags between words.

    `is_plain` tells that all white space are spaces, tabs, ends of lines and `&nbsp;`.
    """

    html: str
    parts: list[str]
    between: Sequence[str]
    is_plain: bool

    def words(self) -> str:
        """Give the words, with an end of line for each tag of a block."""
        parts = self.parts[:]
        parts[1::2] = self.between
        words = "".join(parts).replace("\n", " ").replace(LINE, "\n").replace("\t", " ")
        if "&" in words:
            for reference, char in _REFERENCES:
                words = words.replace(reference, char)
        return words


def tidied(html: str, base_url: str | None) -> Tidied | None:
    """Clean HTML that is tidy; `None` for all other."""
    html, has_more = resolved(html) if "&" in html else (html, False)
    is_plain = _is_plain(html)
    if not is_plain:
        html = without_forbidden(html)
        if not UNSEEN.sub("", html.replace("\n", "")).isprintable():
            return None
    if "\xa0" in html:
        html = html.replace("\xa0", "&nbsp;")
    if html.rfind("<") > html.rfind(">"):  # besides, each tag's end would be sought up to here
        return None
    parts = _SPLIT.split(html)  # texts and tags by turns; each bracket that opens began a tag
    tags = _read(parts, base_url)
    found = None if tags is None else _tidied(html, parts, tags, is_plain, has_more)
    if found is None and _HIDDEN.search(html):
        parts = _SPLIT_WITH_HIDDEN.split(html)
        if "<" not in "".join(parts[::2]):
            tags = _read(parts, base_url, may_hide=True)
            found = None if tags is None else _tidied(html, parts, tags, is_plain, has_more)
    return found


def _is_plain(html: str) -> bool:
    """Tell that there are no controls, no unseen marks, and no white space of other kinds."""
    if _is_mostly_ascii(html):  # then it is told for half by bytes, which costs others double
        raw = html.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
        rest = raw.decode("utf-8", "surrogatepass")
    else:
        rest = html.replace("\n", " ").replace("\t", " ")
    return rest.isprintable() or rest.replace("\xa0", "").isprintable()


def _is_mostly_ascii(html: str) -> bool:
    """Guess by how a text begins."""
    beginning = html[:_BEGINNING]
    return html.isascii() or len(beginning.encode("utf-8", "replace")) < 1.1 * len(beginning)


def _tidied(
    html: str, parts: list[str], tags: list[Tag], is_plain: bool, has_more: bool
) -> Tidied | None:
    """Clean HTML by its texts and tags, which take turns; they are changed in place."""
    # Before texts meet where a tag between them is left out: "&am</i>p;" is no reference.
    if (has_more or html.count(">") != len(tags)) and not _rewrite(parts):
        return None
    marks, shown, between = zip(*tags, strict=True) if tags else _NO_TAGS
    if not _is_nested(marks):
        parts, tags = _mended(parts, tags)
        marks, shown, between = zip(*tags, strict=True) if tags else _NO_TAGS
        if not _is_nested(marks):
            return None
    parts[1::2] = shown
    clean = "".join(parts)
    if odd := _ODD.intersection(marks):
        if not _is_as_parsed(odd, html, clean):
            return None
        clean = PRE_LINE.sub(r"\1", clean)
    return Tidied(clean, parts, between, is_plain)


def _is_as_parsed(odd: frozenset[str], html: str, clean: str) -> bool:
    """Tell whether texts stand as a parser would leave them, where odd elements are around."""
    if "pre" in odd and _PRE_LINES.search(clean):
        return False
    if "table" in odd and BETWEEN_CELLS.search(clean):
        return False
    if "iframe" in odd and EXCUSE.search(html, html.find("<iframe")):
        return False
    if "svg" in odd and not is_foreign(html):
        return False
    return odd.isdisjoint(_CUT_OUT) or _CUT.search(html) is None


def _read(parts: list[str], base_url: str | None, may_hide: bool = False) -> list[Tag] | None:
    """Read all tags; `None` where one is in doubt, or holds a bracket and hides nothing.

    What hides others becomes one tag with them, in `parts` too.
    """
    written = parts[1::2]
    if len(written) > _MOST_TAGS:
        return None
    tags = [*map(LEARNT.get, written)]
    last, hiding = -1, []
    for at, each in enumerate(tags):
        if each is None and at > last:
            tag = read_tag(written[at], base_url) if may_hide or "<" not in written[at] else None
            if tag is None:
                tag, last = _hiding(parts, at)
                if tag is None:
                    return None
                hiding.append((at, last))
            tags[at] = tag
    for at, last in reversed(hiding):
        parts[2 * at + 1 : 2 * last + 2] = [""]
        tags[at + 1 : last + 1] = []
    return cast("list[Tag]", tags)


def _hiding(parts: Sequence[str], at: int) -> tuple[Tag | None, int]:
    """Give what a tag becomes that hides others, and the number of the last of them."""
    name = parts[2 * at + 1].partition(" ")[0]
    if name not in HIDING:
        return None, 0
    for last in range(at + 1, len(parts) // 2):
        if parts[2 * last + 1].endswith(f"/{name}"):
            pieces = [*parts[2 * at + 1 : 2 * last + 2]]
            pieces[1::2] = [f">{text}<" for text in pieces[1::2]]
            return (HIDING[name] if _HIDDEN_WHOLE.fullmatch("".join(pieces)) else None), last
    return None, 0


def _is_nested(marks: Iterable[str]) -> bool:
    """Tell whether all tags stand where no parser would move them."""
    nest = OUTSIDE
    for mark in marks:
        nest = nest[mark]
    return nest is OUTSIDE


def _mended(parts: list[str], tags: list[Tag]) -> tuple[list[str], list[Tag]]:
    """Put in the tags that were left out, as far as that is certain."""
    places = with_ends([tag.mark for tag in tags])
    if places is None:
        return parts, tags
    texts, tags = [*parts[::2], ""], [*tags, NOTHING]
    for at, marks in sorted(places.items(), reverse=True):
        new = [tags[at] if mark == tags[at].mark else plain_tag(mark) for mark in marks]
        tags[at : at + 1] = new
        if new:
            texts[at + 1 : at + 1] = [""] * (len(new) - 1)
        else:
            texts[at : at + 2] = [texts[at] + texts[at + 1]]
    parts = [""] * (len(texts) + len(tags))
    parts[::2] = texts
    return parts, tags


def _rewrite(parts: list[str]) -> bool:
    """Write texts as the cleaner does; tells whether that could be done."""
    texts = "<".join(parts[::2])
    found = rewritten(texts) if "&" in texts else texts
    if found is None:
        return False
    parts[::2] = found.replace(">", "&gt;").split("<")
    return True
