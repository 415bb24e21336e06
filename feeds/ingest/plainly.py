"""What counts as plain: the checks and texts of the quick reader.

Each function gives what feedparser 6.0 makes of the same piece of a document, or raises `Unknown`
where that would take more than the common case.
"""

import re
from collections.abc import Collection
from copy import deepcopy
from functools import lru_cache
from urllib.parse import urljoin

from lxml import etree

from feeds.foreign import Category, Person
from feeds.ingest.elements import is_media
from feeds.ingest.encoding import MARKS_1252
from feeds.ingest.reference import means_nothing
from feeds.ingest.words import words
from feeds.urls import absolute

NONE: frozenset[str] = frozenset()


class Unknown(Exception):
    """Something that only the reference reader knows how to read."""


# Feedparser reads C1 controls as windows-1252.
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_FEW = 256
_C1_CHAR = re.compile("[\x80-\x9f]")
_TEXTS = (
    "title",
    "description",
    "encoded",
    "summary",
    "content",
    "subtitle",
    "creator",
    "category",
)
# Begins with what is rarer than an ampersand, and so is found faster.
_C1_REFERENCE = re.compile(rb"#(?<=&#)(?:1[2-5]\d|[xX]0*[89][0-9a-fA-F]);")
_OTHER_KINDS = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:_-]+(?:[/?#][^\s;]*)?")
_PATH = re.compile(r"(?:/|/?[A-Za-z0-9_~%][A-Za-z0-9_~%.=&/-]*)(?:\?[A-Za-z0-9_~%.=&/-]+)?")
_HOME = re.compile(r"https?://[A-Za-z0-9.:_-]+(?=[/?#]|$)")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_EMAIL = re.compile(
    r"([\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,4})(?: \(([^()<>&;@]+)\))?", re.ASCII
)
_DOMAIN = frozenset(("domain",))
_THREAD = "{http://purl.org/syndication/thread/1.0}"
_LINK_ATTRIBUTES = frozenset(
    ("href", "rel", "type", "hreflang", "length", "title", f"{_THREAD}count", f"{_THREAD}updated")
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def check(root: etree._Element, raw: bytes) -> etree._Element:
    """Check what the whole document must not have; gives the root that is to be read."""
    if any(space in _OTHER_KINDS for space in root.nsmap.values()):
        raise Unknown
    return _with_marks(root) if _has_marks(raw) else root


def _has_marks(raw: bytes) -> bool:
    """Tell whether a text in UTF-8 has a C1 control, or a reference to one."""
    return _C1_REFERENCE.search(raw) is not None or _has_c1(raw)


def _has_c1(raw: bytes) -> bool:
    """Tell whether there is a C1 control, for less than a pattern costs where few may be."""
    parts = raw.split(b"\xc2", _FEW)[1:]
    if len(parts) == _FEW:
        return _C1.search(raw) is not None
    return any(b"\x80" <= part[:1] < b"\xa0" for part in parts)


def _with_marks(root: etree._Element) -> etree._Element:
    """Copy a tree with C1 controls read as windows-1252, as feedparser does in its texts."""
    root = deepcopy(root)
    for element in root.iter():
        text = element.text or ""
        if not text.isascii() and _C1_CHAR.search(text):
            if str(element.tag).rpartition("}")[2] not in _TEXTS or is_media(element):
                raise Unknown
            element.text = fixed(text).translate(MARKS_1252)
    return root


def ignore(element: etree._Element) -> None:
    """Pass over an element that is known to change nothing, nor does anything in it."""
    for each in (element, *element.iterdescendants()) if len(element) else (element,):
        space, _, name = str(each.tag).rpartition("}")
        if not means_nothing(space[1:], each.prefix or "", name):
            raise Unknown


def plain_text(element: etree._Element | None, attributes: frozenset[str] = NONE) -> str:
    """Give the text of an element that has nothing but text and these attributes."""
    if element is None:
        return ""
    keys = element.keys()
    if len(element) or (keys and not attributes.issuperset(keys)):
        raise Unknown
    text = element.text
    return text.strip() if text else ""


def fixed(text: str) -> str:
    """Undo UTF-8 that was taken for ISO 8859-1 and encoded once more."""
    if text.isascii():
        return text
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def resolved_text(link: str, base: str) -> str:
    """Give the address that is the text of an item's link, where references are undone."""
    link = fixed(link)
    if "&" in link:
        link = _REFERENCE.sub(r"&\1", link.replace("&amp;", "&"))
    return resolved(link, base)


def resolved(link: str, base: str) -> str:
    """Give an address that is absolute, or a plain path, the way feedparser writes it."""
    if "&" in link and _REFERENCE.search(link):
        raise Unknown
    is_path = not link.startswith("http") or not link.startswith(("http://", "https://"))
    if is_path and _PATH.fullmatch(link) and "/." not in link and "//" not in link:
        if not _HOME.match(base):
            raise Unknown
        return urljoin(base, link)
    if not _ADDRESS.fullmatch(link) or link.endswith(("?", "#")) or "?#" in link:
        raise Unknown
    return link


def resolved_id(identity: str, base: str) -> str:
    """Give an id as a link, which feedparser takes it for where there is no other."""
    if identity.startswith("http"):
        return resolved(identity, base)
    return resolved(identity, base) if identity and not _SCHEME.match(identity) else identity


@lru_cache(maxsize=4096)
def person(text: str) -> Person:
    """Read an RSS author, who should be an e-mail address with a name in brackets."""
    if "@" not in text:
        return Person(words(text))
    written = _EMAIL.fullmatch(text)
    if written is None:
        raise Unknown
    return Person(words((written[2] or "").strip()), written[1])


def category(element: etree._Element) -> Category:
    """Read a category of RSS; raises `Unknown` for a list that none of its terms is from."""
    text = fixed(plain_text(element, _DOMAIN))
    scheme = element.get("domain")
    if scheme and not text:
        raise Unknown
    return category_of(text, scheme or "")


@lru_cache(maxsize=4096)
def category_of(text: str, scheme: str) -> Category:
    """Make a category of a term and the list that it is from."""
    return Category(words(text), words(scheme))


def check_link(link: etree._Element) -> None:
    """Check that a link of Atom says where it leads, and nothing else."""
    if not link.get("href") or plain_text(link, _LINK_ATTRIBUTES):
        raise Unknown


def relation(link: etree._Element) -> str:
    """Name what a link leads to."""
    return link.get("rel", "alternate").lower()


def related(links: Collection[etree._Element], name: str, url: str) -> str | None:
    """Give the address of the first link of a relation."""
    for link in links:
        if relation(link) == name and link.get("href"):
            return absolute(url, resolved(link.get("href", ""), url))
    return None
