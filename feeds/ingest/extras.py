"""What an item says beside its text: files, comments, licence, a line under the title.

Both readers of XML feeds take it straight from the tree, so that they can't disagree on it.
"""

from collections.abc import Iterable

from lxml import etree

from feeds.foreign import NO_EXTRAS, Enclosure, Extras
from feeds.ingest.elements import ATOM, ITUNES, text_of
from feeds.ingest.words import words
from feeds.urls import absolute

# An item's own namespaces in the versions of RSS and Atom; feedparser takes them for one.
_OWN = (
    "",
    ATOM,
    "{http://purl.org/atom/ns#}",
    "{http://purl.org/rss/1.0/}",
    "{http://my.netscape.com/rdf/simple/0.9/}",
    "{http://backend.userland.com/rss2}",
    "{http://blogs.law.harvard.edu/tech/rss}",
)
_ITUNES = (
    ITUNES,
    "{http://www.itunes.com/DTDs/Podcast-1.0.dtd}",
    "{http://www.itunes.com/DTDs/PodCast-1.0.dtd}",
    "{http://example.com/DTDs/PodCast-1.0.dtd}",
)
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_KINDS = {
    **{f"{space}{name}": name for space in _OWN for name in ("enclosure", "link", "comments")},
    "{http://purl.org/rss/1.0/modules/slash/}comments": "count",
    "{http://purl.org/syndication/thread/1.0}total": "count",
    "{http://backend.userland.com/creativeCommonsRssModule}license": "licence",
    "{http://web.resource.org/cc/}license": "licence",
    "{http://creativecommons.org/ns#}license": "licence",
    **{f"{space}subtitle": "subtitle" for space in _ITUNES},
}
_RELATIONS = {"enclosure": "enclosure", "replies": "comments", "license": "licence"}


def read_extras(children: Iterable[etree._Element], url: str) -> Extras:
    """Read an item's children; those that say nothing of this kind may be left out of them."""
    found: dict[str, list[etree._Element]] = {}
    for child in children:
        kind = _KINDS.get(child.tag)
        if kind == "link":
            kind = _RELATIONS.get(child.get("rel", "").lower())
        if kind:
            found.setdefault(kind, []).append(child)
    if not found:
        return NO_EXTRAS
    files = (_enclosure(each, url) for each in found.get("enclosure", ()))
    return Extras(
        enclosures=tuple(each for each in files if each),
        comments_url=_first_address(found.get("comments", ()), url),
        comment_count=read_count(text_of(found["count"][0])) if "count" in found else None,
        licence_url=_first_address(found.get("licence", ()), url),
        subtitle=words(text_of(found["subtitle"][0])) if "subtitle" in found else "",
    )


def read_count(text: str | None) -> int | None:
    """Read a number of bytes or comments; `None` for anything that can't be one."""
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _enclosure(element: etree._Element, url: str) -> Enclosure | None:
    address = absolute(element.base or url, _address(element))
    if address is None:
        return None
    return Enclosure(address, element.get("type", "").strip(), read_count(element.get("length")))


def _first_address(elements: Iterable[etree._Element], url: str) -> str | None:
    addresses = (absolute(each.base or url, _address(each)) for each in elements)
    return next(filter(None, addresses), None)


def _address(element: etree._Element) -> str:
    place = element.get("href") or element.get("url") or element.get(_RESOURCE)
    return (place or text_of(element)).strip()
