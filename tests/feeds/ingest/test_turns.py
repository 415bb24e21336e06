"""Turns: no host is pressed, nobody is overtaken, nobody waits for ever."""

import heapq
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.turns import Caller, Host, Rule, admit

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FREE = Host("a.vn")


def caller(name: str, place_at: datetime | None = None, spread: float = 0.5) -> Caller:
    return Caller(name, place_at, 600.0, spread)


def test_a_source_of_a_free_host_is_let_through() -> None:
    turns = admit(FREE, Rule(), [caller("a")], NOON)
    assert (turns.go, turns.later) == (("a",), {})
    assert (turns.host.last_at, turns.host.open) == (NOON, 1)


def test_sources_that_come_together_get_places_a_gap_apart() -> None:
    turns = admit(FREE, Rule(), [caller(name) for name in "abc"], NOON)
    assert turns.go == ("a",)
    assert turns.later == {"b": NOON + SECOND, "c": NOON + 2 * SECOND}


def test_who_has_a_place_comes_before_who_comes_later() -> None:
    queued = admit(FREE, Rule(), [caller("a"), caller("b")], NOON)
    place = queued.later["b"]
    turns = admit(replace(queued.host, open=0), Rule(), [caller("c"), caller("b", place)], place)
    assert turns.go == ("b",)
    assert turns.later["c"] > place


def test_a_host_with_enough_open_requests_takes_no_more() -> None:
    busy = replace(FREE, open=2)
    turns = admit(busy, Rule(concurrency=2), [caller("a")], NOON)
    assert turns.go == ()
    assert turns.later["a"] > NOON


def test_a_host_that_asked_for_quiet_is_left_alone_by_all() -> None:
    closed = replace(FREE, closed_until=NOON + timedelta(hours=1))
    callers = [caller(str(n), spread=n / 10) for n in range(10)]
    turns = admit(closed, Rule(), callers, NOON)
    assert turns.go == ()
    assert min(turns.later.values()) >= closed.closed_until
    assert len(set(turns.later.values())) == 10


def test_a_host_of_ours_has_no_gap() -> None:
    turns = admit(FREE, Rule(100, timedelta(0)), [caller(str(n)) for n in range(150)], NOON)
    assert (len(turns.go), len(turns.later)) == (100, 50)


@given(
    st.lists(st.floats(0, 30), min_size=1, max_size=40),
    st.floats(0.1, 20),
    st.integers(1, 3),
    st.floats(0.5, 3),
)
def test_no_host_is_pressed_and_everybody_gets_a_turn(
    comes_s: list[float], lasts_s: float, concurrency: int, gap_s: float
) -> None:
    rule, host = Rule(concurrency, timedelta(seconds=gap_s)), FREE
    waiting = [(NOON + timedelta(seconds=at), n, None) for n, at in enumerate(comes_s)]
    heapq.heapify(waiting)
    ends: list[datetime] = []
    starts: list[datetime] = []
    tries = 0
    while waiting:
        now, number, place = heapq.heappop(waiting)
        ends = [end for end in ends if end > now]
        assert len(ends) <= concurrency
        turns = admit(replace(host, open=len(ends)), rule, [caller(str(number), place)], now)
        host = turns.host
        if turns.go:
            assert not starts or now - starts[-1] >= rule.gap
            starts.append(now)
            ends.append(now + timedelta(seconds=lasts_s))
        else:
            at = turns.later[str(number)]
            assert at > now
            heapq.heappush(waiting, (at, number, at))
        tries += 1
        assert tries < 20_000, "somebody waits for ever"
    assert len(starts) == len(comes_s)
