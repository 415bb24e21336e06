"""Run: batches are claimed and ended; one poisoned row never costs its neighbours."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from config.celery import ROUTES
from feeds.errors import FetchFailed, Raced
from feeds.pipeline import run as boundary
from feeds.pipeline.desk import Desk
from feeds.pipeline.run import Kind, run
from feeds.store import backlog, work

KEYS = ("a", "b", "c", "d", "e")
Step = Callable[[Desk, work.Claim], int]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Step], None]:
    """Add a kind of work named `test`, in batches of five."""

    def add(step: Step) -> None:
        kinds = {**boundary.KINDS, "test": Kind(step, lambda _: 5)}
        monkeypatch.setattr(boundary, "KINDS", kinds)

    return add


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    with capture_logs() as captured:
        yield captured


def mark(newsroom: Any, *keys: str) -> None:
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "test", keys, newsroom.watch.now)


def dead(newsroom: Any) -> list[backlog.DeadLetter]:
    with newsroom.desk.engine.connect() as connection:
        return backlog.dead(connection)


def waiting(newsroom: Any) -> list[str]:
    rows = newsroom.rows(
        "SELECT key FROM work WHERE kind = 'test' AND dead_at IS NULL ORDER BY key"
    )
    return [row.key for row in rows]


def finish(desk: Desk, claimed: work.Claim) -> None:
    with desk.engine.begin() as connection:
        work.finish(connection, claimed)


def test_all_that_is_due_is_worked_on(
    newsroom: Any, install: Callable[[Step], None], logs: list[Any]
) -> None:
    seen: list[str] = []

    def step(desk: Desk, claimed: work.Claim) -> int:
        seen.extend(claimed.keys)
        finish(desk, claimed)
        return len(claimed.keys)

    install(step)
    mark(newsroom, *KEYS, "f", "g")
    assert run(newsroom.desk, "test") == 2
    assert sorted(seen) == [*KEYS, "f", "g"]
    assert waiting(newsroom) == []
    assert sorted(line["rows"] for line in logs if line["event"] == "worked") == [2, 5]


def test_exactly_the_poisoned_row_of_a_batch_dies(
    newsroom: Any, install: Callable[[Step], None]
) -> None:
    done: list[str] = []

    def step(desk: Desk, claimed: work.Claim) -> int:
        if "c" in claimed.wants:
            raise ValueError("c is poisoned\nsecond line")
        done.extend(claimed.keys)
        finish(desk, claimed)
        return 0

    install(step)
    mark(newsroom, *KEYS)
    for _ in range(8):
        run(newsroom.desk, "test")
        newsroom.watch.forward(seconds=30)
    assert sorted(done) == ["a", "b", "d", "e"]
    (letter,) = dead(newsroom)
    assert (letter.key, letter.attempts, letter.error) == ("c", 5, "ValueError: c is poisoned")
    assert waiting(newsroom) == []


def test_the_effects_of_a_step_that_fails_are_undone(
    newsroom: Any, install: Callable[[Step], None]
) -> None:
    def step(desk: Desk, claimed: work.Claim) -> int:
        with desk.engine.begin() as connection:
            work.mark(connection, "effect", ["x"], desk.clock())
            work.finish(connection, claimed)
            raise FetchFailed("gone")

    install(step)
    mark(newsroom, "a")
    run(newsroom.desk, "test")
    assert waiting(newsroom) == ["a"]
    assert newsroom.rows("SELECT 1 FROM work WHERE kind = 'effect'") == []


def test_who_lost_the_lease_leaves_the_row_to_the_other(
    newsroom: Any, install: Callable[[Step], None], logs: list[Any]
) -> None:
    def step(desk: Desk, claimed: work.Claim) -> int:
        newsroom.execute("UPDATE work SET lease_token = 'other' WHERE kind = 'test'")
        finish(desk, claimed)
        return 0

    install(step)
    mark(newsroom, "a")
    assert run(newsroom.desk, "test") == 1
    assert "lease_lost" in {line["event"] for line in logs}
    (row,) = newsroom.rows("SELECT lease_token, attempts, last_error FROM work")
    assert tuple(row) == ("other", 1, None)


def _deadlock() -> sa.exc.OperationalError:
    class Deadlock(Exception):
        sqlstate = "40P01"

    return sa.exc.OperationalError("UPDATE …", {}, Deadlock("deadlock detected"))


@pytest.mark.parametrize("error", [_deadlock(), Raced("two at once")], ids=["deadlock", "raced"])
def test_a_collision_costs_no_attempt_and_the_batch_comes_back_whole(
    newsroom: Any, install: Callable[[Step], None], error: Exception
) -> None:
    batches: list[tuple[str, ...]] = []

    def step(desk: Desk, claimed: work.Claim) -> int:
        batches.append(claimed.keys)
        if len(batches) < 8:
            raise error
        finish(desk, claimed)
        return 0

    install(step)
    mark(newsroom, *KEYS)
    for _ in range(8):
        run(newsroom.desk, "test")
        newsroom.watch.forward(seconds=1)
    assert batches == [KEYS] * 8
    assert dead(newsroom) == []


def test_a_spent_budget_rings_the_bell_for_the_rest(
    newsroom: Any, install: Callable[[Step], None]
) -> None:
    def step(desk: Desk, claimed: work.Claim) -> int:
        finish(desk, claimed)
        return 0

    install(step)
    mark(newsroom, *KEYS, "f")
    raw = newsroom.desk.engine.raw_connection()
    with raw.cursor() as cursor:
        cursor.execute("LISTEN tinwire_work")
    raw.commit()
    assert run(newsroom.desk, "test", budget_s=0) == 1
    assert waiting(newsroom) == ["f"]
    rings = [one.payload for one in raw.driver_connection.notifies(timeout=5, stop_after=1)]
    raw.invalidate()
    assert rings == ["test"]


def test_every_kind_has_a_queue_and_a_positive_batch(newsroom: Any) -> None:
    assert set(boundary.KINDS) == set(ROUTES)
    assert all(kind.batch(newsroom.desk) > 0 for kind in boundary.KINDS.values())
