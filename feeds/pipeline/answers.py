"""Answers: what a source's answer means, and when the source is asked next. Decides, does nothing.

Three endings: what could be read is asked again by its rhythm, what could not is tried ever more
seldom for thirty days, and what will never be readable (410), or must not be read without a person
(held), is paused with its reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds.clock import Clock
from feeds.errors import FetchFailed, TinwireError
from feeds.foreign import Rhythm
from feeds.ingest import cadence
from feeds.ingest.cadence import Habit, Hints, Next
from feeds.ingest.exchange import Request, Response
from feeds.ingest.headers import fresh_s
from feeds.ingest.websub import Hub, discover, discover_unchanged
from feeds.model import Outcome, ParsedFeed, Source
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.kinds import Reading, Unread
from feeds.store.kinds import Kind
from feeds.store.polling import Document, FetchRecord, Polled
from feeds.urls import host_of

SIGHTINGS_OF_A_MOVE = 3
_AHEAD = timedelta(hours=1)  # a claim further ahead than this tells nothing of a rhythm


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one source answered: a document to ingest, or a record of why there is none.

    `reopens_at` is when the source may be asked again, where a host asked for quiet: `busy`, which
    is the one that answered and need not be the source's own. `hub` is the hub that a document
    names, or the headers of one that did not change; `kind` what is new about what the source is.
    """

    polled: Polled
    record: FetchRecord
    document: ParsedFeed | None = None
    fresh_s: float | None = None
    reopens_at: datetime | None = None
    busy: str = ""
    hub: Hub | None = None
    kind: Kind | None = None


Read = Callable[[Source, Response], Reading | Unread]


def request_of(one: Polled) -> Request:
    """Say what to ask a source for: what changed, but now and then all of it."""
    if cadence.is_unconditional(one.polls, int.from_bytes(_digest(one.source.name), "big")):
        return Request(one.source.url)
    return Request(one.source.url, one.etag, one.last_modified)


def is_conditional(request: Request) -> bool:
    """Tell whether a server may answer that nothing changed."""
    return request.etag is not None or request.last_modified is not None


def spread_of(one: Polled) -> float:
    """Draw a source's chance for this poll, from [0, 1): the same whenever it is drawn."""
    return int.from_bytes(_digest(f"{one.source.name} {one.polls}"), "big") / 2**32


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=4).digest()


def understand(
    one: Polled, answer: Response | TinwireError, clock: Clock, ms: int, read: Read
) -> Fetched:
    """Read an answer: the document in it, or the word and the reason why there is none.

    `read` understands the body of a good one.
    """
    now = clock()
    record = _begun(one, answer, now, ms)
    if isinstance(answer, TinwireError):
        word = answer.kind if isinstance(answer, FetchFailed) else Outcome.REFUSED
        return Fetched(one, replace(record, outcome=word, error=answer.message))
    if answer.not_modified and not is_conditional(request_of(one)):
        why = "HTTP status 304, though all was asked for"
        return Fetched(one, replace(record, outcome=Outcome.BAD_ANSWER, error=why))
    if answer.not_modified:
        hub = discover_unchanged(answer.headers, answer.url)
        return _good(one, answer, record, clock, outcome=Outcome.NOT_MODIFIED, hub=hub)
    if not 200 <= answer.status < 300:
        return _error(one, answer, record, now)
    return _read(one, answer, record, clock, read)


def _begun(one: Polled, answer: Response | TinwireError, at: datetime, ms: int) -> FetchRecord:
    came = answer if isinstance(answer, Response) else None
    return FetchRecord(
        one.source.id,
        at,
        Outcome.OK,
        status=came.status if came else None,
        size=len(came.body) if came else 0,
        ms=ms,
        url=one.source.url,
        moved_to=one.moved_to,
        moves=one.moves,
    )


def _error(one: Polled, answer: Response, record: FetchRecord, now: datetime) -> Fetched:
    why = f"HTTP status {answer.status}"
    if answer.status == 410:
        gone = replace(record, outcome=Outcome.GONE, error=f"{why}: gone for good", pause=True)
        return Fetched(one, gone)
    if answer.retry_after_s is None:
        return Fetched(one, replace(record, outcome=Outcome.HTTP_ERROR, error=why))
    wait_s = answer.retry_after_s
    busy = replace(record, outcome=Outcome.BUSY, error=f"{why}: wait for {cadence.span(wait_s)}")
    reopens_at = now + timedelta(seconds=wait_s)
    there = host_of(answer.url)
    host = one.host if there == host_of(one.source.url) else there
    return Fetched(one, busy, reopens_at=reopens_at, busy=host)


def _read(one: Polled, answer: Response, record: FetchRecord, clock: Clock, read: Read) -> Fetched:
    body_hash = blake2b(answer.body, digest_size=16).digest()
    etag, last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if body_hash == one.body_hash:
        return _same(one, answer, record, clock)
    found = read(one.source, answer)
    if isinstance(found, Unread):
        failed = replace(record, outcome=Outcome(found.outcome), error=found.why)
        return Fetched(one, failed, kind=found.kind)
    if not found.is_validated:  # what was asked for says nothing of the parts that it leads to
        etag = last_modified = None
    if found.body_hash is not None:
        body_hash = found.body_hash
        if body_hash == one.body_hash:
            return _same(one, answer, record, clock)
    hub = discover(answer.headers, answer.url, found.document)
    named = hub.hub_url if hub else None
    kept = Document(etag, last_modified, body_hash, named, rhythm=found.document.rhythm)
    record = replace(record, document=kept, note=found.document.note)
    good = _good(one, answer, record, clock, hub)
    return replace(good, document=found.document, kind=found.kind)


