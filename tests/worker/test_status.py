import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.store import polling, reindexes, sources, work
from feeds.store.overview import ArticleCounts, SourceCounts
from feeds.store.polling import FetchRecord
from worker.status import BEHIND_S, STOPPED_S, Level, Load, Round, Status, snapshot
from worker.status_lines import lines
from worker.words import span

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def _status(*loads: Load, ok: int = 3, failing: int = 0, rounds: tuple[Round, ...] = ()) -> Status:
    return Status(
        at=NOW,
        articles=ArticleCounts(0, 0, 0, 0, 0),
        newest_article_at=None,
        sources=SourceCounts(ok, failing, 0),
        feeds=0,
        ledger={},
        work=loads,
        source_health=(),
        dead=(),
        reindexes=rounds,
        feed_ages=(),
    )


def _load(oldest_s: float | None, running: int = 0, lane: str = "live", dead: int = 0) -> Load:
    return Load("ingest", lane, 0 if oldest_s is None else 7, running, 2, dead, oldest_s)


_FAILED = Round(3, "refile", {}, "failed", 9, 1, 1, NOW, NOW, "no such section")

FINDINGS = [
    ("nothing waits", _status(_load(None)), []),
    ("work waits a moment", _status(_load(STOPPED_S - 1)), []),
    ("work waits and nobody does it", _status(_load(STOPPED_S)), [("bad", "nothing works on")]),
    ("work waits while some is done", _status(_load(STOPPED_S, running=1)), []),
    ("work waits long", _status(_load(BEHIND_S, running=1)), [("odd", "ingest is behind")]),
    ("a reindex waits for live news", _status(_load(9999, lane="reindex")), []),
    ("one source fails", _status(failing=1), [("odd", "1 of 4 sources fail")]),
    ("every source fails", _status(ok=0, failing=4), [("bad", "all 4 sources fail")]),
    ("there are no sources", _status(ok=0), []),
    ("work was given up", _status(_load(None, dead=2)), [("odd", "2 dead letters")]),
    ("a reindex failed", _status(rounds=(_FAILED,)), [("odd", "reindex 3 failed")]),
    ("the broker is silent", _status().with_queues({"a": 1, "b": None}), [("bad", "the broker")]),
    ("the broker answers", _status().with_queues({"a": 1}), []),
    (
        "the worst comes first",
        _status(_load(STOPPED_S, dead=1), failing=1),
        [("bad", "nothing"), ("odd", "1 of 4"), ("odd", "1 dead letter")],
    ),
]


@pytest.mark.parametrize(("_", "status", "wanted"), FINDINGS, ids=[one[0] for one in FINDINGS])
def test_only_what_stops_news_is_bad(_: str, status: Status, wanted: list[tuple[str, str]]) -> None:
    found = status.findings()

    assert [one.level.value for one in found] == [level for level, _ in wanted]
    for finding, (_, start) in zip(found, wanted, strict=True):
        assert finding.what.startswith(start)
        assert finding.advice


def test_kinds_that_nobody_does_are_one_finding() -> None:
    loads = [Load(kind, "live", 2, 0, 0, 0, age) for kind, age in (("poll", 90), ("relate", 300))]

    (finding,) = _status(*loads).findings()

    assert finding.level is Level.BAD
    assert finding.what == "nothing works on poll, relate: 4 due, for up to 5 min"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(-3, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (86400 * 3, "3 d")],
)
def test_a_span_is_written_in_its_largest_unit(seconds: float, written: str) -> None:
    assert span(seconds) == written


@pytest.fixture
def night(desk: Desk) -> Desk:
    """A desk at 3 a.m. with some of everything in its store."""
    with desk.engine.begin() as connection:
        sources.declare(connection, desk.editorial.sources[:2], NOW + timedelta(minutes=3))
        broken = sources.find(connection, desk.editorial.sources[0].name)
        polling.record(connection, [FetchRecord(broken.id, NOW, "refused", error="no")])
        work.mark(connection, "relate", ["1"], NOW)
        work.bury(connection, work.work.c.kind == "relate", NOW)
        work.mark(connection, "ingest", ["https://a.vn/"], NOW - timedelta(seconds=30))
        reindexes.create(connection, reindexes.Scope(since=NOW), "relate", NOW)
    return Desk(desk.engine, desk.editorial, desk.settings, lambda: NOW)


def test_a_snapshot_holds_what_runs_waits_and_broke(night: Desk) -> None:
    found = snapshot(night)

    loads = {one.kind: one for one in found.work}
    assert (loads["ingest"].waiting, loads["ingest"].oldest_s) == (1, 30)
    assert (loads["poll"].later, loads["poll"].oldest_s) == (2, None)
    assert [(one.kind, one.key) for one in found.dead] == [("relate", "1")]
    assert [(one.name, one.error) for one in found.failing] == [
        (night.editorial.sources[0].name, "no")
    ]
    assert [(one.mode, one.state) for one in found.reindexes] == [("relate", "running")]


def test_a_reindex_that_ended_yesterday_is_left_out(night: Desk) -> None:
    with night.engine.begin() as connection:
        ended = NOW - timedelta(days=1, seconds=1)
        connection.execute(
            sa.text("UPDATE reindex SET state = 'finished', finished_at = :at"), {"at": ended}
        )

    assert snapshot(night).reindexes == ()


def test_a_status_is_json_with_its_findings(night: Desk) -> None:
    found = json.loads(json.dumps(snapshot(night).as_dict()))

    assert found["well"] is False
    assert {one["level"] for one in found["findings"]} == {"odd"}
    assert found["at"] == "2026-11-24T03:00:00+00:00"
    assert found["reindexes"][0]["scope"] == {"since": "2026-11-24T03:00:00+00:00"}
    assert found["source_health"][0]["failing"] is True


def test_a_status_is_said_in_lines_the_findings_first(night: Desk) -> None:
    told = list(lines(snapshot(night)))

    assert told[0].startswith("odd       1 of 2 sources fail")
    assert any(line.startswith("work      ingest (live): 0 run, 1 wait (30 s)") for line in told)
    assert any(line.startswith("dead      relate 1") for line in told)
    assert next(lines(_status())) == "all is well"


def test_a_snapshot_takes_as_few_statements_however_much_there_is(night: Desk) -> None:
    def count() -> int:
        asked: list[str] = []

        def note(*args: object) -> None:
            asked.append(str(args[2]))

        sa.event.listen(night.engine, "before_cursor_execute", note)
        snapshot(night)
        sa.event.remove(night.engine, "before_cursor_execute", note)
        return len(asked)

    before = count()
    with night.engine.begin() as connection:
        sources.declare(connection, night.editorial.sources, NOW)
        work.mark(connection, "publish", map(str, range(300)), NOW)
    assert count() == before <= 15


def test_a_snapshot_writes_nothing_and_leaves_its_connection_as_it_was(night: Desk) -> None:
    snapshot(night)

    with night.engine.begin() as connection:
        level = connection.scalar(sa.text("SHOW transaction_isolation"))
        work.mark(connection, "tidy", ["hourly"], NOW)
    assert level == "read committed"
