"""Full text: for sources whose feeds hold excerpts only, the pages of entries that are new.

Theory: news is worth most while it is new, so it waits for no page that fails: the excerpt goes
out, and the page is tried again a few times, ever later. What it brings then is a revision.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from feeds.errors import BadEntry, Disallowed, GiveUp, NoTurn, TinwireError
from feeds.ingest.draft import entry_guid, entry_hash
from feeds.ingest.exchange import Response
from feeds.ingest.extract import extract
from feeds.ingest.walls import is_front_page
from feeds.model import Entry, Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.names import settle_names
from feeds.pipeline.pages import fetch_pages, is_there, worth_another_try
from feeds.pipeline.reading import reading
from feeds.store import entry_pages, intake
from feeds.store.entry_pages import Left, Name

log = structlog.get_logger()
# A host that is closed for longer doesn't hold up the news: its feed's own words must do.
_LONGEST_WAIT_S = 300.0
# After so many tries a page is given up; the gaps double: 5, 10, 20 and 40 minutes.
MOST_TRIES = 5
_FIRST_GAP = timedelta(minutes=5)


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

    An entry whose page can't be read keeps what the feed says; where that may change, the page is
    tried again. One whose page's host bears no more requests now is left out, and noted as
    `waiting`.
    """
    if any(each.source.full_text for each in incoming):
        with desk.engine.begin() as connection:
            incoming, _ = settle_names(connection, incoming)
    wanted = _pages_wanted(desk, incoming)
    if not wanted.entries:
        return _tried_again(desk, incoming, wanted.before)
    urls = sorted({entry.url for entry in wanted.entries.values() if entry.url})
    pages = fetch_pages(desk, urls, token)
    waiting = _waiting(wanted.entries, pages)
    by_id = {each.source.id: each.source for each in incoming}
    filled = {
        name: _filled(entry, by_id[name[0]], pages.get(entry.url or ""))
        for name, entry in wanted.entries.items()
        if entry_guid(entry) not in waiting[name[0]]
    }
    _tell(filled, by_id, sum(map(len, waiting.values())))
    left = _keep(desk, wanted, filled)
    full: dict[int, dict[str, Entry]] = defaultdict(dict)
    told: dict[int, set[str]] = defaultdict(set)
    for (source_id, guid), one in filled.items():
        full[source_id][guid] = one.entry
        if one.is_told:
            told[source_id].add(guid)
    found = [
        replace(
            each,
            full=_apart(full[each.source.id], each),
            told_by_pages=frozenset(told[each.source.id]),
        )
        for each in incoming
    ]
    return _tried_again(desk, [_without(each, waiting[each.source.id]) for each in found], left)


def _tell(filled: Mapping[Name, "_Filled"], by_id: Mapping[int, Source], waiting: int) -> None:
    ends = Counter(one.end.value for one in filled.values())
    if waiting:
        ends[PageEnd.WAITING] = waiting
    for name, one in filled.items():
        if one.end is not PageEnd.READ:
            source, url = by_id[name[0]].name, one.entry.url
            log.info("page_left", source=source, url=url, end=one.end, why=one.why)
    log.info("pages", **ends)


