"""Full text: for sources whose feeds hold excerpts only, the pages of entries that are new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from feeds.errors import BadEntry, Disallowed, GiveUp, NoTurn, TinwireError
from feeds.ingest.draft import entry_guid, entry_hash
from feeds.ingest.extract import extract
from feeds.ingest.fetch import Request, Response
from feeds.ingest.walls import is_front_page
from feeds.model import Entry, Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.names import settle_names
from feeds.pipeline.reading import reading
from feeds.pipeline.robots import refusals
from feeds.pipeline.turnstile import PATIENCE_S, Turnstile
from feeds.store import hosts, intake
from feeds.urls import host_of

log = structlog.get_logger()
# A host that is closed for longer doesn't hold up the news: its feed's own words must do.
_LONGEST_WAIT_S = 300.0
_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"


class PageEnd(StrEnum):
    """What became of an entry's page; each ends under exactly one of these."""

    READ = "read"
    DISALLOWED = "disallowed"
    UNREACHABLE = "unreachable"
    NO_ARTICLE = "no_article"
    NOINDEX = "noindex"
    WAITING = "waiting"


def with_full_text(desk: Desk, incoming: Sequence[Incoming], token: str = "") -> list[Incoming]:
    """Add the articles' texts where the source asks for them; `token` is the step's lease.

    An entry whose page can't be read keeps what the feed says. One whose page's host bears no more
    requests now is left out, and noted as `waiting`.
    """
    if any(each.source.full_text for each in incoming):
        with desk.engine.begin() as connection:
            incoming, _ = settle_names(connection, incoming)
    wanted = _pages_wanted(desk, incoming)
    if not wanted:
        return list(incoming)
    urls = sorted({entry.url for entry in wanted.values() if entry.url})
    pages = fetch_pages(desk, urls, token)
    waiting = _waiting(wanted, pages)
    full: dict[int, dict[str, Entry]] = defaultdict(dict)
    by_id = {each.source.id: each.source for each in incoming}
    ends: Counter[str] = Counter()
    for (source_id, guid), entry in wanted.items():
        if entry_guid(entry) in waiting[source_id]:
            ends[PageEnd.WAITING] += 1
            continue
        source = by_id[source_id]
        filled = _filled(entry, source, pages.get(entry.url or ""))
        full[source_id][guid] = filled.entry
        ends[filled.end] += 1
        if filled.end is not PageEnd.READ:
            log.info("page_left", source=source.name, url=entry.url, end=filled.end, why=filled.why)
    log.info("pages", **ends)
    found = [replace(each, full=_apart(full[each.source.id], each)) for each in incoming]
    return [_without(each, waiting[each.source.id]) for each in found]


def _waiting(
    wanted: Mapping[tuple[int, str], Entry], pages: Mapping[str, Response | TinwireError]
) -> dict[int, dict[str, float]]:
    """Map the ids of entries whose pages wait for their host to the wait in seconds, by source."""
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for (source_id, _), entry in wanted.items():
        page = pages.get(entry.url or "")
        if isinstance(page, NoTurn) and page.wait_s <= _LONGEST_WAIT_S:
            found[source_id][entry_guid(entry)] = page.wait_s
    return found


def _without(each: Incoming, waiting: Mapping[str, float]) -> Incoming:
    """Leave out entries by their own ids, so that no other is named otherwise by it."""
    if not waiting:
        return each
    entries = tuple(entry for entry in each.entries if entry_guid(entry) not in waiting)
    return replace(each, entries=entries, waiting_s=max(waiting.values()))


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


def fetch_pages(
    desk: Desk, urls: Sequence[str], token: str = ""
) -> dict[str, Response | TinwireError]:
    """Fetch pages together, politely; each answer or error by its address.

    Each waits for its turn at its host; it is `NoTurn` where that takes too long. A host that asks
    for quiet is left alone by all. `token` is the step's lease, whose polls are over.

    What robots.txt closes to us is not fetched: its error is `Disallowed`. Where we are sent
    to what robots.txt closes, we have asked but don't use the answer.
    """
    gate = Turnstile(desk, token)
    closed = refusals(desk, urls, gate)
    open_ones = [url for url in urls if url not in closed]
    requests = [Request(url, accept=_ACCEPT) for url in open_ones]
    answers = fetch(desk, requests, gate, PATIENCE_S)
    found = {**closed, **dict(zip(open_ones, answers, strict=True))}
    _leave_alone(desk, found.values())
    return {**found, **_closed_behind(desk, found, gate)}


def _leave_alone(desk: Desk, answers: Iterable[Response | TinwireError]) -> None:
    """Close the hosts that answered to come back later."""
    now = desk.clock()
    quiet: dict[str, datetime] = {}
    for answer in answers:
        if isinstance(answer, Response) and answer.retry_after_s is not None:
            until = now + timedelta(seconds=answer.retry_after_s)
            host = host_of(answer.url)
            quiet[host] = max(until, quiet.get(host, until))
    if quiet:
        with desk.engine.begin() as connection:
            hosts.close(connection, quiet)


def _closed_behind(
    desk: Desk, found: Mapping[str, Response | TinwireError], gate: Turnstile
) -> dict[str, TinwireError]:
    """Map pages that stood elsewhere than they were asked for to the refusal of that place."""
    moved = {
        url: answer.url
        for url, answer in found.items()
        if isinstance(answer, Response) and answer.url != url
    }
    closed = refusals(desk, moved.values(), gate)
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
        with reading(answer.url):
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
