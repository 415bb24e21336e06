"""Ingest and file: entries become articles, revisions or sightings, each under one word."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from feeds.dedupe.identity import settle
from feeds.errors import GiveUp
from feeds.ingest.draft import MOST_URL, draft, entry_hash, plain_guid
from feeds.model import (
    Author,
    BrokenEntry,
    Draft,
    Entry,
    Filing,
    Settled,
    Source,
    Verdict,
)
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.names import settle_names
from feeds.pipeline.reading import reading
from feeds.pipeline.withdraw import take_down, withdraw
from feeds.store import entry_pages, gone, intake, ledger, listing, placements, work
from feeds.store.fetches import Counts
from feeds.text.normalise import slugify, without_forbidden
from feeds.topics.decide import decide
from feeds.topics.placed import placed
from feeds.topics.subject import Subject
from feeds.urls import is_web, url_key

MOST_LABEL = 300
NOINDEX = "its page asks not to be listed (noindex)"


@dataclass(frozen=True, slots=True)
class _Arrival:
    source: Source
    entry: Entry
    guid: str
    hash: bytes
    has_page: bool = False


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest came to: counts by source id, and where each entry ended."""

    counts: Mapping[int, Counts]
    settled: tuple[Settled, ...]
    lines: tuple[ledger.Line, ...]


def ingest(desk: Desk, connection: sa.Connection, incoming: Sequence[Incoming]) -> Ingested:
    """Store what came in, in the caller's transaction; marks what must be related and published.

    Raises `Raced` when another worker stored one of the articles at the same moment.
    """
    now = desk.clock()
    sources = {each.source.id: each.source for each in incoming}
    incoming, seen = settle_names(connection, incoming)
    arrivals = [one for each in incoming for one in _arrivals(each)]
    fresh = _fresh(connection, arrivals, seen)
    barred = (one.entry.barred_at for one in fresh)
    take_down(desk, connection, {url: NOINDEX for url in barred if url and address_of(url)})
    drafts, lines = _drafts(fresh, now)
    settled = _settle(connection, drafts, sources, seen)
    _store(desk, connection, settled, sources, now)
    lines += [_line(one) for one in settled]
    lines += [_broken(each.source, broken) for each in incoming for broken in each.broken]
    ledger.write(connection, lines, now)
    entry_pages.forget(connection, {(one.source.id, one.guid) for one in fresh if one.has_page})
    for each in incoming:
        _take_back(desk, connection, each, now)
    unchanged = Counter(one.source.id for one in arrivals)
    unchanged.subtract(one.source.id for one in fresh)
    return Ingested(_counts(incoming, lines, unchanged), tuple(settled), tuple(lines))


def _arrivals(incoming: Incoming) -> list[_Arrival]:
    """List entries by name, each with the hash of what the feed said of it."""
    full, told = incoming.full, incoming.told_by_pages
    return [
        _Arrival(incoming.source, full.get(guid, entry), guid, entry_hash(entry), guid in told)
        for guid, entry in incoming.named().items()
    ]


def _fresh(
    connection: sa.Connection,
    arrivals: Sequence[_Arrival],
    seen: Mapping[tuple[int, str], intake.Seen],
) -> list[_Arrival]:
    """Leave out entries that are stored, rejected or quarantined as they are.

    One that comes with its page is not stored as it is: it may be told as before, and its page was
    read only now.
    """
    changed = []
    for one in arrivals:
        stored = seen.get((one.source.id, one.guid))
        if stored is None or one.has_page or stored.entry_hash != one.hash:
            changed.append(one)
    refused = intake.refused(connection, [(one.source.id, one.guid, one.hash) for one in changed])
    return [one for one in changed if (one.source.id, one.guid) not in refused]


def _drafts(fresh: Iterable[_Arrival], now: datetime) -> tuple[list[Draft], list[ledger.Line]]:
    drafts: list[Draft] = []
    lines: list[ledger.Line] = []
    for one in fresh:
        key = (one.source.id, one.guid, one.hash)
        address = address_of(one.entry.url)
        if one.entry.barred_at is not None:
            lines.append(ledger.Line(*key, Verdict.REJECTED, NOINDEX, address=address))
            continue
        try:
            with reading(one.entry.url or one.guid):
                made = draft(one.entry, one.source, now, guid=one.guid, arrived=one.hash)
            drafts.append(made)
        except GiveUp as exc:
            lines.append(ledger.Line(*key, Verdict.QUARANTINED, exc.message, address=address))
    return drafts, lines


def address_of(url: str | None) -> str | None:
    """Give the key under which the ledger knows an address; `None` for what no index could hold."""
    key = url_key(url) if url and is_web(url) else ""
    return key if 0 < len(key) <= MOST_URL else None


