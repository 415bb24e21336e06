"""XML feeds by feedparser: the reader that knows every dialect, patient and slow.

The only file that touches feedparser. Its sanitising and resolving are off, because a draft's
HTML is sanitised and resolved by us. It is handed bytes in a `BytesIO` always: a text that
names a local file would be opened.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from feeds.errors import NotAFeed
from feeds.foreign import Category, Extras, Imprint, Person
from feeds.ingest.dates import read_date
from feeds.ingest.elements import Details, deleted_ids, details, feed_id, items_of
from feeds.ingest.extras import read_extras
from feeds.ingest.loose import link_in, own_details, own_extras, text_in
from feeds.ingest.named import names_of, nearest, people_of, terms_of
from feeds.ingest.tree import Tree
from feeds.ingest.words import as_html, words
from feeds.model import BrokenEntry, Entry, ParsedFeed
from feeds.urls import absolute, is_web

# What feedparser and the reading below can raise over one odd value.
_ODD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError)
# What Atom may hold in base64 that is no text (RFC 4287 §4.1.3.3).
_FILE_TYPE = re.compile(
    r"(?:image|audio|video|font)/|application/(?!.*(?:xml|html))", re.IGNORECASE
)
_Reader = feedparser.api.StrictFeedParser
# What feedparser has a handler for, but keeps where nothing is read below.
_HARMLESS = frozenset(
    (
        *("georss_point", "georss_line", "georss_box", "georss_polygon", "dc_publisher"),
        *("dc_rights", "creativecommons_license", "cc_license"),
    )
)
_SPACES = {uri.lower(): own for uri, own in _Reader.namespaces.items()}
# What is read below stands under these names, or these and an underscore.
_NOTED = frozenset(
    (
        *("title", "summary", "subtitle", "author", "authors", "content", "media", "feedburner"),
        *("id", "link", "links", "guidislink", "tags", "language", "source", "version"),
        *("published", "created", "updated", "comments", "enclosures"),
    )
)


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
        title=text_in(feed, "title"),
        entries=tuple(each for each in found if isinstance(each, Entry)),
        home_url=absolute(url, link_in(feed) or ""),
        language=feed.get("language") or None,
        hub_url=_rel(feed, "hub", url),
        self_url=_rel(feed, "self", url),
        broken=tuple(each for each in found if isinstance(each, BrokenEntry)),
        deleted=deleted_ids(tree.root) if tree.root is not None else (),
        imprint=_imprint(feed, tree, url, zone),
    )


def _imprint(feed: Any, tree: Tree, url: str, zone: str) -> Imprint:
    return Imprint(
        id=feed_id(tree.root) if tree.root is not None else feed.get("id") or None,
        subtitle=text_in(feed, "subtitle") or text_in(feed, "summary"),
        people=_people(feed.get("authors"), url),
        terms=_terms(feed),
        published=_first_date(feed, ("published",), zone),
        updated=_first_date(feed, ("updated",), zone),
    )


@cache
def means_nothing(space: str, prefix: str, name: str) -> bool:
    """Tell whether feedparser only notes an element under its own name, where nobody looks.

    It goes by the prefix: its own for a namespace that it knows, else the document's.
    """
    space, name = space.lower(), name.lower()
    known = _SPACES.get(space, prefix)
    if not space or "backend.userland.com/rss" in space or (not known and space in _SPACES):
        return False
    if {known.lower(), prefix.lower(), name if not known else ""} & _NOTED:
        return False
    names = {f"{each.lower()}_{name}" if each else name for each in (known, prefix)}
    return names <= _HARMLESS or not any(
        hasattr(_Reader, f"_{edge}_{each}") for edge in ("start", "end") for each in names
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
            if item is None:
                own, extras = own_details(each, about.url), own_extras(each, about.url)
            else:
                own, extras = details(item, about.url), read_extras(item, about.url)
            yield _entry(each, own, extras, about)
        except _ODD as exc:
            label = str(each.get("id") or each.get("link") or each.get("title") or "")
            yield BrokenEntry(label[:200], f"unreadable: {type(exc).__name__}: {exc}")


def _entry(raw: Any, own: Details, extras: Extras, about: _About) -> Entry:
    summary, content = _bodies(raw, own, about)
    people, terms = _authors(raw, about), _terms(raw)
    return Entry(
        guid=own.guid,
        url=_address(raw, own.guid),
        title=text_in(raw, "title"),
        summary=summary,
        content=content,
        authors=names_of(people),
        categories=names_of(terms),
        published=_first_date(raw, ("published", "created"), about.zone),
        updated=_first_date(raw, ("updated",), about.zone),
        image=own.image,
        language=_language(raw) or about.feed.get("language") or None,
        via_title=own.via_title,
        via_url=own.via_url,
        base_url=own.base_url,
        people=people,
        terms=terms,
        extras=extras,
    )


def _bodies(raw: Any, own: Details, about: _About) -> tuple[str, str]:
    """Give summary and content as HTML; feedparser takes captions of media for either."""
    texts = own.media_texts
    contents = [
        each
        for each in raw.get("content") or ()
        if each.get("value") not in texts and not _FILE_TYPE.match(each.get("type") or "")
    ]
    summary = raw.get("summary") or ""
    if summary in texts and own.brief:
        summary = own.brief
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
    is_text = kind in ("text", "text/plain") and not own.is_encoded  # nobody encodes mere words
    return not about.is_atom or not is_text


def _address(raw: Any, guid: str | None) -> str | None:
    original = raw.get("feedburner_origlink")
    if original and is_web(original):
        return str(original)
    link = link_in(raw)
    if raw.get("guidislink") and link == raw.get("id"):
        if guid and is_web(guid):
            return guid
        # A relative id stands for no address, unless there is a link that says the same.
        links = [each for each in raw.get("links") or () if each.get("rel") == "alternate"]
        is_linked = any(each.get("href") == link for each in links)
        return link if link and is_linked and is_web(link) else None
    return link or None


def _rel(feed: Any, rel: str, url: str) -> str | None:
    for each in feed.get("links") or ():
        if each.get("rel") == rel and each.get("href"):
            return absolute(url, each["href"])
    return None


def _authors(raw: Any, about: _About) -> tuple[Person, ...]:
    """Name the authors of the entry, else of its source, else of an Atom feed (RFC 4287 §4.2.1)."""
    wheres = (raw, raw.get("source") or {}, about.feed if about.is_atom else {})
    return nearest([_people(where.get("authors"), about.url) for where in wheres])


def _people(authors: Any, url: str) -> tuple[Person, ...]:
    found = (
        Person(
            words(each.get("name") or ""),
            each.get("email") or "",
            absolute(url, each.get("href") or ""),
        )
        for each in authors or ()
    )
    return people_of(found)


def _terms(raw: Any) -> tuple[Category, ...]:
    found = (
        Category(*(words(each.get(name) or "") for name in ("term", "scheme", "label")))
        for each in raw.get("tags") or ()
    )
    return terms_of(found)


def _first_date(raw: Any, names: tuple[str, ...], zone: str) -> datetime | None:
    # `in` first: feedparser answers `updated` with `published` and warns about it.
    dates = (read_date(raw[name], zone) for name in names if name in raw)
    return next(filter(None, dates), None)


def _language(raw: Any) -> str | None:
    own = raw.get("language")
    detail = raw.get("title_detail") or raw.get("summary_detail") or {}
    return own or detail.get("language")
