"""What counts as plain: the checks and texts of the quick reader.

Each function gives what feedparser 6.0 makes of the same piece of a document, or raises `Unknown`
where that would take more than the common case.
"""

import re
from collections.abc import Collection

from lxml import etree

from feeds.foreign import Category, Person
from feeds.ingest.words import words
from feeds.urls import absolute

NONE: frozenset[str] = frozenset()


class Unknown(Exception):
    """Something that only the reference reader knows how to read."""


# Feedparser reads C1 controls as windows-1252.
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_C1_REFERENCE = re.compile(r"&#(?:1[2-5]\d|[xX]0*[89][0-9a-fA-F]);")
_OTHER_KINDS = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:_-]+(?:[/?#][^\s;]*)?")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_EMAIL = re.compile(
    r"([\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,4})(?: \(([^()<>&;@]+)\))?", re.ASCII
)
_DOMAIN = frozenset(("domain",))
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

# Elements that change nothing of what we read, by namespace; `None` stands for any name.
_HARMLESS: dict[str, tuple[str, ...] | None] = {
    "http://purl.org/rss/1.0/modules/slash/": None,
    "http://purl.org/rss/1.0/modules/syndication/": None,
    "http://purl.org/rss/1.0/modules/threading/": None,
    "http://purl.org/syndication/thread/1.0": ("total", "in-reply-to"),
    "http://wellformedweb.org/CommentAPI/": ("comment", "commentRss", "commentRSS"),
    "http://rssnamespace.org/feedburner/ext/1.0": ("info", "feedburnerHostname", "emailServiceId"),
    "com-wordpress:feed-additions:1": ("site", "post-id"),
    "http://a9.com/-/spec/opensearchrss/1.0/": ("totalResults", "startIndex", "itemsPerPage"),
    "http://a9.com/-/spec/opensearch/1.1/": ("totalResults", "startIndex", "itemsPerPage"),
    "http://schemas.google.com/g/2005": ("image", "extendedProperty"),
    "http://www.youtube.com/xml/schemas/2015": ("videoId", "channelId"),
    "http://www.w3.org/2007/app": ("edited",),
}


def check(root: etree._Element, text: str) -> None:
    """Check what the whole document must not have."""
    if any(space in _OTHER_KINDS for space in root.nsmap.values()):
        raise Unknown
    if "&#" in text and _C1_REFERENCE.search(text):
        raise Unknown
    if not text.isascii() and _C1.search(text.encode("utf-8", "ignore")):
        raise Unknown


def ignore(element: etree._Element) -> None:
    """Pass over an element that is known to change nothing."""
    space, _, name = str(element.tag).rpartition("}")
    names = _HARMLESS.get(space[1:], ())
    if len(element) or (names is not None and name not in names):
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


def resolved(link: str) -> str:
    """Give an address that is absolute already, the way feedparser writes it."""
    if "&" in link:
        link = _REFERENCE.sub(r"&\1", link.replace("&amp;", "&"))
    if not _ADDRESS.fullmatch(link) or link.endswith(("?", "#")) or "?#" in link:
        raise Unknown
    return link


def resolved_id(identity: str) -> str:
    """Give an id as a link, which feedparser takes it for where there is no other."""
    if identity.startswith("http"):
        return resolved(identity)
    if identity and not _SCHEME.match(identity):
        raise Unknown
    return identity


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
    return Category(words(text), words(scheme or ""))


def relation(link: etree._Element) -> str:
    """Name what a link leads to."""
    return link.get("rel", "alternate").lower()


def related(links: Collection[etree._Element], name: str, url: str) -> str | None:
    """Give the address of the first link of a relation."""
    for link in links:
        if relation(link) == name and link.get("href"):
            return absolute(url, resolved(link.get("href", "")))
    return None
