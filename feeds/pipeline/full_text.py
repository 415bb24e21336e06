"""Full text: for sources whose feeds hold excerpts only, the pages of entries that are new."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from feeds.errors import GiveUp, TinwireError
from feeds.ingest.draft import entry_hash
from feeds.ingest.extract import extract
from feeds.ingest.fetch import Request, Response
from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.names import settle_names
from feeds.store import intake


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
    for (source_id, guid), entry in wanted.items():
        full[source_id][guid] = _filled(entry, pages)
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
    """Fetch pages together, politely; each answer or error by its address."""
    answers = fetch(desk, [Request(url) for url in urls])
    return dict(zip(urls, answers, strict=True))


def _filled(entry: Entry, answers: dict[str, Response | TinwireError]) -> Entry:
    answer = answers.get(entry.url or "")
    if not isinstance(answer, Response) or answer.status != 200:
        return entry
    try:
        page = extract(answer.body, answer.headers, answer.url)
    except GiveUp:
        return entry
    return replace(
        entry,
        url=page.url,
        aka=tuple({entry.url or "", answer.url} - {page.url, ""}),
        content=page.content,
        noindex=page.noindex,
        authors=entry.authors or page.authors,
        image=entry.image or page.image,
        language=entry.language or page.language,
    )