def _same(one: Polled, answer: Response, record: FetchRecord, clock: Clock) -> Fetched:
    """Note that a body is the one that is known, and its validators where they changed."""
    etag, last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    is_whole = blake2b(answer.body, digest_size=16).digest() == one.body_hash
    if is_whole and (etag, last_modified) != (one.etag, one.last_modified):
        hash_ = one.body_hash or b""
        kept = Document(etag, last_modified, hash_, one.hub_url, None, one.rhythm)
        record = replace(record, document=kept)
    return _good(one, answer, record, clock, outcome=Outcome.SAME_BODY)


def _good(
    one: Polled,
    answer: Response,
    record: FetchRecord,
    clock: Clock,
    hub: Hub | None = None,
    outcome: Outcome = Outcome.OK,
) -> Fetched:
    """Count how often in a row the source was found at another address for ever."""
    to = answer.moved_to
    moves = 0 if to is None else one.moves + 1 if to == one.moved_to else 1
    record = replace(record, outcome=outcome, moved_to=to, moves=moves)
    return Fetched(one, record, fresh_s=fresh_s(answer.headers, clock), hub=hub)


def learnt(one: Fetched, arrived: int, now: datetime) -> Fetched:
    """Add what a document tells of its source's rhythm; undated entries count as they arrive.

    `arrived` is how many entries were not known before.
    """
    if one.document is None or one.record.document is None:
        return one
    habit = Habit.unpacked(one.polled.habit)
    dates = list(_dates(one.document, now))
    if not dates and habit is not None:
        dates = [now] * arrived
    packed = tuple(cadence.learn(habit, dates, now).packed())
    kept = replace(one.record.document, habit=packed)
    return replace(one, record=replace(one.record, document=kept))


def _dates(document: ParsedFeed, now: datetime) -> Iterable[datetime]:
    for entry in document.entries:
        date = entry.published or entry.updated
        if date is not None and date <= now + _AHEAD:
            yield date


def scheduled(
    one: Fetched, is_inner: bool, now: datetime, is_pushed: bool = False
) -> tuple[Fetched, datetime | None]:
    """Say when the source is asked next, and why; `None` where it is paused.

    Where a hub delivers (`is_pushed`), polls are a backup.
    """
    record = one.record
    if record.failed:
        since = one.polled.failing_since
        if cadence.is_given_up(since, now) and not record.pause:
            error = f"{record.error}; could not be read for {cadence.GIVE_UP_AFTER.days} days"
            record = replace(record, pause=True, error=error)
        if record.pause:
            record = replace(record, why="paused: `tinwire sources pause --resume` polls it again")
            return replace(one, record=record), None
    chosen = _next(one, is_inner, now)
    if is_pushed and not record.failed:
        chosen = cadence.as_backup(chosen, now)
    chosen = cadence.allowed(chosen, _rhythm(one), now, may_be_sooner=not record.failed)
    wait = cadence.span((chosen.at - now).total_seconds())
    record = replace(record, wait_s=chosen.wait_s, why=f"in {wait}: {chosen.why}{_moving(record)}")
    return replace(one, record=record), chosen.at


def once_more(
    one: Fetched, at: datetime, brought: Incoming, now: datetime
) -> tuple[Fetched, datetime]:
    """Have a source read again as if it had changed, at `at` or sooner, for its entries' pages."""
    record, kept = one.record, one.record.document
    if kept is not None:
        # Entries that were left out arrive later, and tell of its rhythm then.
        habit = kept.habit if brought.waiting_s is None else None
        kept = replace(kept, etag=None, last_modified=None, body_hash=b"", habit=habit)
        record = replace(record, document=kept)
    wait_s = brought.pages_wait_s
    if wait_s is not None and (then := now + timedelta(seconds=wait_s)) < at:
        at, what = then, "wait for their host" if brought.waiting_s else "are tried again"
        why = f"in {cadence.span(wait_s)}: pages of its entries {what}"
        record = replace(record, wait_s=wait_s, why=why)
    return replace(one, record=record), at


def _next(one: Fetched, is_inner: bool, now: datetime) -> Next:
    spread, last = spread_of(one.polled), one.polled.wait_s
    if one.reopens_at is not None:
        return cadence.after_refusal(one.reopens_at, last, now, spread)
    if one.record.failed:
        return cadence.after_failure(last, now, spread)
    kept = one.record.document
    habit = one.polled.habit if kept is None or kept.habit is None else kept.habit
    hints = Hints(one.polled.every_s, one.fresh_s, _rhythm(one), is_inner)
    return cadence.after_success(Habit.unpacked(habit), hints, now, spread)


def _rhythm(one: Fetched) -> Rhythm:
    """Give what the newest document asks for."""
    kept = one.record.document
    return one.polled.rhythm if kept is None else kept.rhythm


def _moving(record: FetchRecord) -> str:
    if record.failed or record.moved_to is None:
        return ""
    times = f"{min(record.moves, SIGHTINGS_OF_A_MOVE)} of {SIGHTINGS_OF_A_MOVE}"
    return f"; moved for ever to {record.moved_to} ({times})"
