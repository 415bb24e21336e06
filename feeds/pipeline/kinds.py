"""Kinds: what a source's address leads to is a feed, a sitemap with its parts, or a page.

Theory: what came back decides, not what somebody declared. But a feed may answer with a page for
an hour (consent, maintenance), and such a page often names the site's main feed; so only a source
that was never read as anything else is moved by a page.
"""

import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from feeds.errors import FetchFailed, GiveUp, NotAFeed, TinwireError, Unreadable
from feeds.ingest.discover import candidates, common_places
from feeds.ingest.exchange import Request, Response
from feeds.ingest.parse import parse
from feeds.ingest.sitemap import Index, freshest, joined, read_sitemap
from feeds.model import Outcome, ParsedFeed, Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch_within
from feeds.pipeline.reading import reading
from feeds.pipeline.turnstile import Turnstile
from feeds.store import kinds as store
from feeds.store.kinds import Kind

MOST_PARTS = 4  # of an index in one poll
MOST_CANDIDATES = 3
MOST_DEPTH = 2  # an index of indexes, as some sites have; no further
# For each part, and for all of an index: a source's reading must fit its worker's time limit.
_PART_S, _PARTS_S = 10.0, 15.0
_SITEMAP = re.compile(rb"<(?:[\w.-]{1,100}:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
# A document of many entries takes much memory, so one is read at a time; none waits for a fetch.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source's answer was understood as.

    `kind` is set where the store must learn it. `body_hash` covers all that was fetched for it;
    `is_validated` tells whether an unchanged answer means that all of it is unchanged.
    """

    document: ParsedFeed
    kind: Kind | None = None
    body_hash: bytes | None = None
    is_validated: bool = True


def understand(desk: Desk, gate: Turnstile, source: Source, answer: Response) -> Reading:
    """Read what a source answered, and follow it where it only leads further.

    Raises `NotAFeed` with the reason, and `FetchFailed` for gzip beyond the limits.
    """
    if _may_be_sitemap(answer):
        found = _sitemap(desk, source, answer)
        if isinstance(found, Index):
            return _of_index(desk, gate, source, answer, found)
        if found is not None:
            why = f"it answers with a {found.kind}"
            return Reading(found, _news(source, "sitemap", why))
    try:
        document = _parsed(source, answer)
    except NotAFeed:
        if source.kind in ("feed", "sitemap") or not _is_page(answer):
            raise
        return _of_page(desk, gate, source, answer)
    return Reading(document, _news(source, "feed", f"it answers with {document.kind or 'a feed'}"))


def _news(source: Source, kind: str, why: str, url: str | None = None) -> Kind | None:
    """Say what is new about a source; nothing for one that stays what it was."""
    return None if source.kind == kind and url is None else Kind(source.id, kind, why, url)


def _may_be_sitemap(answer: Response) -> bool:
    head = answer.body[:4096].replace(b"\0", b"")  # of UTF-16
    return answer.body.startswith(b"\x1f\x8b") or _SITEMAP.search(head) is not None


def _is_page(answer: Response) -> bool:
    declared = answer.headers.get("content-type", "").lower()
    return "html" in declared or b"<html" in answer.body[:4096].lower()


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a source's answer could not be understood, under one word; `kind` as in `Reading`."""

    outcome: str
    why: str
    kind: Kind | None = None


def read_source(desk: Desk, gate: Turnstile, source: Source, answer: Response) -> Reading | Unread:
    """Understand what a source answered, or say why not."""
    try:
        return understand(desk, gate, source, answer)
    except FetchFailed as exc:
        return Unread(exc.kind, exc.message)
    except Unreadable as exc:
        return Unread(Outcome.BAD_ANSWER, exc.message)
    except NotAFeed as exc:
        is_new_page = source.kind is None and _is_page(answer)
        page = Kind(source.id, "page", exc.message) if is_new_page else None
        return Unread("not a feed", exc.message, page)


@dataclass
class _Parts:
    """What was read of an index so far."""

    digest: blake2b
    asked: set[str]
    documents: list[ParsedFeed] = field(default_factory=list)
    failed: int = 0
    is_whole: bool = True
    is_dated: bool = True


def _of_index(
    desk: Desk, gate: Turnstile, source: Source, answer: Response, index: Index
) -> Reading:
    """Read the newest parts of an index, and of indexes within it, as far as time allows."""
    until = time.monotonic() + _PARTS_S
    parts = _Parts(blake2b(answer.body, digest_size=16), {source.url, answer.url})
    wanted = _wanted(parts, [index])
    for _ in range(MOST_DEPTH):
        left_s = min(_PART_S, until - time.monotonic())
        if left_s <= 0:
            break
        wanted = _wanted(parts, _read_parts(desk, gate, source, parts, wanted, left_s))
    if not parts.documents:
        raise NotAFeed(f"a sitemap index of {len(index.parts)} parts, none of which can be read")
    document = joined(parts.documents, parts.is_whole and not wanted and not parts.failed)
    if parts.failed:
        failed = f"{parts.failed} parts of the index can't be read"
        document = replace(document, notes=(failed, *document.notes))
    kind = _news(source, "sitemap", f"it answers with an index of {len(index.parts)} sitemaps")
    is_validated = parts.is_dated and not parts.failed
    return Reading(document, kind, parts.digest.digest(), is_validated)


def _wanted(parts: _Parts, indexes: Sequence[Index]) -> list[str]:
    """Choose which documents to ask for next, and note what is left aside."""
    chosen: list[str] = []
    for index in indexes:
        fresh = [part.url for part in freshest(index, MOST_PARTS)]
        parts.is_whole &= len(fresh) == len(index.parts)
        parts.is_dated &= index.is_dated
        chosen += [url for url in fresh if url not in parts.asked]
    parts.is_whole &= len(chosen) <= MOST_PARTS
    return chosen[:MOST_PARTS]


def _read_parts(
    desk: Desk, gate: Turnstile, source: Source, parts: _Parts, urls: Sequence[str], left_s: float
) -> list[Index]:
    """Fetch and read documents of an index; gives the indexes among them."""
    parts.asked.update(urls)
    inner: list[Index] = []
    for answer in _fetched(desk, gate, urls, left_s).values():
        found = _part(desk, source, answer) if isinstance(answer, Response) else None
        if isinstance(answer, Response):
            parts.digest.update(answer.body)
        if isinstance(found, Index):
            inner.append(found)
        elif found is not None:
            parts.documents.append(found)
        else:
            parts.failed += 1
    return inner


def _part(desk: Desk, source: Source, answer: Response) -> ParsedFeed | Index | None:
    """Read one part; `None` for one that is no sitemap, whose neighbours may be."""
    try:
        return _sitemap(desk, source, answer)
    except TinwireError:
        return None


def _sitemap(desk: Desk, source: Source, answer: Response) -> ParsedFeed | Index | None:
    most = desk.settings.fetch_max_bytes
    with _one_at_a_time, reading(answer.url):
        return read_sitemap(answer.body, answer.headers, answer.url, source.timezone, most)


def _parsed(source: Source, answer: Response) -> ParsedFeed:
    with _one_at_a_time, reading(answer.url):
        return parse(answer.body, answer.headers, answer.url, source.timezone)


def _of_page(desk: Desk, gate: Turnstile, source: Source, answer: Response) -> Reading:
    """Find the feed of a page: those that it names, else where feeds often are."""
    with reading(answer.url):
        named = candidates(answer.body, answer.url)
    whys = {one.url: one.why for one in named if not one.is_of_comments}
    last = {one.url: one.why for one in named if one.is_of_comments}
    common = dict.fromkeys(common_places(answer.url), "the page names none; feeds are often there")
    rounds = (dict(list(whys.items())[:MOST_CANDIDATES]), common, dict(list(last.items())[:1]))
    found = next(filter(None, (_first_feed(desk, gate, source, each) for each in rounds)), None)
    if found is None:
        told = f"names {len(named)} feeds that can't be read" if named else "names no feed"
        raise NotAFeed(f"a page that {told}, and none is where feeds often are")
    document, url, why = found
    with desk.engine.connect() as connection:
        owner = store.owners(connection, [url]).get(url)
    if owner is not None and owner != source.name:
        raise NotAFeed(f"a page whose feed is polled already, as {owner}: {url}")
    why = f"found on {answer.url}: {why}"
    return Reading(document, Kind(source.id, _kind_of(document), why, url), is_validated=False)


def _kind_of(document: ParsedFeed) -> str:
    return "sitemap" if document.kind.endswith("sitemap") else "feed"


def _first_feed(
    desk: Desk, gate: Turnstile, source: Source, whys: Mapping[str, str]
) -> tuple[ParsedFeed, str, str] | None:
    """Fetch addresses together, and take the first that is a feed with entries."""
    for url, answer in _fetched(desk, gate, list(whys), _PART_S).items():
        if isinstance(answer, Response):
            try:
                document = _parsed(source, answer)
            except GiveUp:
                continue
            if document.entries:
                return document, answer.moved_to or url, whys[url]
    return None


def _fetched(
    desk: Desk, gate: Turnstile, urls: Sequence[str], within_s: float
) -> dict[str, Response | TinwireError | None]:
    """Fetch addresses, each in its host's turn; `None` for a status that is no success."""
    if not urls:
        return {}
    answers = fetch_within(desk, [Request(url) for url in urls], within_s, gate)
    return {
        url: None if isinstance(answer, Response) and not 200 <= answer.status < 300 else answer
        for url, answer in zip(urls, answers, strict=True)
    }