def _settle(
    connection: sa.Connection,
    drafts: Sequence[Draft],
    sources: Mapping[int, Source],
    seen: Mapping[tuple[int, str], intake.Seen],
) -> list[Settled]:
    if not drafts:
        return []
    by_guid = {pair: stored.article_id for pair, stored in seen.items()}
    by_identity = intake.aliases(connection, {one.identity for one in drafts})
    ids = {*by_guid.values(), *by_identity.values(), *(one.id for one in drafts)}
    named = [(one, sources[one.source_id].name) for one in drafts]
    return settle(named, by_guid, by_identity, intake.known(connection, ids))


def _store(
    desk: Desk,
    connection: sa.Connection,
    settled: Sequence[Settled],
    sources: Mapping[int, Source],
    now: datetime,
) -> None:
    if not settled:
        return
    leading = {one.article_id: one.draft for one in settled if one.leads}
    old = {one.article_id for one in settled if one.leads and one.verdict is not Verdict.NEW}
    touched = listing.keys_of(connection, old, desk.ancestors)
    subjects = [subject_of(one, sources) for one in leading.values()]
    filings = dict(zip(leading, file(desk, connection, subjects), strict=True))
    filings |= {
        key: placed(filings[key], own, desk.ancestors, desk.topic_names)
        for key, own in placements.hold(connection, old).items()
    }
    authors = {key: authors_of(one.authors) for key, one in leading.items()}
    intake.store(connection, settled, filings, authors, now)
    sighted = [one for one in settled if one.verdict is Verdict.SIGHTING]
    touched |= {f"source/{sources[one.draft.source_id].name}" for one in sighted}
    work.mark(connection, "publish", touched, now, desk.debounce)
    work.mark(connection, "relate", map(str, leading), now)


def file(desk: Desk, connection: sa.Connection, subjects: Sequence[Subject]) -> list[Filing]:
    """Decide articles' sections and topics, with reasons."""
    return decide(desk.filer, desk.shelf.model(connection), subjects)


def subject_of(one: Draft, sources: Mapping[int, Source]) -> Subject:
    """Say of a draft what filing looks at."""
    source = sources[one.source_id]
    return Subject(
        source_name=source.name,
        source_section=source.section,
        url=one.url,
        title=one.title,
        excerpt=one.excerpt,
        text=one.text,
        categories=one.categories,
    )


def authors_of(names: Iterable[str]) -> tuple[Author, ...]:
    """Name authors for addresses; two spellings of one slug are one author."""
    return tuple({slugify(name): Author(slugify(name), name) for name in names}.values())


def _line(one: Settled) -> ledger.Line:
    key = (one.draft.source_id, one.draft.guid, one.draft.entry_hash)
    return ledger.Line(*key, one.verdict, one.why, one.article_id)


def _broken(source: Source, broken: BrokenEntry) -> ledger.Line:
    label, why = without_forbidden(broken.label), without_forbidden(broken.why)
    digest = blake2b(f"{label}\n{why}".encode(), digest_size=16).digest()
    return ledger.Line(source.id, label[:MOST_LABEL], digest, Verdict.QUARANTINED, why)


def _take_back(desk: Desk, connection: sa.Connection, each: Incoming, now: datetime) -> None:
    """Withdraw articles that the source took back, where the source is the one that they show."""
    if not each.deleted:
        return
    names = [plain_guid(guid) for guid in each.deleted]
    taken = gone.shown_by(connection, each.source.id, names)
    withdraw(desk, connection, taken, f"{each.source.name} took it back (RFC 6721)", now)


_FIELDS = {
    Verdict.NEW: "new",
    Verdict.REVISED: "revised",
    Verdict.SIGHTING: "sightings",
    Verdict.DUPLICATE: "sightings",
    Verdict.REJECTED: "rejected",
    Verdict.QUARANTINED: "quarantined",
}


def _counts(
    incoming: Sequence[Incoming], lines: Sequence[ledger.Line], unchanged: Mapping[int, int]
) -> dict[int, Counts]:
    """Count each entry under the word that it ended as; one listed twice is unchanged once."""
    totals: dict[int, Counter[str]] = {each.source.id: Counter() for each in incoming}
    for line in lines:
        totals[line.source_id][_FIELDS[line.verdict]] += 1
    counts = {}
    for each in incoming:
        found = totals[each.source.id]
        entries = len(each.entries) + len(each.broken)
        same = unchanged[each.source.id] + len(each.entries) - len(each.named())
        counts[each.source.id] = Counts(entries=entries, unchanged=same, **found)
    return counts