def _waiting(
    wanted: Mapping[Name, Entry], pages: Mapping[str, Response | TinwireError]
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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The entries whose pages are asked for, and what became of entries' pages before."""

    entries: Mapping[Name, Entry]
    before: Mapping[Name, Left]


def _pages_wanted(desk: Desk, incoming: Sequence[Incoming]) -> _Wanted:
    """List the entries that are new, that the feed tells otherwise, and whose pages are due."""
    named = {
        (each.source.id, guid): entry
        for each in incoming
        if each.source.full_text
        for guid, entry in each.named().items()
        if entry.url
    }
    if not named:
        return _Wanted({}, {})
    now = desk.clock()
    with desk.engine.begin() as connection:
        seen = intake.seen(connection, list(named))
        before = entry_pages.left(connection, named)
        changed = {
            name: entry
            for name, entry in named.items()
            if name not in seen or seen[name].entry_hash != entry_hash(entry)
        }
        asked = [(*name, entry_hash(entry)) for name, entry in changed.items()]
        refused = intake.refused(connection, asked)
    due = {name for name, one in before.items() if one.due_at is not None and one.due_at <= now}
    entries = {name: entry for name, entry in changed.items() if name not in refused}
    again = {name: named[name] for name in sorted(due - changed.keys())}
    return _Wanted(entries | again, before)


def _keep(desk: Desk, wanted: _Wanted, filled: Mapping[Name, "_Filled"]) -> dict[Name, Left]:
    """Note how pages ended that told nothing; gives all that is known of such pages now.

    What told something is forgotten when that is stored, and not before.
    """
    now = desk.clock()
    told = {name for name, one in filled.items() if one.is_told}
    ends = {
        name: _left(one, entry_hash(wanted.entries[name]), wanted.before.get(name), now)
        for name, one in filled.items()
        if name not in told
    }
    with desk.engine.begin() as connection:
        entry_pages.keep(connection, ends)
    return {name: one for name, one in wanted.before.items() if name not in told} | ends


def _left(one: "_Filled", hash_: bytes, before: Left | None, now: datetime) -> Left:
    """Say when a page is tried again, if that is worth while."""
    if one.again_s is None:
        return Left(hash_, one.end, one.why)
    tries = 1 if before is None else before.tries + 1
    if tries >= MOST_TRIES:
        return Left(hash_, one.end, f"{one.why}; given up after {tries} tries", tries)
    gap = max(_FIRST_GAP * 2 ** (tries - 1), timedelta(seconds=one.again_s))
    return Left(hash_, one.end, one.why, tries, now + gap)


def _tried_again(
    desk: Desk, incoming: Sequence[Incoming], left: Mapping[Name, Left]
) -> list[Incoming]:
    """Note for each source when the first of its pages is tried again."""
    now = desk.clock()
    waits: dict[int, float] = {}
    for (source_id, _), one in left.items():
        if one.due_at is not None and one.due_at > now:
            wait_s = (one.due_at - now).total_seconds()
            waits[source_id] = min(wait_s, waits.get(source_id, wait_s))
    return [replace(each, again_s=waits.get(each.source.id)) for each in incoming]


@dataclass(frozen=True, slots=True)
class _Filled:
    """What an entry's page came to; `again_s` is the least wait before it is worth another try."""

    entry: Entry
    end: PageEnd
    why: str = ""
    again_s: float | None = None

    @property
    def is_told(self) -> bool:
        """Tell whether the page said anything that the feed doesn't."""
        return self.end in (PageEnd.READ, PageEnd.NOINDEX)


def _filled(entry: Entry, source: Source, answer: Response | TinwireError | None) -> _Filled:
    """Give an entry with its page's text; a page that is no article leaves it as it is."""
    if isinstance(answer, Disallowed):
        return _Filled(entry, PageEnd.DISALLOWED, answer.message)
    if not isinstance(answer, Response) or answer.status != 200:
        why = f"HTTP status {answer.status}" if isinstance(answer, Response) else str(answer)
        wait_s = answer.wait_s if isinstance(answer, NoTurn) else 0.0
        is_over = answer is None or worth_another_try(answer) is None
        return _Filled(entry, PageEnd.UNREACHABLE, why, None if is_over else wait_s)
    try:
        if is_front_page(entry.url or "", answer.url):
            raise BadEntry("the server answered with its front page")
        with reading(answer.url):
            page = extract(answer.body, answer.headers, answer.url, source.timezone, source.article)
    except GiveUp as exc:
        return _Filled(entry, PageEnd.NO_ARTICLE, exc.message)
    if page.is_noindex:
        stood_at = entry.url if is_there(answer, entry.url or "") else answer.url
        barred = replace(entry, barred_at=stood_at)
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
