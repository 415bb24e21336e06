"""Work under real concurrency, and as a law: nothing marked is lost, nothing has two owners."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from feeds.errors import LeaseLost
from feeds.store import work
from feeds.store.tables import DUE
from feeds.store.tables import work as table

LEASE = timedelta(seconds=60)
KEYS = ("a", "b", "c", "d", "e")


def test_two_transactions_at_once_never_claim_the_same_row(
    engine: sa.Engine, noon: datetime
) -> None:
    with engine.begin() as connection:
        work.mark(connection, "k", KEYS, noon)
    with engine.connect() as one, engine.connect() as other:
        first = work.claim(one, "k", noon, 3, LEASE)
        second = work.claim(other, "k", noon, 3, LEASE)
        assert first is not None
        assert second is not None
        assert len(first.wants) == 3
        assert sorted([*first.keys, *second.keys]) == list(KEYS)
        one.commit()
        other.commit()


def test_many_workers_do_each_row_once(engine: sa.Engine, noon: datetime) -> None:
    keys = [f"{number:03}" for number in range(120)]
    with engine.begin() as connection:
        work.mark(connection, "k", keys, noon)
    start = threading.Barrier(4)

    def worker() -> list[str]:
        done: list[str] = []
        start.wait()
        while True:
            with engine.begin() as connection:
                claimed = work.claim(connection, "k", noon, 7, LEASE)
            if claimed is None:
                return done
            with engine.begin() as connection:
                work.finish(connection, claimed)
            done.extend(claimed.keys)

    with ThreadPoolExecutor(4) as pool:
        results = [pool.submit(worker) for _ in range(4)]
        counts = Counter(key for result in results for key in result.result())
    assert counts == Counter(keys)


def test_a_mark_that_commits_while_the_row_is_being_finished_is_kept(
    engine: sa.Engine, noon: datetime
) -> None:
    """The finishing transaction waits for the mark, sees it, and leaves the row due."""
    with engine.begin() as connection:
        work.mark(connection, "k", ["a"], noon)
        claimed = work.claim(connection, "k", noon, 1, LEASE)
    assert claimed is not None

    def finish() -> None:
        with engine.begin() as connection:
            work.finish(connection, claimed)

    with ThreadPoolExecutor(1) as pool, engine.connect() as marking:
        work.mark(marking, "k", ["a"], noon)
        finishing = pool.submit(finish)
        _wait_until_blocked(engine)
        marking.commit()
        finishing.result()
    with engine.begin() as connection:
        again = work.claim(connection, "k", noon, 1, LEASE)
    assert again is not None
    assert again.wants == {"a": 2}


def test_a_mark_that_waits_for_the_finish_makes_a_new_row(
    engine: sa.Engine, noon: datetime
) -> None:
    with engine.begin() as connection:
        work.mark(connection, "k", ["a"], noon)
        claimed = work.claim(connection, "k", noon, 1, LEASE)
    assert claimed is not None

    def mark() -> None:
        with engine.begin() as connection:
            work.mark(connection, "k", ["a"], noon)

    with ThreadPoolExecutor(1) as pool, engine.connect() as finishing:
        work.finish(finishing, claimed)
        marking = pool.submit(mark)
        _wait_until_blocked(engine)
        finishing.commit()
        marking.result()
    with engine.begin() as connection:
        assert work.claim(connection, "k", noon, 1, LEASE) is not None


def _wait_until_blocked(engine: sa.Engine) -> None:
    """Return once some transaction of this database waits for another's lock."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    pause = threading.Event()
    for _ in range(500):
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        pause.wait(0.02)
    raise AssertionError("nothing waits for a lock")


class _Workers(RuleBasedStateMachine):
    """Marks and workers that finish, fail or die in any order, against what must follow.

    `owed` counts each key's marks that no committed run covers; `running` holds the claims of
    workers that are alive, with the marks that each one saw.
    """

    engine: sa.Engine
    noon: datetime

    def __init__(self) -> None:
        super().__init__()
        self.now = self.noon
        self.owed: Counter[str] = Counter()
        self.running: list[tuple[work.Claim, dict[str, int], datetime]] = []
        self.owners: dict[str, tuple[str, datetime]] = {}

    @initialize()
    def empty(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.delete(table))

    @rule(keys=st.sets(st.sampled_from(KEYS), min_size=1))
    def mark(self, keys: set[str]) -> None:
        with self.engine.begin() as connection:
            work.mark(connection, "k", keys, self.now)
        self.owed.update(keys)

    @rule(keys=st.sets(st.sampled_from(KEYS), min_size=1))
    def mark_and_roll_back(self, keys: set[str]) -> None:
        with self.engine.connect() as connection:
            work.mark(connection, "k", keys, self.now)
            connection.rollback()

    @rule(limit=st.integers(1, 5))
    def claim(self, limit: int) -> None:
        with self.engine.begin() as connection:
            claimed = work.claim(connection, "k", self.now, limit, LEASE, max_attempts=1000)
        if claimed is None:
            return
        for key in claimed.keys:
            _, until = self.owners.get(key, ("", self.noon))
            assert until < self.now or key not in self.owners, f"{key} has two owners"
            self.owners[key] = (claimed.token, self.now + LEASE)
        self.running.append((claimed, {key: self.owed[key] for key in claimed.keys}, self.now))

    def _ours(self, claimed: work.Claim) -> bool:
        return all(self.owners.get(key, ("",))[0] == claimed.token for key in claimed.keys)

    @precondition(lambda self: self.running)
    @rule(data=st.data(), finishes=st.booleans())
    def end(self, data: st.DataObject, finishes: bool) -> None:
        place = data.draw(st.integers(0, len(self.running) - 1))
        claimed, covered, _ = self.running.pop(place)
        owned = self._ours(claimed)
        try:
            with self.engine.begin() as connection:
                if finishes:
                    work.finish(connection, claimed)
                else:
                    work.release(connection, claimed, self.now, "boom")
        except LeaseLost:
            assert not owned
            return
        if finishes:
            assert owned, "effects were committed without the lease"
            self.owed.subtract(covered)
        for key in claimed.keys:
            if self.owners.get(key, ("",))[0] == claimed.token:
                del self.owners[key]

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))

    @rule(seconds=st.sampled_from([1, 30, 61]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def what_is_owed_is_due_and_nothing_else(self) -> None:
        with self.engine.connect() as connection:
            due = set(connection.scalars(sa.select(table.c.key).where(DUE)))
        assert due == {key for key, count in self.owed.items() if count}

    def teardown(self) -> None:
        """Workers that live on do all that is owed."""
        self.now += LEASE + timedelta(seconds=1)
        for _ in range(20):
            with self.engine.begin() as connection:
                claimed = work.claim(connection, "k", self.now, 5, LEASE, max_attempts=1000)
                if claimed is None:
                    break
                work.finish(connection, claimed)
        with self.engine.connect() as connection:
            assert connection.execute(sa.select(table.c.key)).all() == []


def test_nothing_marked_is_lost_and_nothing_is_done_by_two(
    engine: sa.Engine, noon: datetime
) -> None:
    made: type[RuleBasedStateMachine] = type(
        "Workers", (_Workers,), {"engine": engine, "noon": noon}
    )
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        made,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=checks
        ),
    )
