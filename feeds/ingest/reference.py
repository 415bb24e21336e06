"""XML feeds by feedparser: the reader that knows every dialect, patient and slow.

The only file that touches feedparser. Its sanitising and resolving are off, because a draft's
HTML is sanitised and resolved by us. It is handed bytes in a `BytesIO` always: a text that
names a local file would be opened.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from feeds.errors import NotAFeed
from feeds.ingest.dates import read_date
from feeds.ingest.elements import Details, deleted_ids, details, items_of
from feeds.ingest.tree import Tree
from feeds.ingest.words import as_html, words
from feeds.model import BrokenEntry, Entry, Image, ParsedFeed
from feeds.urls import absolute, is_web

# What feedparser and the reading below can raise over one odd value.
_ODD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError)
_PICTURE = re.compile(r"image/|image$")


@dataclass(frozen=True, slots=True)
class _About:
    """What an entry's reading depends on besides the entry."""

    feed: Any
    url: str
    zone: str
    is_atom: bool


def read_by_reference(tree: Tree, url: str, zone: str) -> ParsedFeed:
    """Read any RSS, RDF, Atom or CDF feed; raises `NotAFeed` where nothing is found."""
    result = _parse(tree.text, url)
    kind = str(result.get("version") or "") or _kind(tree)
    if not kind and not result.entries:
        raise NotAFeed(f"not well-formed: {tree.fault}" if tree.fault else "XML, but no feed")
    if not tree.is_whole and not result.entries:
        raise NotAFeed(f"not well-formed: {tree.fault}")
    feed = result.feed
    about = _About(feed, url, zone, kind.startswith("atom"))
    found = list(_read_all(result.entries, _aligned(tree, len(result.entries)), about))
    return ParsedFeed(
        kind=kind or "xml",
        title=_text(feed, "title"),
        entries=tuple(each for each in found if isinstance(each, Entry)),
        home_url=absolute(url, _link(feed) or ""),
        language=feed.get("language") or None,
        hub_url=_rel(feed, "hub", url),
        self_url=_rel(feed, "self", url),
        broken=tuple(each for each in found if isinstance(each, BrokenEntry)),
        deleted=deleted_ids(tree.root) if tree.root is not None else (),
    )


def _kind(tree: Tree) -> str:
    """Name what feedparser has no version for: a channel of Microsoft's CDF, capitals and all."""
    return "cdf" if tree.root is not None and str(tree.root.tag).lower() == "channel" else ""


