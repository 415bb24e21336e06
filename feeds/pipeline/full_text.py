"""Full text: for sources whose feeds hold excerpts only, the pages of entries that are new."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog

from feeds.errors import BadEntry, Disallowed, GiveUp, TinwireError
from feeds.ingest.draft import entry_hash
from feeds.ingest.extract import extract
from feeds.ingest.fetch import Request, Response
from feeds.ingest.walls import is_front_page
from feeds.model import Entry, Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.names import settle_names
from feeds.pipeline.robots import refusals
from feeds.store import intake

log = structlog.get_logger()
_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"


class PageEnd(StrEnum):
    """What became of an entry's page; each ends under exactly one of these."""

    READ = "read"
    DISALLOWED = "disallowed"
    UNREACHABLE = "unreachable"
    NO_ARTICLE = "no_article"
    NOINDEX = "noindex"


def with_full_text(desk: Desk, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Add the articles' texts where the source asks for them.

    An entry whose page can't be read keeps what the feed says.
    """
    if any(each.source.full_text for each in incoming):
        with desk.engine.begin() as connection:
            incoming, _ = settle_names(connection, incoming)
    wanted = _pages_wanted(desk, incoming)
    if not wanted:
        return list(incoming)
    pages = fetch_pages(desk, sorted({entry.url for entry in wanted.values() if entry.url}))
    full: dict[int, dict[str, Entry]] = defaultdict(dict)
    by_id = {each.source.id: each.source for each in incoming}
    ends: Counter[str] = Counter()
    for (source_id, guid), entry in wanted.items():
        source = by_id[source_id]
        filled = _filled(entry, source, pages.get(entry.url or ""))
        full[source_id][guid] = filled.entry
        ends[filled.end] += 1
        if filled.end is not PageEnd.READ:
            log.info("page_left", source=source.name, url=entry.url, end=filled.end, why=filled.why)
    log.info("pages", **ends)
    return [replace(each, full=_apart(full[each.source.id], each)) for each in incoming]


def _apart(full: dict[str, Entry], each: Incoming) -> dict[str, Entry]:
    """Leave entries their own addresses where several pages call themselves by one."""
    listed = each.named()
    claimed = Counter(entry.url for entry in full.values())
    return {
        name: entry if claimed[entry.url] == 1 else replace(entry, url=listed[name].url, aka=())
        for name, entry in full.items()
    }


def _pages_wanted(desk: Desk, incoming: Sequence[Incoming]) -> dict[tuple[int, str], Entry]:
    """List the entries that are new, or that the feed tells otherwise than before."""
    named = {
        (each.source.id, guid): entry
        for each in incoming
        if each.source.full_text
        for guid, entry in each.named().items()
        if entry.url
    }
    with desk.engine.begin() as connection:
        seen = intake.seen(connection, list(named))
        changed = {
            name: entry
            for name, entry in named.items()
            if name not in seen or seen[name].entry_hash != entry_hash(entry)
        }
        asked = [(*name, entry_hash(entry)) for name, entry in changed.items()]
        refused = intake.refused(connection, asked)
    return {name: entry for name, entry in changed.items() if name not in refused}


def fetch_pages(desk: Desk, urls: Sequence[str]) -> dict[str, Response | TinwireError]:
    """Fetch pages together, politely; each answer or error by its address.

    What robots.txt closes to us is not fetched: its error is `Disallowed`. Where we are sent
    to what robots.txt closes, we have asked but don't use the answer.
    """
    closed = refusals(desk, urls)
    open_ones = [url for url in urls if url not in closed]
    answers = fetch(desk, [Request(url, accept=_ACCEPT) for url in open_ones])
    found = {**closed, **dict(zip(open_ones, answers, strict=True))}
    return {**found, **_closed_behind(desk, found)}


def _closed_behind(
    desk: Desk, found: Mapping[str, Response | TinwireError]
) -> dict[str, TinwireError]:
    """Map pages that stood elsewhere than they were asked for to the refusal of that place."""
    moved = {
        url: answer.url
        for url, answer in found.items()
        if isinstance(answer, Response) and answer.url != url
    }
    closed = refusals(desk, moved.values())
    return {url: closed[to] for url, to in moved.items() if to in closed}


@dataclass(frozen=True, slots=True)
class _Filled:
    entry: Entry
    end: PageEnd
    why: str = ""


def _filled(entry: Entry, source: Source, answer: Response | TinwireError | None) -> _Filled:
    """Give an entry with its page's text; a page that is no article leaves it as it is."""
    if isinstance(answer, Disallowed):
        return _Filled(entry, PageEnd.DISALLOWED, answer.message)
    if not isinstance(answer, Response) or answer.status != 200:
        why = f"HTTP status {answer.status}" if isinstance(answer, Response) else str(answer)
        return _Filled(entry, PageEnd.UNREACHABLE, why)
    try:
        if is_front_page(entry.url or "", answer.url):
            raise BadEntry("the server answered with its front page")
        page = extract(answer.body, answer.headers, answer.url, source.timezone, source.article)
    except GiveUp as exc:
        return _Filled(entry, PageEnd.NO_ARTICLE, exc.message)
    if page.is_noindex:
        barred = replace(entry, noindex=True)
        return _Filled(barred, PageEnd.NOINDEX, "the page asks not to be indexed")
    return _Filled(_merged(entry, page.entry, answer.url), PageEnd.READ)


def _merged(entry: Entry, page: Entry, url: str) -> Entry:
    """Take text and address from the page, and what the feed doesn't say; it stood at `url`."""
    return replace(
        entry,
        url=page.url,
        aka=tuple(sorted({entry.url or "", url} - {page.url or "", ""})),
        content=page.content,
        authors=entry.authors or page.authors,
        published=entry.published or page.published,
        image=entry.image or page.image,
        language=entry.language or page.language,
    )
