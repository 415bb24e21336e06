"""Push: what hubs delivered becomes articles, by the same way as what was polled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from feeds.errors import GiveUp, Raced
from feeds.ingest.parse import parse
from feeds.model import ParsedFeed, Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.full_text import with_full_text
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.pipeline.reading import reading
from feeds.store import fetches, polling, pushes, sources, subscriptions, work
from feeds.store.fetches import Counts, FetchLine
from feeds.store.pushes import Push

RACES = 3
PUSHED, PINGED = "pushed", "pinged"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the claimed deliveries held: a document for each that was a feed; pings had none."""

    pushes: tuple[Push, ...]
    incoming: tuple[Incoming, ...]
    pinged: Mapping[int, Source]
    notes: Mapping[int, str]


def take_in(desk: Desk, claimed: work.Claim) -> int:
    """Read and ingest the claimed deliveries; returns how many."""
    with desk.engine.begin() as connection:
        found = pushes.find(connection, map(int, claimed.keys))
        by_id = sources.by_ids(connection, {one.source_id for one in found})
    read = _read(found, by_id)
    read = replace(read, incoming=tuple(with_full_text(desk, read.incoming, claimed.token)))
    for left in reversed(range(RACES)):
        try:
            _store(desk, claimed, read)
        except Raced:
            if not left:
                raise
        else:
            break
    return len(found)


def _read(found: Sequence[Push], by_id: Mapping[int, Source]) -> _Read:
    documents: dict[int, list[ParsedFeed]] = {}
    pinged: dict[int, Source] = {}
    for one in found:
        if not one.is_wanted:
            continue
        source = by_id[one.source_id]
        try:
            document = _parsed(one, source)
        except GiveUp:
            pinged[source.id] = source
        else:
            documents.setdefault(source.id, []).append(document)
    incoming = tuple(_together(by_id[key], each) for key, each in documents.items())
    notes = {
        key: "; ".join(dict.fromkeys(one.note for one in each if one.note))
        for key, each in documents.items()
    }
    return _Read(tuple(found), incoming, pinged, notes)


def _parsed(one: Push, source: Source) -> ParsedFeed:
    with reading(one.url):
        return parse(one.body, {"content-type": one.content_type}, one.url, source.timezone)


def _together(source: Source, documents: Sequence[ParsedFeed]) -> Incoming:
    """Take several deliveries of one source as one: an entry in two of them is one entry."""
    return Incoming(
        source,
        tuple(entry for each in documents for entry in each.entries),
        tuple(broken for each in documents for broken in each.broken),
        tuple(guid for each in documents for guid in each.deleted),
    )


def _store(desk: Desk, claimed: work.Claim, read: _Read) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        done = ingest(desk, connection, read.incoming)
        lines = _lines(desk, read, done.counts)
        fetches.append(connection, lines)
        fetches.prune(connection, [source_id for source_id, _ in lines])
        waits = {each.source.id: each.waiting_s for each in read.incoming if each.waiting_s}
        later = {
            str(one.id): now + timedelta(seconds=waits[one.source_id])
            for one in read.pushes
            if one.source_id in waits
        }
        pushes.drop(connection, [one.id for one in read.pushes if one.source_id not in waits])
        work.postpone(connection, claimed, later)
        # By a poll, and not by this delivery: by then the source may tell its entries otherwise.
        for each in read.incoming:
            if each.again_s is not None:
                polling.read_again(
                    connection, each.source.id, now + timedelta(seconds=each.again_s), now
                )
        for one in subscriptions.followed(connection, read.pinged, is_locked=True).values():
            subscriptions.save(connection, replace(one, pinged_at=now))
        work.mark(connection, "poll", [one.name for one in read.pinged.values()], now)
        work.finish(connection, claimed, sorted(set(claimed.keys) - later.keys()))


def _lines(desk: Desk, read: _Read, counts: Mapping[int, Counts]) -> list[tuple[int, FetchLine]]:
    """Tell the sources' history: a push says nothing of whether they can be polled."""
    now = desk.clock()
    size = Counter[int]()
    for one in read.pushes:
        size[one.source_id] += len(one.body)
    pinged = [key for key in read.pinged if key not in counts]
    return [
        *(
            (
                key,
                FetchLine(
                    now, PUSHED, None, counts[key], 0, None, size=size[key], note=read.notes[key]
                ),
            )
            for key in counts
        ),
        *((key, FetchLine(now, PINGED, None, Counts(), 0, None, size=size[key])) for key in pinged),
    ]