def _parse(text: str, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(
            BytesIO(text.encode("utf-8", "ignore")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _ODD as exc:
        raise NotAFeed(f"unreadable: {type(exc).__name__}: {exc}") from exc


def _aligned(tree: Tree, count: int) -> Sequence[etree._Element | None]:
    """Pair feedparser's entries with the tree's items; `None` for all where the counts differ."""
    items = items_of(tree.root) if tree.root is not None else []
    return items if len(items) == count else [None] * count


def _read_all(
    raw: Sequence[Any], items: Sequence[etree._Element | None], about: _About
) -> Iterator[Entry | BrokenEntry]:
    for each, item in zip(raw, items, strict=True):
        try:
            own = _own(each, about.url) if item is None else details(item, about.url)
            yield _entry(each, own, about)
        except _ODD as exc:
            label = str(each.get("id") or each.get("link") or each.get("title") or "")
            yield BrokenEntry(label[:200], f"unreadable: {type(exc).__name__}: {exc}")


def _entry(raw: Any, own: Details, about: _About) -> Entry:
    summary, content = _bodies(raw, own, about)
    return Entry(
        guid=own.guid,
        url=_address(raw, own.guid),
        title=_text(raw, "title"),
        summary=summary,
        content=content,
        authors=_authors(raw, about),
        categories=_categories(raw),
        published=_first_date(raw, ("published", "created"), about.zone),
        updated=_first_date(raw, ("updated",), about.zone),
        image=own.image,
        language=_language(raw) or about.feed.get("language") or None,
        via_title=own.via_title,
        via_url=own.via_url,
    )


def _text(raw: Any, name: str) -> str:
    kind = (raw.get(f"{name}_detail") or {}).get("type")
    return words(raw.get(name) or "", is_html=True if kind == "application/xhtml+xml" else None)


def _bodies(raw: Any, own: Details, about: _About) -> tuple[str, str]:
    """Give summary and content as HTML; feedparser takes captions of media for either."""
    texts = own.media_texts
    contents = [each for each in raw.get("content") or () if each.get("value") not in texts]
    summary = raw.get("summary") or ""
    content = max(contents, key=lambda each: len(each.get("value") or ""), default=None)
    if content is None:
        return as_html(summary, _is_html_summary(raw, own, about)), ""
    value = content.get("value") or ""
    kept = "" if summary == value or summary in texts else summary
    is_html = not about.is_atom or content.get("type") != "text/plain"
    return as_html(kept, _is_html_summary(raw, own, about)), as_html(value, is_html)


def _is_html_summary(raw: Any, own: Details, about: _About) -> bool:
    """Tell whether the summary is HTML, as in RSS it always is; a caption overwrites its type."""
    kind = own.summary_type or (raw.get("summary_detail") or {}).get("type")
    return not about.is_atom or kind not in ("text", "text/plain")


def _address(raw: Any, guid: str | None) -> str | None:
    original = raw.get("feedburner_origlink")
    if original and is_web(original):
        return str(original)
    link = _link(raw)
    if raw.get("guidislink") and link == raw.get("id"):
        return guid if guid and is_web(guid) else None
    return link or None


def _link(raw: Any) -> str | None:
    """Give the link, or the first alternate of another type."""
    if raw.get("link"):
        return str(raw["link"])
    links = (each for each in raw.get("links") or () if each.get("rel") == "alternate")
    return next((str(each["href"]) for each in links if each.get("href")), None)


def _rel(feed: Any, rel: str, url: str) -> str | None:
    for each in feed.get("links") or ():
        if each.get("rel") == rel and each.get("href"):
            return absolute(url, each["href"])
    return None


def _authors(raw: Any, about: _About) -> tuple[str, ...]:
    """Name the authors of the entry, else of its source, else of an Atom feed (RFC 4287 §4.2.1)."""
    for where in (raw, raw.get("source") or {}, about.feed if about.is_atom else {}):
        names = [words(each.get("name") or "") for each in where.get("authors") or ()]
        if any(names):
            return tuple(dict.fromkeys(filter(None, names)))
    return ()


def _categories(raw: Any) -> tuple[str, ...]:
    terms = (words(each.get("term") or each.get("label") or "") for each in raw.get("tags") or ())
    return tuple(dict.fromkeys(filter(None, terms)))


def _first_date(raw: Any, names: tuple[str, ...], zone: str) -> datetime | None:
    # `in` first: feedparser answers `updated` with `published` and warns about it.
    dates = (read_date(raw[name], zone) for name in names if name in raw)
    return next(filter(None, dates), None)


def _language(raw: Any) -> str | None:
    own = raw.get("language")
    detail = raw.get("title_detail") or raw.get("summary_detail") or {}
    return own or detail.get("language")


def _own(raw: Any, url: str) -> Details:
    """Read from feedparser what the tree could not give."""
    media = [*(raw.get("media_content") or ()), *(raw.get("media_thumbnail") or ())]
    attached = [each for each in raw.get("links") or () if each.get("rel") == "enclosure"]
    pictures = [
        absolute(url, each.get("url") or each.get("href") or "")
        for each in (*media, *attached)
        if _PICTURE.match(each.get("type") or each.get("medium") or "image")
    ]
    source = raw.get("source") or {}
    picture = next(filter(None, pictures), None)
    return Details(
        guid=raw.get("id") or None,
        image=Image(picture) if picture else None,
        via_title=words(source.get("title") or "") or None,
        via_url=absolute(url, source.get("href") or _link(source) or ""),
        media_texts=frozenset(),
    )
