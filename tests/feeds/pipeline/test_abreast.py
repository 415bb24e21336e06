"""Abreast: batches that ask others stand beside one another, but for those that may do harm."""

from collections.abc import Callable
from typing import Any

import pytest

from feeds.pipeline import run as boundary
from feeds.pipeline.desk import Desk
from feeds.pipeline.run import Kind, run
from feeds.store import backlog, work

BATCH = 2


class Asked:
    """A batch that has first answers at once, and the others when it is told to end."""

    def __init__(self, room: "Room", desk: Desk, claimed: work.Claim) -> None:
        self.room, self.desk, self.claimed = room, desk, claimed
        self.bears_next = room.shy.isdisjoint(claimed.wants)
        self.answers = 0

    def start(self, tell: Callable[[], None]) -> None:
        self.tell = tell
        self.room.under_way.append(self)
        self.room.tell("asked", self)
        tell()

    def take(self) -> int | None:
        self.answers += 1
        if self.answers == 1:
            self.room.tell("answered", self)
            self.room.after()
            return None
        self.room.under_way.remove(self)
        self.room.tell("over", self)
        if self.claimed.keys[0] in self.room.broken:
            raise ValueError("it broke")
        if self.claimed.keys[0] in self.room.fatal:
            raise SystemExit
        with self.desk.engine.begin() as connection:
            work.finish(connection, self.claimed)
        return len(self.claimed.wants)

    def abandon(self) -> None:
        self.room.left.append(self.claimed.keys[0])


class Room:
    """Notes what happens; ends a batch once so many `beside` it are under way, or no more come."""

    def __init__(self, newsroom: Any) -> None:
        self.newsroom = newsroom
        self.under_way: list[Asked] = []
        self.events: list[str] = []
        self.most = 0
        self.beside = 1
        self.shy: set[str] = set()
        self.fatal: set[str] = set()
        self.left: list[str] = []
        self.broken: set[str] = set()

    def step(self, desk: Desk, claimed: work.Claim) -> Asked:
        return Asked(self, desk, claimed)

    def tell(self, event: str, of: Asked) -> None:
        self.events.append(f"{of.claimed.keys[0]} {event}")
        self.most = max(self.most, len(self.under_way))

    def after(self) -> None:
        if self.shy or not self._is_more():
            for each in self.under_way:
                each.tell()
        elif len(self.under_way) > self.beside:
            self.under_way[0].tell()

    def _is_more(self) -> bool:
        query = "SELECT 1 FROM work WHERE kind = 'test' AND lease_until IS NULL AND attempts = 0"
        return bool(self.newsroom.rows(query))

    def mark(self, *keys: str) -> None:
        with self.newsroom.desk.engine.begin() as connection:
            work.mark(connection, "test", keys, self.newsroom.watch.now)

    def waiting(self) -> list[str]:
        rows = self.newsroom.rows("SELECT key FROM work WHERE kind = 'test' ORDER BY key")
        return [row.key for row in rows]


@pytest.fixture
def room(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    made = Room(newsroom)
    kinds = {**boundary.KINDS, "test": Kind(made.step, lambda _: BATCH)}
    monkeypatch.setattr(boundary, "KINDS", kinds)
    return made


def test_the_next_batch_is_asked_while_one_waits_for_who_is_slow(room: Room) -> None:
    room.mark("a", "a2")
    room.mark("b", "b2")
    assert run(room.newsroom.desk, "test") == 2
    first, then = ("a", "b") if room.events[0] == "a asked" else ("b", "a")
    assert room.events[1:3] == [f"{first} answered", f"{then} asked"]
    assert room.waiting() == []


def test_no_more_than_three_are_under_way_and_one_that_ends_makes_room(room: Room) -> None:
    room.beside = 2
    for name in "abcdef":
        room.mark(name, f"{name}2")
    assert run(room.newsroom.desk, "test") == 6
    assert room.most == 3
    assert room.waiting() == []


def test_one_that_breaks_costs_only_its_own_rows(room: Room) -> None:
    room.broken = {"a"}
    room.mark("a", "a2")
    room.mark("b", "b2")
    run(room.newsroom.desk, "test")
    assert room.waiting() == ["a", "a2"]
    assert len(room.events) == 6


def test_what_was_tried_before_has_nothing_beside_it(room: Room) -> None:
    """Else what kills its worker would take its neighbours along, each time the same ones."""
    room.mark("a", "b", "c")
    room.newsroom.execute("UPDATE work SET attempts = 1 WHERE kind = 'test'")
    room.mark("d", "e")
    run(room.newsroom.desk, "test")
    assert room.events[0] == "d asked"
    assert room.most == 1
    assert room.waiting() == []


def test_a_batch_may_refuse_company(room: Room) -> None:
    room.shy = {"a", "a2"}
    room.mark("a", "a2", "b", "b2")
    assert run(room.newsroom.desk, "test") == 2
    assert room.most == 1
    assert room.waiting() == []


def test_one_that_refuses_company_waits_until_it_is_alone(room: Room) -> None:
    room.shy = {"d"}
    room.mark("c", "c2")
    room.newsroom.watch.forward(seconds=1)
    room.mark("d", "d2")
    assert run(room.newsroom.desk, "test") == 2
    assert room.most == 1
    assert room.waiting() == []


def test_where_nothing_more_can_be_claimed_what_is_under_way_is_ended(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(one: Asked, tell: Callable[[], None]) -> None:
        begin(one, tell)
        room.newsroom.execute("ALTER TABLE work RENAME TO gone")

    def take(one: Asked) -> int | None:
        if one.answers == 0:
            room.newsroom.execute("ALTER TABLE gone RENAME TO work")
        return end(one)

    begin, end = Asked.start, Asked.take
    monkeypatch.setattr(Asked, "start", start)
    monkeypatch.setattr(Asked, "take", take)
    room.shy = {"x"}  # each is told to end at once
    room.mark("a", "a2", "b", "b2")
    assert run(room.newsroom.desk, "test") == 2
    assert room.waiting() == []


def test_what_ends_the_process_leaves_nothing_held(room: Room) -> None:
    room.fatal = {"a", "b"}
    room.mark("a", "a2")
    room.mark("b", "b2")
    with pytest.raises(SystemExit):
        run(room.newsroom.desk, "test")
    assert sorted(room.left) == ["a", "b"]
    assert len(room.waiting()) == 4


def test_a_spent_budget_begins_no_other(room: Room) -> None:
    room.shy = {"a", "a2", "b", "b2"}
    room.mark("a", "a2", "b", "b2")
    assert run(room.newsroom.desk, "test", budget_s=0) == 1
    assert len(room.waiting()) == 2
    with room.newsroom.desk.engine.connect() as connection:
        assert backlog.dead(connection) == []
