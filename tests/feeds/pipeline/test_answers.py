"""Answers: each ends under one word with its reason, and says what comes next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.errors import FetchFailed, NotAFeed, Refused
from feeds.foreign import Rhythm
from feeds.ingest.exchange import Response
from feeds.ingest.parse import parse
from feeds.model import Entry, Outcome, ParsedFeed, Source
from feeds.pipeline.answers import Fetched, learnt, request_of, scheduled, understand
from feeds.pipeline.kinds import Reading, Unread
from feeds.store.polling import Document, FetchRecord, Polled

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RSS = b"<rss version='2.0'><channel><title>N</title><item><title>T</title></item></channel></rss>"
URL = "https://a.vn/rss"

POLLED = Polled(
    source=Source(1, "alpha", "Alpha", URL),
    host="a.vn",
    every_s=None,
    etag='W/"é"',
    last_modified="yesterday, as they say",
    body_hash=b"old",
    failures=0,
    failing_since=None,
    polls=1,
    wait_s=600.0,
    place_at=None,
    moved_to=None,
    moves=0,
    hub_url=None,
    habit=None,
    rhythm=Rhythm(),
    ids_change=False,
)


def answered(answer: Any, polled: Polled = POLLED) -> Fetched:
    return understand(polled, answer, lambda: NOON, 12, read)


def read(source: Source, answer: Response) -> Reading | Unread:
    """Read a body as a feed, and follow it nowhere."""
    try:
        return Reading(parse(answer.body, answer.headers, answer.url, source.timezone))
    except NotAFeed as exc:
        return Unread(Outcome.NOT_A_FEED, exc.message)


def response(status: int = 200, body: bytes = b"", **more: Any) -> Response:
    return Response(status, URL, {}, body, **more)


WORDS = {
    "a feed": (response(body=RSS), Outcome.OK),
    "nothing new": (response(304), Outcome.NOT_MODIFIED),
    "missing": (response(404), Outcome.HTTP_ERROR),
    "broken": (response(500), Outcome.HTTP_ERROR),
    "gone": (response(410), Outcome.GONE),
    "too many": (response(429, retry_after_s=300.0), Outcome.BUSY),
    "down for a while": (response(503, retry_after_s=60.0), Outcome.BUSY),
    "a page": (response(body=b"<html>Hello"), Outcome.NOT_A_FEED),
    "inside": (Refused("an inner address"), Outcome.REFUSED),
    "no answer": (FetchFailed("not done within 30 s", Outcome.TIMED_OUT), Outcome.TIMED_OUT),
}


@pytest.mark.parametrize(("answer", "word"), WORDS.values(), ids=WORDS)
def test_every_answer_ends_under_one_word(answer: Any, word: Outcome) -> None:
    record = answered(answer).record
    assert record.outcome == word
    assert record.failed == (word not in ("ok", "not modified"))


def test_validators_are_sent_as_they_were_received() -> None:
    request = request_of(POLLED)
    assert (request.etag, request.last_modified) == ('W/"é"', "yesterday, as they say")


def test_one_poll_in_a_hundred_asks_for_all() -> None:
    asked = [request_of(replace(POLLED, polls=number)).etag for number in range(300)]
    assert asked.count(None) == 3


def test_a_304_to_one_who_asked_for_all_is_a_lie() -> None:
    never_read = replace(POLLED, etag=None, last_modified=None)
    assert answered(response(304), never_read).record.outcome == Outcome.BAD_ANSWER


def test_410_pauses_the_source_at_once() -> None:
    ended, next_at = scheduled(answered(response(410)), False, NOON)
    assert next_at is None
    assert ended.record.pause
    assert "gone for good" in (ended.record.error or "")


FAILING = {"404": response(404), "500": response(500), "no answer": FetchFailed("no")}


@pytest.mark.parametrize("answer", FAILING.values(), ids=FAILING)
def test_a_failure_backs_off_for_thirty_days_and_then_pauses(answer: Any) -> None:
    young = replace(POLLED, failing_since=NOON - 29 * DAY)
    ended, next_at = scheduled(answered(answer, young), False, NOON)
    assert next_at is not None
    assert next_at >= NOON + timedelta(seconds=600)
    assert "backing off" in ended.record.why
    old = replace(POLLED, failing_since=NOON - 30 * DAY)
    ended, next_at = scheduled(answered(answer, old), False, NOON)
    assert (next_at, ended.record.pause) == (None, True)
    assert "could not be read for 30 days" in (ended.record.error or "")


def test_a_host_that_asks_for_quiet_has_it_and_a_time_of_its_own_for_each_source() -> None:
    times = []
    for name in ("alpha", "beta", "gamma"):
        one = replace(POLLED, source=replace(POLLED.source, name=name))
        fetched = answered(response(429, retry_after_s=300.0), one)
        assert fetched.reopens_at == NOON + timedelta(seconds=300)
        times.append(scheduled(fetched, False, NOON)[1])
    assert len(set(times)) == 3
    assert all(at is not None and at >= NOON + timedelta(seconds=300) for at in times)


def test_a_move_is_counted_only_in_a_row_to_one_place() -> None:
    to = "https://new.vn/rss"
    twice = replace(POLLED, moved_to=to, moves=2)
    assert answered(response(304, moved_to=to), twice).record.moves == 3
    assert answered(response(304, moved_to="https://other.vn/"), twice).record.moves == 1
    back = answered(response(304), twice).record
    assert (back.moved_to, back.moves) == (None, 0)
    failed = answered(response(500), twice).record
    assert (failed.moved_to, failed.moves) == (to, 2), "a failure tells nothing of the address"


def test_the_reason_tells_of_a_move_that_is_not_certain_yet() -> None:
    ended, _ = scheduled(answered(response(304, moved_to="https://new.vn/")), False, NOON)
    assert "moved for ever to https://new.vn/ (1 of 3)" in ended.record.why


def with_document(*entries: Entry, **polled: Any) -> Fetched:
    document = ParsedFeed("rss", "N", entries)
    record = FetchRecord(1, NOON, "ok", document=Document(None, None, b"new"))
    return Fetched(replace(POLLED, **polled), record, document)


def entry(published: datetime | None) -> Entry:
    return Entry("g", None, "T", published=published)


def habit_of(fetched: Fetched, arrived: int = 0) -> tuple[float, ...]:
    kept = learnt(fetched, arrived, NOON).record.document
    assert kept is not None
    assert kept.habit is not None
    return kept.habit


def test_a_rhythm_is_learnt_from_the_dates_of_entries() -> None:
    dates = [NOON - timedelta(hours=hours) for hours in range(30)]
    habit = habit_of(with_document(*map(entry, dates)))
    assert sum(habit[3:27]) == 29, "the oldest opens the time that was watched"


def test_entries_without_dates_count_when_they_arrive() -> None:
    before = habit_of(with_document(entry(None)))
    after = habit_of(with_document(entry(None), habit=before), arrived=4)
    assert sum(after[3:27]) == 4


def test_dates_far_ahead_tell_nothing() -> None:
    assert sum(habit_of(with_document(entry(NOON + DAY), entry(NOON - DAY)))[3:27]) == 0


@pytest.fixture
def wait_of() -> Callable[..., float]:
    def wait(answer: Response, **polled: Any) -> float:
        _, at = scheduled(answered(answer, replace(POLLED, **polled)), False, NOON)
        assert at is not None
        return (at - NOON).total_seconds()

    return wait


def test_what_cache_control_says_counts_on_a_304_too(wait_of: Callable[..., float]) -> None:
    fresh = replace(response(304), headers={"cache-control": "public, max-age=1800"})
    assert wait_of(fresh) > wait_of(response(304))


def test_what_the_document_said_counts_until_the_next_one(wait_of: Callable[..., float]) -> None:
    assert wait_of(response(304), rhythm=Rhythm(ttl_s=3600)) > wait_of(response(304))


FORBIDDEN = [
    (response(304), True),
    (response(500), False),
    (response(429, retry_after_s=300.0), False),
]


@pytest.mark.parametrize(("answer", "is_pushed"), FORBIDDEN)
def test_forbidden_hours_are_left_out_as_a_backup_and_after_a_failure(
    answer: Response, is_pushed: bool
) -> None:
    hours = frozenset(range(12, 18))
    polled = replace(POLLED, rhythm=Rhythm(skip_hours=hours))
    ended, at = scheduled(answered(answer, polled), False, NOON, is_pushed)
    assert at is not None
    assert at.hour not in hours
    assert "forbids other hours" in ended.record.why
