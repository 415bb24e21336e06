"""Full text: for sources whose feeds hold excerpts only, the pages of entries that are new."""

from collections.abc import Sequence
from dataclasses import replace

from feeds.errors import GiveUp, TinwireError
from feeds.ingest.draft import entry_guid
from feeds.ingest.extract import extract
from feeds.ingest.fetch import Request, Response
from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.incoming import Incoming
from feeds.store import intake


def with_full_text(desk: Desk, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Put the article's text in place of the excerpt where the source asks for it.

    An entry whose page can't be read keeps what the feed says.
    """
    pages = _pages_wanted(desk, incoming)
    if not pages:
        return list(incoming)
    bodies = fetch_pages(desk, pages)
    return [
        replace(each, entries=tuple(_filled(entry, bodies) for entry in each.entries))
        for each in incoming
    ]


def _pages_wanted(desk: Desk, incoming: Sequence[Incoming]) -> list[str]:
    wanted = [
        (each.source.id, entry_guid(entry), entry.url)
        for each in incoming
        if each.source.full_text
        for entry in each.entries
        if entry.url
    ]
    with desk.engine.begin() as connection:
        seen = intake.seen(connection, [(source_id, guid) for source_id, guid, _ in wanted])
    return sorted({url for source_id, guid, url in wanted if (source_id, guid) not in seen})


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
        content=page.content,
        authors=entry.authors or page.authors,
        image=entry.image or page.image,
        language=entry.language or page.language,
    )
