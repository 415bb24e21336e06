"""Sitemaps: what a site lists for search engines, read as we read feeds.

Theory: a news sitemap says titles and dates and is as good as a feed of titles; a plain one says
addresses alone, so its entries are links whose pages must be read. An index names further
documents: its newest parts hold the news, the oldest are archives that nobody asked for.
Formats: sitemaps.org 0.9; Google's news (0.9) and image (1.1) extensions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml import etree

from feeds.errors import NotAFeed
from feeds.ingest.body import Body
from feeds.ingest.dates import read_date
from feeds.ingest.document import open_document
from feeds.ingest.parse import MOST_ENTRIES
from feeds.ingest.tree import grow
from feeds.ingest.trim import newest
from feeds.ingest.words import words
from feeds.model import BrokenEntry, Entry, Image, ParsedFeed
from feeds.urls import absolute

MOST_LISTED = 50_000  # sitemaps.org: as many as one document may hold
# Parts that changed longer than this before the newest one are archives.
FRESH = timedelta(days=7)
KIND = "sitemap"
NEWS_KIND = "newssitemap"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Part:
    """A document that an index names; `modified` is `None` where the index doesn't say."""

    url: str
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class Index:
    """A sitemap index: its parts in document order."""

    parts: tuple[Part, ...]

    @property
    def is_dated(self) -> bool:
        """Tell whether a change of any part changes the index too."""
        return all(part.modified for part in self.parts)


def read_sitemap(
    raw: bytes, headers: Mapping[str, str], url: str, zone: str, most_bytes: int = 8 * 2**20
) -> ParsedFeed | Index | None:
    """Read a sitemap or an index, gzip'd or not; `None` for a document of another kind.

    Raises `NotAFeed` for what can be no document at all, and `FetchFailed` for gzip beyond limits.
    """
    document = open_document(unpacked(raw, most_bytes), headers)
    name = document.root.rpartition(":")[2].lower()
    if name not in ("urlset", "sitemapindex"):
        return None
    tree = grow(document, url)
    if tree.root is None:
        raise NotAFeed(f"not well-formed: {tree.fault}")
    if name == "sitemapindex":
        return Index(tuple(_parts(tree.root, url, zone)))
    listed = _listed(tree.root, url, zone, is_whole=tree.is_whole)
    return replace(listed, notes=(f"not well-formed: {tree.fault}",)) if tree.fault else listed


def unpacked(raw: bytes, most_bytes: int) -> bytes:
    """Unpack a file that is gzip'd itself (`.xml.gz`), in bounded steps."""
    if not raw.startswith(_GZIP):
        return raw
    body = Body("gzip", most_bytes)
    body.feed(raw)
    return body.finish()


def freshest(index: Index, most: int) -> list[Part]:
    """Choose the parts that are worth a fetch, newest first; those without a date stay in order.

    Without any date the last ones count as the newest, since indexes grow at their end.
    """
    dated = sorted((part for part in index.parts if part.modified), key=_modified, reverse=True)
    fresh = [part for part in dated if _modified(dated[0]) - _modified(part) <= FRESH]
    undated = [part for part in index.parts if not part.modified]
    return [*fresh, *reversed(undated)][:most]


def joined(documents: list[ParsedFeed], is_whole: bool) -> ParsedFeed:
    """Put the parts of an index together; the newest entries win, wherever they stood."""
    entries = [entry for one in documents for entry in one.entries]
    kept = newest(entries, [entry.published or entry.updated for entry in entries], MOST_ENTRIES)
    listed = [one.listed for one in documents]
    all_listed = tuple(url for one in listed for url in one or ())
    kinds = {one.kind for one in documents}
    return ParsedFeed(
        kind=NEWS_KIND if kinds == {NEWS_KIND} else KIND,
        title="",
        entries=tuple(kept),
        broken=tuple(each for one in documents for each in one.broken)[:MOST_ENTRIES],
        notes=tuple(dict.fromkeys(note for one in documents for note in one.notes)),
        dropped=sum(one.dropped for one in documents) + len(entries) - len(kept),
        listed=all_listed if is_whole and None not in listed else None,
    )


def _modified(part: Part) -> datetime:
    assert part.modified is not None
    return part.modified


def _parts(root: etree._Element, url: str, zone: str) -> Iterator[Part]:
    for element in _children(root, "sitemap"):
        address = absolute(url, _text(element, "loc"))
        if address:
            yield Part(address, read_date(_text(element, "lastmod"), zone))


def _listed(root: etree._Element, url: str, zone: str, is_whole: bool) -> ParsedFeed:
    entries: list[Entry] = []
    broken: list[BrokenEntry] = []
    for element in _children(root, "url"):
        address = absolute(url, _text(element, "loc"))
        if address is None:
            label = _text(element, "loc")[:200]
            broken.append(BrokenEntry(label, f"no web address: {label!r}"))
        else:
            entries.append(_entry(element, address, zone))
    is_news = any(entry.title for entry in entries)
    kept = newest(entries, [entry.published or entry.updated for entry in entries], MOST_ENTRIES)
    whole = is_whole and not is_news and not broken and len(entries) <= MOST_LISTED
    return ParsedFeed(
        kind=NEWS_KIND if is_news else KIND,
        title="",
        entries=tuple(kept),
        broken=tuple(broken[:MOST_ENTRIES]),
        dropped=len(entries) - len(kept),
        listed=tuple(entry.url for entry in entries if entry.url) if whole else None,
    )


def _entry(element: etree._Element, address: str, zone: str) -> Entry:
    news = next(_children(element, "news"), None)
    updated = read_date(_text(element, "lastmod"), zone)
    image = _image(element, address)
    if news is None:
        return Entry(guid=None, url=address, title="", updated=updated, image=image)
    about = next(_children(news, "publication"), None)
    keywords = (words(each) for each in _text(news, "keywords").split(","))
    return Entry(
        guid=None,
        url=address,
        title=words(_text(news, "title")),
        categories=tuple(dict.fromkeys(filter(None, keywords))),
        published=read_date(_text(news, "publication_date"), zone),
        updated=updated,
        image=image,
        language=(_text(about, "language") or None) if about is not None else None,
    )


def _image(element: etree._Element, base: str) -> Image | None:
    for each in _children(element, "image"):
        address = absolute(base, _text(each, "loc"))
        if address:
            caption = words(_text(each, "caption") or _text(each, "title"))
            return Image(address, caption=caption)
    return None


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Give the children of a name, whatever namespace they were written in."""
    for child in parent:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2].lower() == name:
            yield child


def _text(parent: etree._Element, name: str) -> str:
    for child in _children(parent, name):
        return " ".join("".join(str(part) for part in child.itertext()).split())
    return ""
