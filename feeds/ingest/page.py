"""An article page as a tree, and the few things that every reader of one asks of it."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree, html

from feeds.errors import BadEntry
from feeds.ingest.encoding import decode
from feeds.text.normalise import without_forbidden

BLOCKS = (
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "blockquote",
    "pre",
    "td",
    "th",
    "dt",
    "dd",
)
_INLINE = """
    a abbr acronym b big cite code del em font i ins kbd mark q s small span strike strong sub sup
    time tt u var wbr
"""
INLINE = frozenset(_INLINE.split())
_CAMEL = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"\W+")


def open_page(raw: bytes, headers: Mapping[str, str]) -> html.HtmlElement:
    """Decode and parse a page; raises `BadEntry` for what has no element at all."""
    text = without_forbidden(decode(raw, headers))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "ignore"), parser)
    except etree.ParserError as exc:
        raise BadEntry("no article text found on the page") from exc


def words_of(element: etree._Element) -> str:
    """Give an element's text on one line."""
    return " ".join("".join(str(part) for part in element.itertext()).split())


def key(text: str) -> str:
    """Reduce a text to its letters and digits, so that two renderings of it are equal."""
    return _NOT_WORD.sub("", text).casefold()


def blocks(root: etree._Element) -> Iterator[etree._Element]:
    """List the blocks that hold text and no other block, in document order."""
    for element in list(root.iter(*BLOCKS)):
        if next(element.iterdescendants(*BLOCKS), None) is None:
            yield element


def names_of(element: etree._Element) -> str:
    """Give what a publisher calls an element: class and id in lower case, words apart by `-`."""
    given = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    return _CAMEL.sub("-", given).lower().replace("_", "-") if given else ""


def drop(element: etree._Element) -> None:
    """Take an element out and leave the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
