"""Poll: fetch the due sources together, and ingest what is new in one transaction.

Nothing of a fetch is stored before its entries are: a process that is killed in between leaves the
old validators, and the source is polled again when the lease ends.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds.errors import GiveUp, TinwireError
from feeds.ingest.fetch import Request, Response
from feeds.ingest.websub import Hub, discover
from feeds.model import ParsedFeed
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.follow import BACKUP, Told, follow
from feeds.pipeline.full_text import with_full_text
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.kinds import Unread, read_source
from feeds.pipeline.take_in import take_in
from feeds.store import intake, kinds, sources, work
from feeds.store.kinds import Kind
from feeds.store.sources import Counts, FetchRecord, Polled

RACES = 3
_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What one source answered: a document to ingest, or a record of why there is none."""

    polled: Polled
    record: FetchRecord
    document: ParsedFeed | None
    retry_after_s: float | None = None
    hub: Hub | None = None
    kind: Kind | None = None


def poll(desk: Desk, claimed: work.Claim) -> int:
    """Fetch and ingest the claimed sources; returns how many were fetched."""
    with desk.engine.begin() as connection:
        due = sources.polled(connection, claimed.keys)
    fetched = _fetch(desk, due)
    incoming = [
        Incoming.of(one.polled.source, one.document) for one in fetched if one.document is not None
    ]
    incoming = with_full_text(desk, incoming)
    for left in reversed(range(RACES)):
        try:
            _store(desk, claimed, fetched, incoming)
        except intake.Raced:
            if not left:
                raise
        else:
            break
    return len(fetched)


def _store(
    desk: Desk, claimed: work.Claim, fetched: Sequence[_Fetched], incoming: Sequence[Incoming]
) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        done = take_in(desk, connection, incoming)
        records = [
            replace(one.record, counts=done.counts.get(one.record.source_id, Counts()))
            for one in fetched
        ]
        sources.record(connection, records)
        kinds.note(connection, [one.kind for one in fetched if one.kind])
        pushed = follow(desk, connection, _told(fetched, done.counts))
        next_at = {
            one.polled.source.name: _next_at(one, now, one.polled.source.name in pushed)
            for one in fetched
        }
        work.again(connection, claimed, next_at)
        gone = sorted(set(claimed.keys) - set(next_at))
        work.finish(connection, claimed, gone)


def _told(fetched: Sequence[_Fetched], counts: Mapping[int, Counts]) -> list[Told]:
    return [
        Told(
            source=one.polled.source,
            has_document=one.document is not None,
            hub=one.hub,
            new=counts.get(one.record.source_id, Counts()).new,
        )
        for one in fetched
        if not one.record.failed
    ]


def _next_at(one: _Fetched, now: datetime, is_pushed: bool) -> datetime:
    """Come back after the source's interval, later after failures, never in step with others.

    Where a hub delivers, polls are a backup.
    """
    wait = timedelta(seconds=one.polled.every_s * (BACKUP if is_pushed else 1))
    if one.record.failed:
        wait *= 2 ** min(one.polled.failures + 1, 10)
    if one.retry_after_s is not None:
        wait = max(wait, timedelta(seconds=one.retry_after_s))
    spread = int.from_bytes(blake2b(one.polled.source.name.encode(), digest_size=2).digest(), "big")
    return now + min(wait, _LONGEST) * (1 + 0.1 * spread / 65535)


def _fetch(desk: Desk, due: Sequence[Polled]) -> list[_Fetched]:
    if not due:
        return []
    requests = [Request(one.source.url, one.etag, one.last_modified) for one in due]
    started = time.monotonic()
    answers = fetch(desk, requests)
    ms = round((time.monotonic() - started) * 1000 / len(due))
    return [_understand(desk, one, answer, ms) for one, answer in zip(due, answers, strict=True)]


def _understand(desk: Desk, one: Polled, answer: Response | TinwireError, ms: int) -> _Fetched:
    record = FetchRecord(one.source.id, desk.clock(), "ok", ms=ms, url=one.source.url)
    if isinstance(answer, TinwireError):
        outcome = "refused" if isinstance(answer, GiveUp) else "unreachable"
        return _Fetched(one, replace(record, outcome=outcome, error=answer.message), None)
    record = replace(record, status=answer.status, size=len(answer.body))
    if answer.not_modified:
        return _Fetched(one, replace(record, outcome="not modified"), None)
    if not 200 <= answer.status < 300:
        failed = replace(record, outcome="http error", error=f"HTTP status {answer.status}")
        return _Fetched(one, failed, None, answer.retry_after_s)
    return _read(desk, one, answer, record)


def _read(desk: Desk, one: Polled, answer: Response, record: FetchRecord) -> _Fetched:
    body_hash = blake2b(answer.body, digest_size=16).digest()
    record = replace(
        record,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        body_hash=body_hash,
    )
    if body_hash == one.body_hash:
        return _Fetched(one, replace(record, outcome="same body"), None)
    found = read_source(desk, one.source, answer)
    if isinstance(found, Unread):
        failed = replace(record, outcome=found.outcome, error=found.why)
        return _Fetched(one, failed, None, kind=found.kind)
    if not found.is_validated:  # what was asked for says nothing of the parts that it leads to
        record = replace(record, etag=None, last_modified=None, body_hash=found.body_hash)
    if found.body_hash is not None and found.body_hash == one.body_hash:
        return _Fetched(one, replace(record, outcome="same body"), None)
    hub = discover(answer.headers, answer.url, found.document)
    record = replace(record, hub_url=hub.hub_url if hub else None)
    return _Fetched(one, record, found.document, hub=hub, kind=found.kind)
