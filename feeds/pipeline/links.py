"""Links: addresses that were handed in, fetched and read as an article or as a feed."""

from collections.abc import Mapping, Sequence

from feeds.errors import BadEntry, GiveUp, NotAFeed, TinwireError
from feeds.ingest.extract import extract
from feeds.ingest.fetch import Response
from feeds.ingest.parse import parse
from feeds.model import Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.full_text import fetch_pages
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import Ingested, ingest
from feeds.store import intake, links, sources, work

End = tuple[str, str, int | None]
RACES = 3


def ingest_links(desk: Desk, claimed: work.Claim) -> int:
    """Fetch and store the claimed links; returns how many.

    Links that can't be reached now stay waiting, each for its own row's next try.
    """
    with desk.engine.begin() as connection:
        found = {one.url: one for one in links.find(connection, claimed.keys)}
        own = sources.submitted(connection)
        by_id = sources.by_ids(connection, {one.source_id for one in found.values()})
    answers = fetch_pages(desk, sorted(found))
    for url, answer in answers.items():
        if isinstance(answer, TinwireError) and not isinstance(answer, GiveUp) and len(found) == 1:
            raise answer
        if isinstance(answer, Response) and answer.status >= 500 and len(found) == 1:
            raise NotAFeed(f"{url}: HTTP status {answer.status}")
    read: dict[str, Incoming] = {}
    ends: dict[str, End] = {}
    for url, answer in answers.items():
        source = by_id.get(found[url].source_id or 0, own)
        outcome = _read(answer, url, source)
        if isinstance(outcome, Incoming):
            read[url] = outcome
        else:
            ends[url] = outcome
    _store(desk, claimed, read, ends)
    return len(found)


def _read(answer: Response | TinwireError, url: str, source: Source) -> Incoming | End:
    if isinstance(answer, TinwireError):
        return ("failed", answer.message, None)
    if not 200 <= answer.status < 300:
        return ("failed", f"HTTP status {answer.status}", None)
    try:
        return read_document(answer.body, answer.headers, answer.url, source)
    except GiveUp as exc:
        return ("failed", exc.message, None)


def read_document(body: bytes, headers: Mapping[str, str], url: str, source: Source) -> Incoming:
    """Read bytes as a feed, else as an article page; raises `BadEntry` when they are neither."""
    try:
        document = parse(body, headers, url, source.timezone)
    except NotAFeed as exc:
        reason = exc.message
    else:
        return Incoming(source, document.entries, document.broken)
    try:
        return Incoming(source, (extract(body, headers, url),))
    except BadEntry as exc:
        raise BadEntry(f"neither a feed ({reason}) nor an article ({exc.message})") from exc


def _store(
    desk: Desk, claimed: work.Claim, read: Mapping[str, Incoming], ends: Mapping[str, End]
) -> None:
    for left in reversed(range(RACES)):
        try:
            with desk.engine.begin() as connection:
                settled = dict(ends)
                for url, incoming in sorted(read.items()):
                    settled[url] = end_of(ingest(desk, connection, [incoming]))
                links.settle(connection, settled)
                work.finish(connection, claimed)
        except intake.Raced:
            if not left:
                raise
        else:
            return


def end_of(done: Ingested) -> End:
    """Say what a link came to: the word of its entry, or how many entries a feed brought."""
    lines: Sequence[object] = done.lines
    if not lines:
        return ("unchanged", "stored already", None)
    first = done.lines[0]
    if len(lines) == 1:
        return (first.verdict.value, first.why, first.article_id)
    return ("feed", f"{len(lines)} entries", first.article_id)
