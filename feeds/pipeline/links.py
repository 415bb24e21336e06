"""Links: addresses that were handed in, fetched and read as an article or as a feed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.errors import BadEntry, Disallowed, GiveUp, NoTurn, Raced, TinwireError
from feeds.ingest.exchange import Response
from feeds.ingest.extract import extract
from feeds.ingest.parse import parse
from feeds.ingest.walls import is_front_page
from feeds.model import Entry, Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import NOINDEX, Ingested, ingest
from feeds.pipeline.pages import fetch_pages, is_there, worth_another_try
from feeds.pipeline.reading import reading
from feeds.pipeline.withdraw import take_down
from feeds.store import links, sources, work

End = tuple[str, str, int | None]
RACES = 3
_STEP = timedelta(seconds=10)  # 10 s, 20 s, 40 s … until the attempts are used up


def ingest_links(desk: Desk, claimed: work.Claim) -> int:
    """Fetch and store the claimed links; returns how many.

    Links that can't be reached now stay waiting, each for its own row's next try; those whose host
    bears no more requests now come back for their turn, and no try is counted.
    """
    with desk.engine.begin() as connection:
        found = {one.url: one for one in links.find(connection, claimed.keys)}
        own = sources.submitted(connection)
        by_id = sources.by_ids(connection, {one.source_id for one in found.values()})
    answers = fetch_pages(desk, sorted(found), claimed.token)
    queued: dict[str, datetime] = {}
    later: dict[str, str] = {}
    read: dict[str, Incoming] = {}
    ends: dict[str, End] = {}
    lost: dict[str, str] = {}
    for url, answer in answers.items():
        if isinstance(answer, NoTurn):
            queued[url] = desk.clock() + timedelta(seconds=answer.wait_s)
            continue
        gone = why_gone(answer, found[url].doubt)
        if gone is not None:
            lost[url] = gone
            continue
        why = worth_another_try(answer)
        if why is not None:
            later[url] = why
            continue
        source = by_id.get(found[url].source_id or 0, own)
        outcome = _read(answer, url, source)
        if isinstance(outcome, Incoming):
            read[url] = outcome
        else:
            ends[url] = outcome
    barred = {
        url: NOINDEX
        for url, end in ends.items()
        if end[0] == "noindex" and is_there(answers[url], url)
    }
    with desk.engine.begin() as connection:
        work.postpone(connection, claimed, queued)
    _store(desk, _without(claimed, queued), read, ends | _lost(lost), later, lost | barred)
    return len(found)


def _without(claimed: work.Claim, keys: Collection[str]) -> work.Claim:
    """Leave out rows that were given back."""
    return replace(claimed, wants={key: n for key, n in claimed.wants.items() if key not in keys})


def why_gone(answer: Response | TinwireError, doubt: str | None) -> str | None:
    """Say why a page is gone for good: 410 (RFC 9110 §15.5.11), or 404 where that was expected."""
    if isinstance(answer, TinwireError):
        return None
    if answer.status == 404 and doubt:
        return f"{doubt}, and its page answers 404"
    return "its page answers 410" if answer.status == 410 else None


def _lost(whys: Mapping[str, str]) -> dict[str, End]:
    return {url: ("failed", why, None) for url, why in whys.items()}


def _read(answer: Response | TinwireError, url: str, source: Source) -> Incoming | End:
    if isinstance(answer, Disallowed):
        return ("disallowed", answer.message, None)
    if isinstance(answer, TinwireError):
        return ("failed", answer.message, None)
    if not 200 <= answer.status < 300:
        return ("failed", f"HTTP status {answer.status}", None)
    try:
        incoming = _document(answer, url, source)
    except GiveUp as exc:
        return ("failed", exc.message, None)
    if not isinstance(incoming, Incoming):
        return incoming
    if len(incoming.entries) == 1 and incoming.entries[0].guid is None:
        asked = [url] if answer.moved_to else []
        page = also_at(incoming.entries[0], answer.url, *asked)
        return replace(incoming, entries=(page,))
    return incoming


def also_at(page: Entry, *urls: str) -> Entry:
    """Note further addresses of a page: where it was, and where it stands beside its canonical."""
    return replace(page, aka=tuple(sorted({*page.aka, *urls} - {page.url})))


def _document(answer: Response, url: str, source: Source) -> Incoming | End:
    """Read an answer as what it is; a page that asks not to be shown ends here."""
    document = _understood(answer.body, answer.headers, answer.url, source)
    if document.is_noindex:
        return ("noindex", "the page asks not to be indexed", None)
    if document.is_page and is_front_page(url, answer.url):
        raise BadEntry("the server answered with its front page")
    return document.incoming


def read_document(body: bytes, headers: Mapping[str, str], url: str, source: Source) -> Incoming:
    """Read bytes as a feed, else as an article page; raises `BadEntry` when they are neither."""
    return _understood(body, headers, url, source).incoming


@dataclass(frozen=True, slots=True)
class _Understood:
    """What bytes were read as: a feed or an article's page, which may ask not to be indexed."""

    incoming: Incoming
    is_page: bool = False
    is_noindex: bool = False


def _understood(body: bytes, headers: Mapping[str, str], url: str, source: Source) -> _Understood:
    try:
        with reading(url):
            feed = parse(body, headers, url, source.timezone)
    except GiveUp as exc:
        reason = exc.message
    else:
        return _Understood(Incoming(source, feed.entries, feed.broken))
    try:
        with reading(url):
            page = extract(body, headers, url, source.timezone, source.article)
    except GiveUp as exc:
        raise BadEntry(f"neither a feed ({reason}) nor an article ({exc.message})") from exc
    return _Understood(Incoming(source, (page.entry,)), is_page=True, is_noindex=page.is_noindex)


def _store(
    desk: Desk,
    claimed: work.Claim,
    read: Mapping[str, Incoming],
    ends: Mapping[str, End],
    later: Mapping[str, str],
    lost: Mapping[str, str],
) -> None:
    for left in reversed(range(RACES)):
        try:
            with desk.engine.begin() as connection:
                settled = dict(ends)
                settled |= {url: ("waiting", why, None) for url, why in later.items()}
                for url, incoming in sorted(read.items()):
                    settled[url] = end_of(ingest(desk, connection, [incoming]))
                settled |= take_down(desk, connection, lost)
                links.settle(connection, settled)
                work.finish(connection, claimed, sorted(set(claimed.keys) - later.keys()))
                for why in sorted(later.values())[:1]:
                    work.release(connection, claimed, desk.clock(), why, step=_STEP)
        except Raced:
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
