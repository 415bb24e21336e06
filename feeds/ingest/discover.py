"""Feeds that an HTML page points to (RSS autodiscovery; HTML Living Standard §4.6.7.1)."""

from lxml import etree, html

from feeds.ingest.encoding import decode
from feeds.urls import absolute

_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
)
_READ_BYTES = 2**20


def discover(body: bytes, url: str) -> list[str]:
    """List the addresses of a page's feeds, in document order, each once."""
    text = decode(body[:_READ_BYTES], {})
    try:
        root = html.document_fromstring(
            text.encode("utf-8", "ignore"), html.HTMLParser(encoding="utf-8")
        )
    except etree.ParserError:
        return []
    base = _base(root, url)
    found = (
        absolute(base, link.get("href", "").strip()) for link in root.iter("link") if _is_feed(link)
    )
    return list(dict.fromkeys(filter(None, found)))


def _base(root: etree._Element, url: str) -> str:
    for element in root.iter("base"):
        if element.get("href"):
            return absolute(url, element.get("href", "").strip()) or url
    return url


def _is_feed(link: etree._Element) -> bool:
    relations = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    return "alternate" in relations and kind in _FEED_TYPES
