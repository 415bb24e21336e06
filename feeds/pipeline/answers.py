"""Answers: what a source's answer means, and when the source is asked next. Decides, does nothing.

Three endings: what could be read is asked again by its rhythm, what could not is tried ever more
seldom for thirty days, and what will never be readable (410), or must not be read without a person
(held), is paused with its reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds.clock import Clock
from feeds.errors import FetchFailed, NotAFeed, TinwireError
from feeds.ingest import cadence
from feeds.ingest.cadence import Habit, Hints, Next
from feeds.ingest.fetch import Request, Response
from feeds.ingest.headers import fresh_s
from feeds.ingest.parse import parse
from feeds.model import Outcome, ParsedFeed
from feeds.store.polling import Document, FetchRecord, Polled

SIGHTINGS_OF_A_MOVE = 3
_AHEAD = timedelta(hours=1)  # a claim further ahead than this tells nothing of a rhythm


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one source answered: a document to ingest, or a record of why there is none.

    `reopens_at` is when its host may be asked again, where the host asked for quiet.
    """

    polled: Polled
    record: FetchRecord
    document: ParsedFeed | None = None
    fresh_s: float | None = None
    reopens_at: datetime | None = None


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


def understand(one: Polled, answer: Response | TinwireError, clock: Clock, ms: int) -> Fetched:
    """Read an answer: the document in it, or the word and the reason why there is none."""
    now = clock()
    record = FetchRecord(
        one.source.id,
        now,
        Outcome.OK,
        ms=ms,
        url=one.source.url,
        moved_to=one.moved_to,
        moves=one.moves,
    )
    if isinstance(answer, TinwireError):
        word = answer.kind if isinstance(answer, FetchFailed) else Outcome.REFUSED
        return Fetched(one, replace(record, outcome=word, error=answer.message))
    record = replace(record, status=answer.status, size=len(answer.body))
    if answer.not_modified and not is_conditional(request_of(one)):
        why = "HTTP status 304, though all was asked for"
        return Fetched(one, replace(record, outcome=Outcome.BAD_ANSWER, error=why))
    if answer.not_modified:
        return _good(one, answer, replace(record, outcome=Outcome.NOT_MODIFIED), clock)
    if not 200 <= answer.status < 300:
        return _error(one, answer, record, now)
    return _read(one, answer, record, clock)


def _error(one: Polled, answer: Response, record: FetchRecord, now: datetime) -> Fetched:
    why = f"HTTP status {answer.status}"
    if answer.status == 410:
        gone = replace(record, outcome=Outcome.GONE, error=f"{why}: gone for good", pause=True)
        return Fetched(one, gone)
    if answer.retry_after_s is None:
        return Fetched(one, replace(record, outcome=Outcome.HTTP_ERROR, error=why))
    wait_s = answer.retry_after_s
    busy = replace(record, outcome=Outcome.BUSY, error=f"{why}: wait for {cadence.span(wait_s)}")
    return Fetched(one, busy, reopens_at=now + timedelta(seconds=wait_s))


def _read(one: Polled, answer: Response, record: FetchRecord, clock: Clock) -> Fetched:
    body_hash = blake2b(answer.body, digest_size=16).digest()
    etag, last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if body_hash == one.body_hash:
        record = replace(record, outcome=Outcome.SAME_BODY)
        if (etag, last_modified) != (one.etag, one.last_modified):
            kept = Document(etag, last_modified, body_hash, one.hub_url, None, one.rhythm)
            record = replace(record, document=kept)
        return _good(one, answer, record, clock)
    try:
        document = parse(answer.body, answer.headers, answer.url, one.source.timezone)
    except NotAFeed as exc:
        return Fetched(one, replace(record, outcome=Outcome.NOT_A_FEED, error=exc.message))
    kept = Document(etag, last_modified, body_hash, document.hub_url, rhythm=document.rhythm)
    good = _good(one, answer, replace(record, document=kept), clock)
    return replace(good, document=document)


def _good(one: Polled, answer: Response, record: FetchRecord, clock: Clock) -> Fetched:
    """Count how often in a row the source was found at another address for ever."""
    to = answer.moved_to
    moves = 0 if to is None else one.moves + 1 if to == one.moved_to else 1
    record = replace(record, moved_to=to, moves=moves)
    return Fetched(one, record, fresh_s=fresh_s(answer.headers, clock))


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


def scheduled(one: Fetched, is_inner: bool, now: datetime) -> tuple[Fetched, datetime | None]:
    """Say when the source is asked next, and why; `None` where it is paused."""
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
    wait = cadence.span((chosen.at - now).total_seconds())
    record = replace(record, wait_s=chosen.wait_s, why=f"in {wait}: {chosen.why}{_moving(record)}")
    return replace(one, record=record), chosen.at


def _next(one: Fetched, is_inner: bool, now: datetime) -> Next:
    spread, last = spread_of(one.polled), one.polled.wait_s
    if one.reopens_at is not None:
        return cadence.after_refusal(one.reopens_at, last, now, spread)
    if one.record.failed:
        return cadence.after_failure(last, now, spread)
    kept = one.record.document
    habit = one.polled.habit if kept is None or kept.habit is None else kept.habit
    rhythm = one.polled.rhythm if kept is None else kept.rhythm
    hints = Hints(one.polled.every_s, one.fresh_s, rhythm, is_inner)
    return cadence.after_success(Habit.unpacked(habit), hints, now, spread)


def _moving(record: FetchRecord) -> str:
    if record.failed or record.moved_to is None:
        return ""
    times = f"{min(record.moves, SIGHTINGS_OF_A_MOVE)} of {SIGHTINGS_OF_A_MOVE}"
    return f"; moved for ever to {record.moved_to} ({times})"
