"""Work: marking, claiming, finishing; what is marked is done, and by one worker at a time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.errors import LeaseLost
from feeds.store import backlog, work
from feeds.store.tables import work as table

LEASE = timedelta(seconds=60)
SOON = timedelta(seconds=1)


def rows(connection: sa.Connection, *columns: str) -> list[tuple[Any, ...]]:
    chosen = [table.c[name] for name in columns]
    return [tuple(row) for row in connection.execute(sa.select(*chosen).order_by(table.c.key))]


def claim(connection: sa.Connection, now: datetime, **more: Any) -> work.Claim | None:
    fields = {"kind": "k", "limit": 10, "lease": LEASE, **more}
    return work.claim(connection, now=now, **fields)


def claimed(connection: sa.Connection, now: datetime, **more: Any) -> work.Claim:
    taken = claim(connection, now, **more)
    assert taken is not None
    return taken


def test_marks_of_one_key_coalesce(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a", "b", "a"], noon)
    work.mark(connection, "k", ["a"], noon)
    assert rows(connection, "key", "want", "done") == [("a", 2, 0), ("b", 1, 0)]
    assert claimed(connection, noon).wants == {"a": 2, "b": 1}


def test_marking_nothing_is_allowed(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", [], noon)
    assert rows(connection, "key") == []


def test_finished_work_leaves_no_row(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a", "b"], noon)
    work.finish(connection, claimed(connection, noon))
    assert rows(connection, "key") == []


def test_finishing_nothing_is_allowed(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a"], noon)
    work.finish(connection, claimed(connection, noon), [])
    assert len(rows(connection, "key")) == 1


def test_a_mark_during_a_run_leaves_the_row_due(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a", "b"], noon)
    running = claimed(connection, noon)
    work.mark(connection, "k", ["b"], noon)
    assert claim(connection, noon) is None, "b is leased still"
    work.finish(connection, running)
    assert claimed(connection, noon).wants == {"b": 2}


def test_leased_rows_are_not_given_out_again(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a", "b", "c"], noon)
    first = claimed(connection, noon, limit=2)
    second = claimed(connection, noon, limit=2)
    assert (len(first.wants), len(second.wants)) == (2, 1)
    assert not first.wants.keys() & second.wants.keys()
    assert claim(connection, noon) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_slower_worker_must_roll_back(
    engine: sa.Engine, noon: datetime
) -> None:
    with engine.begin() as connection:
        work.mark(connection, "k", ["a"], noon)
        slow = claimed(connection, noon)
    with engine.begin() as connection:
        assert claim(connection, noon + LEASE) is None
        quick = claimed(connection, noon + LEASE + SOON)
    with engine.connect() as connection:
        work.mark(connection, "effect", ["of slow"], noon)
        with pytest.raises(LeaseLost, match="1 of 1 leases lost"):
            work.finish(connection, slow)
    with engine.begin() as connection:
        assert rows(connection, "kind", "key") == [("k", "a")], "nothing of slow's effects stays"
        work.finish(connection, quick)
        assert rows(connection, "key") == []


def test_one_lost_lease_of_a_batch_is_enough(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a", "b"], noon)
    running = claimed(connection, noon)
    work.cancel(connection, "k", ["b"])
    with pytest.raises(LeaseLost, match="1 of 2"):
        work.finish(connection, running)


def test_work_comes_back_at_its_own_time(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a", "b"], noon)
    running = claimed(connection, noon)
    work.again(connection, running, {"a": noon + SOON, "b": noon + LEASE})
    assert claim(connection, noon) is None
    assert claimed(connection, noon + SOON).keys == ("a",)


def test_a_mark_during_a_run_outweighs_coming_back_later(
    connection: sa.Connection, noon: datetime
) -> None:
    work.mark(connection, "k", ["a", "b"], noon)
    running = claimed(connection, noon)
    work.mark(connection, "k", ["b"], noon)
    work.again(connection, running, dict.fromkeys("ab", noon + LEASE))
    assert claimed(connection, noon).keys == ("b",)


def test_coming_back_needs_the_lease(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a"], noon)
    slow = claimed(connection, noon)
    claimed(connection, noon + LEASE + SOON)
    with pytest.raises(LeaseLost):
        work.again(connection, slow, {"a": noon})


def test_a_failure_is_tried_again_alone(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a", "b", "c"], noon)
    work.release(connection, claimed(connection, noon), noon + SOON, "boom")
    assert claim(connection, noon) is None
    work.mark(connection, "k", ["fresh"], noon)
    batches = [claimed(connection, noon + SOON).keys for _ in range(4)]
    assert batches[0] == ("fresh",)
    assert sorted(batches[1:]) == [("a",), ("b",), ("c",)]


def test_each_further_try_waits_twice_as_long_and_rows_come_apart(
    connection: sa.Connection, noon: datetime
) -> None:
    step = timedelta(seconds=8)
    work.mark(connection, "k", map(str, range(40)), noon)
    now = noon
    for least in (1, 2, 4):
        while (taken := claim(connection, now)) is not None:
            work.release(connection, taken, now, "boom", step=step)
        due = [row[0] for row in rows(connection, "run_at")]
        waits = {(at - now) / step for at in due}
        assert all(0.75 * least <= one <= 1.25 * least for one in waits)
        assert len(waits) > 20
        now = max(due)


def test_a_released_row_is_not_released_twice(connection: sa.Connection, noon: datetime) -> None:
    """The slower worker's failure doesn't take the lease from the one who took over."""
    work.mark(connection, "k", ["a"], noon)
    slow = claimed(connection, noon)
    quick = claimed(connection, noon + LEASE + SOON)
    work.release(connection, slow, noon, "too late")
    work.finish(connection, quick)


def test_after_the_last_try_work_is_dead_with_its_error(
    connection: sa.Connection, noon: datetime
) -> None:
    work.mark(connection, "k", ["a"], noon)
    for _ in range(3):
        running = claimed(connection, noon, max_attempts=3)
        work.release(connection, running, noon, "ValueError: boom")
    assert claim(connection, noon, max_attempts=3) is None
    letter = backlog.DeadLetter("k", "a", 3, "ValueError: boom", noon)
    assert backlog.dead(connection) == [letter]
    assert claim(connection, noon + LEASE, max_attempts=3) is None


def test_work_whose_workers_died_is_dead_after_the_last_try(
    connection: sa.Connection, noon: datetime
) -> None:
    work.mark(connection, "k", ["a"], noon)
    later = noon
    for _ in range(2):
        claimed(connection, later, max_attempts=2)
        later += LEASE + SOON
    assert claim(connection, later, max_attempts=2) is None
    assert [one.error for one in backlog.dead(connection)] == ["the worker died while doing this"]


def test_a_try_that_is_nobodys_fault_is_not_counted(
    connection: sa.Connection, noon: datetime
) -> None:
    work.mark(connection, "k", ["a", "b"], noon)
    work.release(connection, claimed(connection, noon), noon, "deadlock", is_counted=False)
    assert claimed(connection, noon).keys == ("a", "b"), "as a batch, as before"


def test_replay_gives_dead_work_all_its_tries(connection: sa.Connection, noon: datetime) -> None:
    _kill(connection, "k", "a", noon)
    _kill(connection, "other", "a", noon)
    assert backlog.replay(connection, "k", noon) == 1
    assert [one.kind for one in backlog.dead(connection)] == ["other"]
    assert claimed(connection, noon).keys == ("a",)
    assert backlog.replay(connection, None, noon) == 1
    assert backlog.dead(connection) == []


def test_a_new_mark_makes_dead_work_live(connection: sa.Connection, noon: datetime) -> None:
    _kill(connection, "k", "a", noon)
    work.mark(connection, "k", ["a"], noon)
    assert claimed(connection, noon, max_attempts=1).keys == ("a",)


def _kill(connection: sa.Connection, kind: str, key: str, now: datetime) -> None:
    work.mark(connection, kind, [key], now)
    work.release(connection, claimed(connection, now, kind=kind), now, "boom")
    assert claim(connection, now, kind=kind, max_attempts=1) is None


# Marks at these seconds, with 2 s of quiet and at most 5 s: when the work is due.
DEBOUNCED = {
    "one mark": ([0], 2),
    "a second mark starts the quiet anew": ([0, 1], 3),
    "a late mark changes nothing before the work was done": ([0, 10], 5),
    "marks that never stop wait no longer than at most": ([0, 1, 2, 3, 4, 4.5], 5),
}


@pytest.mark.parametrize(("marks", "due"), DEBOUNCED.values(), ids=DEBOUNCED.keys())
def test_debounced_work_waits_for_quiet_but_not_for_ever(
    connection: sa.Connection, noon: datetime, marks: list[float], due: float
) -> None:
    wait = work.Debounce(timedelta(seconds=2), timedelta(seconds=5))
    for second in marks:
        work.mark(connection, "k", ["a"], noon + timedelta(seconds=second), wait)
    at = noon + timedelta(seconds=due)
    assert claim(connection, at - timedelta(milliseconds=1)) is None
    assert claim(connection, at) is not None


def test_an_urgent_mark_ends_the_waiting(connection: sa.Connection, noon: datetime) -> None:
    work.mark(connection, "k", ["a"], noon, work.Debounce(LEASE, LEASE))
    work.mark(connection, "k", ["a"], noon)
    assert claim(connection, noon) is not None


def test_lanes_are_apart_and_live_work_never_waits_in_the_reindex_lane(
    connection: sa.Connection, noon: datetime
) -> None:
    work.mark(connection, "k", ["a", "b"], noon, lane=work.REINDEX)
    assert claim(connection, noon) is None
    work.mark(connection, "k", ["b"], noon)
    assert claimed(connection, noon).keys == ("b",)
    assert claimed(connection, noon, lane=work.REINDEX).keys == ("a",)


def test_a_reindex_mark_doesnt_slow_live_work_down(
    connection: sa.Connection, noon: datetime
) -> None:
    work.mark(connection, "k", ["a"], noon)
    work.mark(connection, "k", ["a"], noon, lane=work.REINDEX)
    assert claimed(connection, noon).keys == ("a",)


def test_the_longest_waiting_come_first(connection: sa.Connection, noon: datetime) -> None:
    for key, seconds in (("a", 3), ("b", 1), ("c", 2)):
        work.mark(connection, "k", [key], noon + timedelta(seconds=seconds))
    assert [claimed(connection, noon + LEASE, limit=1).keys for _ in range(3)] == [
        ("b",),
        ("c",),
        ("a",),
    ]


def test_due_says_how_much_is_ready_and_when_the_next_will_be(
    connection: sa.Connection, noon: datetime
) -> None:
    work.mark(connection, "k", ["a", "b"], noon)
    work.mark(connection, "k", ["c"], noon + LEASE)
    work.mark(connection, "slow", ["a"], noon, lane=work.REINDEX)
    claimed(connection, noon, limit=1, lease=SOON)
    asked = [("k", work.LIVE), ("slow", work.REINDEX), ("none", work.LIVE)]
    assert backlog.due(connection, noon, asked) == [
        backlog.Due("k", work.LIVE, 1, noon, noon + SOON),
        backlog.Due("none", work.LIVE, 0, None, None),
        backlog.Due("slow", work.REINDEX, 1, noon, None),
    ]
    assert backlog.due(connection, noon + 2 * SOON, asked[:1]) == [
        backlog.Due("k", work.LIVE, 2, noon, noon + LEASE)
    ]


def test_load_counts_each_row_under_one_word(connection: sa.Connection, noon: datetime) -> None:
    _kill(connection, "k", "dead", noon)
    work.mark(connection, "k", ["running"], noon)
    claimed(connection, noon)
    work.mark(connection, "k", ["waiting"], noon)
    work.mark(connection, "k", ["later"], noon + LEASE)
    assert backlog.load(connection, noon) == [backlog.Load("k", work.LIVE, 1, 1, 1, 1)]
