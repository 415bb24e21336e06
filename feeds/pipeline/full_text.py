"""Full text: for sources whose feeds hold excerpts only, the pages of entries that are new."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from feeds.errors import GiveUp, TinwireError
from feeds.ingest.draft import entry_hash
from feeds.ingest.extract import extract
from feeds.ingest.fetch import Request, Response
from feeds.ingest.walls import is_front_page
from feeds.model import Entry, Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.robots import refusals
from feeds.store import intake

_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"


def with_full_text(desk: Desk, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Add the articles' texts where the source asks for them.

    An entry whose page can't be read keeps what the feed says.
    """
    wanted = _pages_wanted(desk, incoming)
    if not wanted:
        return list(incoming)
    pages = fetch_pages(desk, sorted({entry.url for entry in wanted.values() if entry.url}))
    full: dict[int, dict[str, Entry]] = defaultdict(dict)
    by_id = {each.source.id: each.source for each in incoming}
    for (source_id, guid), entry in wanted.items():
        full[source_id][guid] = _filled(entry, by_id[source_id], pages)
    return [replace(each, full=full[each.source.id]) for each in incoming]


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
    return {
        name: entry
        for name, entry in named.items()
        if name not in seen or seen[name].entry_hash != entry_hash(entry)
    }


def fetch_pages(desk: Desk, urls: Sequence[str]) -> dict[str, Response | TinwireError]:
    """Fetch pages together, politely; each answer or error by its address.

    What robots.txt closes to us is not fetched: its error is `Disallowed`.
    """
    closed = refusals(desk, urls)
    open_ones = [url for url in urls if url not in closed]
    answers = fetch(desk, [Request(url, accept=_ACCEPT) for url in open_ones])
    return {**closed, **dict(zip(open_ones, answers, strict=True))}


def _filled(entry: Entry, source: Source, answers: Mapping[str, Response | TinwireError]) -> Entry:
    """Give an entry with its page's text; a page that is no article leaves it as it is."""
    answer = answers.get(entry.url or "")
    if not isinstance(answer, Response) or answer.status != 200:
        return entry
    if is_front_page(entry.url or "", answer.url):
        return entry
    try:
        page = extract(answer.body, answer.headers, answer.url, source.timezone, source.article)
    except GiveUp:
        return entry
    if page.is_noindex:
        return entry
    return replace(
        entry,
        content=page.entry.content,
        authors=entry.authors or page.entry.authors,
        published=entry.published or page.entry.published,
        image=entry.image or page.entry.image,
        language=entry.language or page.entry.language,
    )
