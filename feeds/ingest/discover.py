"""Feeds that an HTML page points to (RSS autodiscovery; HTML Living Standard §4.6.7.1).

Theory: a source that is polled under the wrong feed of its site brings the wrong news for years,
and looks healthy. So what is chosen carries its reason, and feeds of comments come last.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

from feeds.ingest.encoding import decode
from feeds.ingest.page import base_of
from feeds.urls import absolute, canonicalise, url_key

_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
)
_READ_BYTES = 2**20
# `comments` of WordPress and Blogger; the others as sites in our languages call them.
_COMMENTS = re.compile(r"comment|replies|reply|bình[ -]luận|binh-luan|phản[ -]hồi", re.IGNORECASE)
# Below the page first, so that a section's page gives the section's feed; then WordPress, others.
_BELOW = ("feed/", "rss", "rss.xml")
_COMMON = ("/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be the page's feed, with the reason for its place among the others."""

    url: str
    why: str
    is_of_comments: bool = False


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    title: str

    @property
    def is_of_comments(self) -> bool:
        return bool(_COMMENTS.search(self.title) or _COMMENTS.search(self.url))


def discover(body: bytes, url: str) -> list[str]:
    """List the addresses of a page's feeds, in document order, each once."""
    return [link.url for link in _links(body, url)]


def candidates(body: bytes, url: str) -> list[Candidate]:
    """Order the feeds that a page names, the one that it means first.

    A feed that names the page's own place (a section) goes before the site's, the site's before
    those of comments, and what stands first before the rest.
    """
    links = _links(body, url)
    place = canonicalise(url).partition("?")[0].rstrip("/").rpartition("/")[2]
    place = place.partition(".")[0] if url_key(url).partition("/")[2] else ""

    def worth(link: _Link) -> tuple[bool, bool]:
        return link.is_of_comments, not (place and _names(link.url, place))

    ordered = sorted(links, key=worth)
    return [
        Candidate(link.url, _why(link, place, len(links)), link.is_of_comments) for link in ordered
    ]


def common_places(url: str) -> list[str]:
    """List where a page's feed often is, though the page names none; the page's own place first."""
    address = canonicalise(url).partition("?")[0].partition("#")[0]
    below = [f"{address.rstrip('/')}/{name}" for name in _BELOW]
    at_root = [absolute(address, path) for path in _COMMON]
    return list(dict.fromkeys([*below, *filter(None, at_root)]))


def _names(url: str, place: str) -> bool:
    return place.lower() in re.split(r"[/.?=&_]", url.partition("://")[2].partition("/")[2].lower())


def _why(link: _Link, place: str, count: int) -> str:
    if link.is_of_comments:
        return "a feed of comments: no other could be read"
    if count == 1:
        return "the only feed that the page names"
    if place and _names(link.url, place):
        return f"of {count} feeds that the page names, the one of {place!r}"
    return f"of {count} feeds that the page names, the first that is not of comments"


def _links(body: bytes, url: str) -> list[_Link]:
    text = decode(body[:_READ_BYTES], {})
    try:
        root = html.document_fromstring(
            text.encode("utf-8", "ignore"), html.HTMLParser(encoding="utf-8")
        )
    except etree.ParserError:
        return []
    found = {link.url: link for link in reversed([*_feeds(root, base_of(root, url))])}
    return list(reversed(found.values()))


def _feeds(root: etree._Element, base: str) -> Iterator[_Link]:
    for link in root.iter("link"):
        if _is_feed(link):
            address = absolute(base, link.get("href", "").strip())
            if address is not None:
                yield _Link(address, link.get("title", ""))


def _is_feed(link: etree._Element) -> bool:
    relations = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    return "alternate" in relations and kind in _FEED_TYPES
