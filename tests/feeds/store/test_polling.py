"""Polling: what a batch of fetches changes of its sources, by few statements."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.foreign import Rhythm
from feeds.model import Source
from feeds.store import fetches, polling, sources
from feeds.store.polling import Document, FetchRecord

AddSource = Callable[..., Source]
HOUR = timedelta(hours=1)


def state(connection: sa.Connection, name: str) -> polling.Polled:
    (found,) = polling.polled(connection, [name])
    return found


def test_what_a_document_says_of_its_rhythm_stays_with_the_source(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    rhythm = Rhythm(3600, frozenset({0, 23}), frozenset({5, 6}))
    habit = tuple(float(number) for number in range(34))
    document = Document('"1"', None, b"hash", "https://hub", habit, rhythm)
    polling.record(connection, [FetchRecord(found.id, noon, "ok", 200, document=document)])
    kept = state(connection, "alpha")
    assert (kept.rhythm, kept.habit, kept.hub_url) == (rhythm, habit, "https://hub")
    polling.record(connection, [FetchRecord(found.id, noon, "not modified", 304, why="later")])
    assert state(connection, "alpha").rhythm == rhythm
    again = FetchRecord(found.id, noon, "ok", 200, document=Document(None, None, b"new"))
    polling.record(connection, [again])
    kept = state(connection, "alpha")
    assert (kept.rhythm, kept.habit) == (Rhythm(), habit), "a habit is kept until a new one comes"


def test_a_failing_source_remembers_since_when(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    for hours in (0, 1, 2):
        at = noon + hours * HOUR
        polling.record(connection, [FetchRecord(found.id, at, "http error", 500, error="no")])
    assert state(connection, "alpha").failing_since == noon
    assert state(connection, "alpha").failures == 3
    polling.record(connection, [FetchRecord(found.id, noon, "not modified", 304)])
    assert state(connection, "alpha").failing_since is None
    assert state(connection, "alpha").polls == 4


def test_why_and_how_long_is_shown_with_the_source_and_with_each_fetch(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    quiet = FetchRecord(found.id, noon, "not modified", 304, wait_s=90.0, why="in 90 s: because")
    polling.record(connection, [quiet])
    assert [one.why for one in sources.listed(connection)] == ["in 90 s: because"]
    assert [line.why for line in fetches.history(connection, found.id)] == ["in 90 s: because"]
    assert state(connection, "alpha").wait_s == 90


def test_a_pause_keeps_its_reason(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    gone = FetchRecord(found.id, noon, "gone", 410, error="HTTP status 410", pause=True)
    polling.record(connection, [gone])
    (one,) = sources.listed(connection)
    assert (one.paused, one.status, one.error) == (True, "gone", "HTTP status 410")
    assert polling.polled(connection, ["alpha"]) == []
    sources.pause(connection, "alpha", False, noon)
    assert state(connection, "alpha").failures == 0


def test_a_source_moves_but_never_onto_another(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    alpha, beta = add_source("alpha"), add_source("beta")
    assert not polling.move(connection, alpha.id, beta.url)
    assert polling.move(connection, alpha.id, "https://new.example/rss")
    moved = state(connection, "alpha")
    assert (moved.source.url, moved.host) == ("https://new.example/rss", "new.example")
    assert not polling.move(connection, beta.id, alpha.url), "an editor's address stays taken"


def test_a_move_outlives_the_editors_old_address_but_not_a_new_one(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    alpha = add_source("alpha")
    polling.move(connection, alpha.id, "https://new.example/rss")
    fields = {"name": "alpha", "title": "Alpha", "url": alpha.url}
    sources.declare(connection, [SourceSpec.model_validate(fields)], noon)
    assert sources.find(connection, "alpha").url == "https://new.example/rss"
    fields["url"] = "https://third.example/"
    sources.declare(connection, [SourceSpec.model_validate(fields)], noon)
    assert sources.find(connection, "alpha").url == "https://third.example/"


def test_a_batch_that_found_nothing_costs_a_fixed_number_of_statements(
    engine: sa.Engine, noon: datetime, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    specs = [
        SourceSpec.model_validate({"name": f"s{n}", "title": "S", "url": f"https://a.vn/{n}"})
        for n in range(60)
    ]
    with engine.begin() as connection:
        sources.declare(connection, specs, noon)
        due: list[Any] = polling.polled(connection, [one.name for one in specs])
        costs = []
        for some in (due[:2], due):
            with statements() as sent:
                quiet = [FetchRecord(one.source.id, noon, "not modified", 304) for one in some]
                polling.record(connection, quiet)
            costs.append(len(sent))
    assert costs == [2, 2], "one update, one insert"
