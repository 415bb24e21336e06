"""Cadence: laws of the waits, and what goes before what."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.foreign import Rhythm
from feeds.ingest.cadence import (
    LEAST_S,
    MOST_S,
    Habit,
    Hints,
    after_failure,
    after_refusal,
    after_success,
    is_given_up,
    is_unconditional,
    learn,
    span,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ago = st.floats(0, 40 * 86_400).map(lambda seconds: NOON - timedelta(seconds=seconds))
spreads = st.floats(0, 1, exclude_max=True)
seconds = st.none() | st.floats(0, 1e7)
rhythms = st.builds(
    Rhythm,
    st.none() | st.integers(0, 10**7),
    st.frozensets(st.integers(0, 23)),
    st.frozensets(st.integers(0, 6)),
)


def habit_of(gap: timedelta, entries: int = 30, now: datetime = NOON) -> Habit:
    return learn(None, [now - gap * number for number in range(entries)], now)


def wait(habit: Habit | None, now: datetime = NOON, **hints: object) -> float:
    return after_success(habit, Hints(**hints), now, 0.5).wait_s  # type: ignore[arg-type]


@given(st.lists(ago), seconds, rhythms, spreads)
def test_every_wait_is_between_two_minutes_and_a_day(
    dates: list[datetime], fresh_s: float | None, rhythm: Rhythm, spread: float
) -> None:
    hints = Hints(fresh_s=fresh_s, rhythm=rhythm)
    chosen = after_success(learn(None, dates, NOON), hints, NOON, spread)
    assert LEAST_S <= (chosen.at - NOON).total_seconds() <= MOST_S
    assert chosen.why


@given(st.lists(ago), st.lists(ago), st.permutations(range(10)))
def test_the_order_of_entries_makes_no_difference(
    first: list[datetime], then: list[datetime], order: list[int]
) -> None:
    def shuffled(dates: list[datetime]) -> list[datetime]:
        return [dates[i] for i in order if i < len(dates)] + dates[10:]

    one = learn(learn(None, first, NOON - DAY), then, NOON)
    other = learn(learn(None, shuffled(first), NOON - DAY), shuffled(then), NOON)
    assert one == other


@given(st.lists(ago), st.lists(ago))
def test_what_is_packed_comes_out_again(first: list[datetime], then: list[datetime]) -> None:
    habit = learn(learn(None, first, NOON - DAY), then, NOON)
    assert Habit.unpacked(habit.packed()) == habit
    assert len(habit.packed()) == 34


def test_the_same_document_read_twice_counts_once() -> None:
    dates = [NOON - HOUR * number for number in range(20)]
    once = learn(None, dates, NOON)
    assert learn(once, dates, NOON) == once


def test_who_publishes_more_is_asked_more_often() -> None:
    waits = [wait(habit_of(timedelta(minutes=gap))) for gap in (2, 10, 60, 600, 3000)]
    assert waits == sorted(set(waits))


def test_a_source_that_falls_silent_is_asked_ever_more_seldom() -> None:
    habit = habit_of(timedelta(minutes=10))
    waits = [wait(habit, NOON + DAY * days) for days in (0, 7, 28, 112)]
    assert waits == sorted(set(waits))


def test_a_source_that_sleeps_is_asked_less_at_night() -> None:
    days = [NOON.replace(hour=hour) - DAY * day for day in range(1, 15) for hour in range(8, 20)]
    habit = learn(None, days, NOON)
    assert wait(habit, NOON.replace(hour=1)) > 1.5 * wait(habit, NOON.replace(hour=13))


def test_one_day_of_a_source_is_no_rule_for_its_nights() -> None:
    day = [NOON - timedelta(minutes=10) * number for number in range(30)]
    habit = learn(None, day, NOON)
    assert wait(habit, NOON.replace(hour=1) + DAY) < 1.5 * wait(habit, NOON + DAY)


def test_an_unknown_source_is_asked_within_a_quarter_of_an_hour() -> None:
    assert wait(None) <= 900
    assert wait(learn(None, [], NOON)) <= 900


def test_a_rhythm_that_is_asked_for_lengthens_the_wait() -> None:
    habit = habit_of(HOUR)
    usual = wait(habit)
    assert usual < wait(habit, rhythm=Rhythm(ttl_s=int(2 * usual))) < 4 * usual
    assert usual < wait(habit, fresh_s=2 * usual)


def test_a_templates_default_lengthens_the_wait_fourfold_at_most() -> None:
    habit = habit_of(HOUR)
    asked = wait(habit, rhythm=Rhythm(ttl_s=86_400))
    assert asked == pytest.approx(4 * wait(habit))


def test_an_editors_wish_goes_before_rhythm_and_ttl() -> None:
    habit = habit_of(10 * DAY)
    hints = {"every_s": 600, "rhythm": Rhythm(ttl_s=86_400), "fresh_s": 86_400.0}
    assert 540 <= wait(habit, **hints) <= 600


def test_an_editors_wish_never_makes_a_wait_longer() -> None:
    habit = habit_of(timedelta(minutes=5))
    assert wait(habit, every_s=86_400) == wait(habit)


def test_only_on_an_inner_host_may_a_wish_go_below_two_minutes() -> None:
    assert wait(None, every_s=10) == LEAST_S
    assert wait(None, every_s=10, is_inner=True) <= 10


@given(rhythms.filter(lambda rhythm: len(rhythm.skip_hours) < 24), st.floats(0, 7 * 86_400))
def test_hours_that_are_forbidden_are_left_out_even_against_a_wish(
    rhythm: Rhythm, later: float
) -> None:
    rhythm = Rhythm(rhythm.ttl_s, rhythm.skip_hours)
    now = NOON + timedelta(seconds=later)
    chosen = after_success(None, Hints(every_s=600, rhythm=rhythm), now, 0.5)
    assert chosen.at.hour not in rhythm.skip_hours


def test_days_that_are_forbidden_wait_for_a_day_at_most() -> None:
    always = Rhythm(skip_days=frozenset(range(7)))
    chosen = after_success(None, Hints(rhythm=always), NOON, 0.5)
    assert chosen.at == NOON + DAY
    friday = after_success(None, Hints(rhythm=Rhythm(skip_days=frozenset({4}))), NOON, 0.5)
    assert friday.at.weekday() == 5


@given(st.none() | st.floats(0, 1e6), spreads)
def test_a_failure_waits_between_once_and_thrice_the_last_wait(
    last: float | None, spread: float
) -> None:
    base = min(max(last or 0, LEAST_S), MOST_S)
    chosen = after_failure(last, NOON, spread)
    assert min(base, 0.9 * MOST_S) <= chosen.wait_s <= min(3 * base, MOST_S)


def test_failures_in_a_row_grow_to_a_day() -> None:
    last = None
    for _ in range(20):
        last = after_failure(last, NOON, 0.5).wait_s
    assert 0.9 * MOST_S <= last <= MOST_S  # type: ignore[operator]


@given(st.lists(spreads, min_size=2, unique=True), st.floats(120, 86_400))
def test_sources_of_one_host_come_back_apart_and_never_too_early(
    chances: list[float], last: float
) -> None:
    reopens = NOON + HOUR
    times = [after_refusal(reopens, last, NOON, chance).at for chance in chances]
    assert min(times) >= reopens
    assert max(times) <= reopens + HOUR
    assert (max(times) - min(times)).total_seconds() == pytest.approx(
        min(last, 3600) * (max(chances) - min(chances)), abs=1e-5
    )


def test_a_source_is_given_up_after_thirty_days_of_failure() -> None:
    assert not is_given_up(None, NOON)
    assert not is_given_up(NOON - 29 * DAY, NOON)
    assert is_given_up(NOON - 30 * DAY, NOON)


@given(st.integers(0, 2**32), st.integers(0, 10**6))
def test_one_poll_in_a_hundred_goes_without_validators(name_hash: int, polls: int) -> None:
    assert sum(is_unconditional(polls + number, name_hash) for number in range(100)) == 1


def test_dates_in_the_future_count_for_now() -> None:
    habit = learn(habit_of(HOUR), [NOON + 9 * DAY], NOON + HOUR)
    assert habit.newest == (NOON + HOUR).timestamp()


SPANS = {30: "30 s", 600: "10 min", 7200: "2 h", 30 * 86_400: "30 days"}


@pytest.mark.parametrize(("seconds", "text"), SPANS.items())
def test_a_span_is_written_for_a_person(seconds: float, text: str) -> None:
    assert span(seconds) == text
