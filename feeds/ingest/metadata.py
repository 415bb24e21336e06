"""What an article page says of itself: JSON-LD, OpenGraph, plain meta elements.

JSON-LD is written for machines and read by the search engines that publishers care for, so it
comes first; then OpenGraph (ogp.me); then what HTML has had for ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from lxml import etree

from feeds.ingest.words import words
from feeds.model import Image
from feeds.urls import absolute, canonicalise, url_key

_ARTICLES = ("Article", "BlogPosting", "Report")  # endings: schema.org has NewsArticle and more
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Metadata:
    """A page's own words for what it shows; dates as they are written."""

    title: str
    summary: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    published: str | None
    updated: str | None
    image: Image | None
    url: str
    language: str | None
    body: str


def metadata(root: etree._Element, url: str) -> Metadata:
    """Read the metadata of a page that was fetched from `url`."""
    data = next(_articles(root), {})
    meta = _meta(root)
    published = _first(data, "datePublished", "dateCreated") or _any(
        meta,
        "article:published_time",
        "datepublished",
        "pubdate",
        "date",
        "dc.date",
        "dcterms.created",
    )
    updated = _first(data, "dateModified")
    return Metadata(
        title=words(_first(data, "headline", "name") or meta.get("og:title") or _heading(root)),
        summary=words(
            meta.get("og:description") or _first(data, "description") or meta.get("description", "")
        ),
        authors=tuple(dict.fromkeys(_authors(data, meta))),
        categories=tuple(dict.fromkeys(_categories(data, meta))),
        published=published or _time(root),
        updated=updated or _any(meta, "article:modified_time", "datemodified", "og:updated_time"),
        image=_image(data, meta, url),
        url=_canonical(root, meta, url),
        language=_first(data, "inLanguage") or root.get("lang") or None,
        body=_first(data, "articleBody"),
    )


def _articles(root: etree._Element) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            try:
                yield from _within(orjson.loads((script.text or "").replace("\n", " ")), 0)
            except orjson.JSONDecodeError:
                continue


def _within(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Find the objects that describe an article, wherever they are nested."""
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for each in data:
            yield from _within(each, depth + 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        if any(
            str(kind).endswith(_ARTICLES)
            for kind in (kinds if isinstance(kinds, list) else [kinds])
        ):
            yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _within(data.get(name), depth + 1)


def _meta(root: etree._Element) -> dict[str, str]:
    """Map the names of meta elements, in lower case, to their first contents."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.lower().strip(), content)
    return found


def _texts(value: Any, *names: str) -> Iterator[str]:
    """Give the texts of a JSON-LD value: itself, its items', or what an object calls them."""
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, *names)
    elif isinstance(value, dict):
        for name in names:
            yield from _texts(value.get(name))


def _first(data: dict[str, Any], *names: str) -> str:
    for name in names:
        text = next(filter(None, _texts(data.get(name), "@value", "name")), "")
        if text:
            return text
    return ""


def _any(meta: dict[str, str], *names: str) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _authors(data: dict[str, Any], meta: dict[str, str]) -> Iterator[str]:
    named = [words(name) for name in _texts(data.get("author"), "name")]
    written = [meta[name] for name in ("article:author", "author", "dc.creator") if name in meta]
    plain = (words(name) for name in written if "://" not in name)
    yield from filter(None, named or [*plain][:1])


def _categories(data: dict[str, Any], meta: dict[str, str]) -> Iterator[str]:
    sections = [*_texts(data.get("articleSection"), "name"), meta.get("article:section", "")]
    yield from filter(None, (words(section) for section in sections))


def _image(data: dict[str, Any], meta: dict[str, str], url: str) -> Image | None:
    candidates = (
        *_texts(data.get("image"), "url", "contentUrl", "@id"),
        meta.get("og:image", ""),
        meta.get("twitter:image", ""),
    )
    address = next(filter(None, (absolute(url, each) for each in candidates)), None)
    return Image(address) if address else None


def _canonical(root: etree._Element, meta: dict[str, str], url: str) -> str:
    """Give the page's own address for itself, unless that is another site's or the front page."""
    links = (
        link.get("href") for link in root.iter("link") if "canonical" in (link.get("rel") or "")
    )
    for candidate in (*links, meta.get("og:url")):
        address = absolute(url, (candidate or "").strip())
        if address and _is_within(address, url):
            return canonicalise(address)
    return url


def _is_within(address: str, url: str) -> bool:
    host, _, path = url_key(address).partition("/")
    return bool(path) and host == url_key(url).partition("/")[0]


def _heading(root: etree._Element) -> str:
    for name in ("h1", "title"):
        for element in root.iter(name):
            text = " ".join("".join(str(part) for part in element.itertext()).split())
            if text:
                return text
    return ""


def _time(root: etree._Element) -> str | None:
    return next((each.get("datetime") for each in root.iter("time") if each.get("datetime")), None)
