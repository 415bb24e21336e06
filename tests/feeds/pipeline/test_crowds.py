"""Crowds: a host with many callbacks is called a few at a time, by all workers together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.pipeline import crowds
from feeds.pipeline.crowds import AT_ONCE, GAP, admit
from feeds.store import hosts, work

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tail_s", "asked", "places", "end_s"),
    [
        (-9, 3, 3, 0.3),
        (-9, 25, 10, 1),
        (0.3, 25, 7, 1),
        (1, 5, 0, 1),
        (7, 5, 0, 7),
        (0.95, 1, 0, 0.95),
    ],
)
def test_a_second_has_a_few_places(tail_s: float, asked: int, places: int, end_s: float) -> None:
    found = admit(NOON + timedelta(seconds=tail_s), asked, NOON)
    assert found == (places, NOON + timedelta(seconds=end_s))


def call(newsroom: Any, worker: str, count: int, host: str = "readers.example") -> int:
    """Let a worker ask for places; returns how many it got."""
    rows = [(f"{worker}{n}", f"https://{host}/{n}") for n in range(count)]
    desk = newsroom.desk
    claimed = work.Claim("deliver", worker, {row: 1 for row, _ in rows})
    with desk.engine.begin() as connection:
        waits = crowds.later(connection, desk.settings, claimed, rows, newsroom.watch.now)
    assert all(at >= newsroom.watch.now + GAP for at in waits.values())
    return count - len(waits)


def test_workers_share_a_hosts_places(newsroom: Any) -> None:
    assert call(newsroom, "a", 6) == 6
    assert call(newsroom, "b", 30) == AT_ONCE - 6
    assert call(newsroom, "c", 1) == 0
    assert call(newsroom, "c", 3, "others.example") == 3
    newsroom.watch.forward(seconds=1)
    assert [call(newsroom, worker, 7) for worker in "abc"] == [7, 3, 0]


def test_those_who_wait_take_no_places_and_all_come_in_their_turn(newsroom: Any) -> None:
    left, seconds = {"a": 40, "b": 40}, 0
    while any(left.values()):
        called = 0
        for worker, count in left.items():
            got = call(newsroom, worker, count)
            left[worker] -= got
            called += got
        assert called == AT_ONCE
        newsroom.watch.forward(seconds=1)
        seconds += 1
    assert seconds == 8


def test_our_own_hosts_bear_what_they_get_and_idle_queues_are_dropped(newsroom: Any) -> None:
    assert call(newsroom, "a", 100, "127.0.0.1") == 100
    assert newsroom.rows("SELECT 1 FROM host") == []
    assert call(newsroom, "a", 1) == 1
    with newsroom.desk.engine.begin() as connection:
        hosts.meet(connection, ["readers.example"], LONG_AGO)
        hosts.forget_crowds(connection, newsroom.watch.now + timedelta(hours=2))
    (row,) = newsroom.rows("SELECT name FROM host")
    assert row.name == "readers.example", "polls have a queue of their own"
