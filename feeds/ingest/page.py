"""An article page as a tree, and the few things that every reader of one asks of it."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree, html

from feeds.errors import BadEntry
from feeds.ingest.encoding import decode
from feeds.text.normalise import without_forbidden
from feeds.urls import absolute

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
# Parsers need time in the square of a tag's attributes, extractors in that of a page's elements;
# of 354 real pages the largest had 2,730 elements, so both bounds are far from any article.
_LONGEST_TAG = 64 * 1024
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{_LONGEST_TAG}}}")
_MOST_TAGS = 50_000
# Files that people hand in as links, by their first bytes (mimesniff.spec.whatwg.org §6): PDF,
# pictures, archives and new Office documents, old Office documents, RTF.
_FILES = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
)
_FILE_TYPES = re.compile(
    r"(?:image|audio|video|font)/|text/(?:css|csv|calendar|javascript)"
    r"|application/(?!xml|xhtml|html|[\w.-]+\+xml)",
    re.IGNORECASE,
)
# Names of files that are shown where a picture is yet to come, or where there is none.
_PLACEHOLDER = re.compile(
    r"[^/]*placeholder[^/]*|(?:[^/]*[-_])?(?:blank|spacer|transparent)"
    r"|1x1|pixel|empty|clear|(?:ajax[-_])?load(?:er|ing)|lazy(?:load)?|no[-_]?image",
    re.IGNORECASE,
)
_DATA_URL = re.compile(r"data:image/[^\"'>\s]{1000,}")
_MOST_PARTS = 500
_CAMEL = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"\W+")


def open_page(raw: bytes, headers: Mapping[str, str]) -> html.HtmlElement:
    """Decode and parse a page; raises `BadEntry` for other files, and for elements beyond measure.

    Pictures that are written into the page (`data:`) go: no one stores them, and they are long.
    Those of AMP (`amp-img`) are as any other.
    """
    declared = headers.get("content-type", "").strip()
    if _is_other_file(raw, declared):
        raise BadEntry(f"no page, but a file of another kind: {declared[:100] or 'of no type'}")
    text = _DATA_URL.sub("", without_forbidden(decode(raw, headers)))
    if _LONG_TAG.search(text):
        raise BadEntry(f"a tag of more than {_LONGEST_TAG} characters")
    if text.count("<") > _MOST_TAGS:
        raise BadEntry(f"a page of more than {_MOST_TAGS} tags")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "ignore"), parser)
    except etree.ParserError as exc:
        raise BadEntry("no article text found on the page") from exc
    for picture in list(root.iter("amp-img")):
        picture.tag = "img"
    return root


def _is_other_file(raw: bytes, declared: str) -> bool:
    """Tell a file of another kind; of what begins as markup does, no server's word makes one."""
    head = raw[:1024].lstrip()
    return head.startswith(_FILES) or (
        _FILE_TYPES.match(declared) is not None and b"<" not in head.replace(b"\0", b"")[:4]
    )


def base_of(root: etree._Element, url: str) -> str:
    """Give what relative addresses of a page are against: the first `<base href>`, else itself."""
    for element in root.iter("base"):
        if element.get("href"):
            return absolute(url, element.get("href", "").strip()) or url
    return url


def holds_place(address: str) -> bool:
    """Tell by a picture's name that it only stands where another one is to be, or none is."""
    name = address.partition("?")[0].rpartition("/")[2]
    return _PLACEHOLDER.fullmatch(name.rpartition(".")[0] or name) is not None


def words_of(element: etree._Element) -> str:
    """Give an element's text on one line."""
    return " ".join("".join(str(part) for part in element.itertext()).split())


def is_longer(element: etree._Element, most: int) -> bool:
    """Tell whether an element has more words than so many characters, without reading it all.

    One in very many parts counts as long.
    """
    size = 0
    for at, part in enumerate(element.itertext()):
        size += len(str(part).strip())
        if size > most or at > _MOST_PARTS:
            return True
    return False


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
