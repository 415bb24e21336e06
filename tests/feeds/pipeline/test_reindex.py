"""Reindex: a round over stored articles that moves only what changes, and resumes where it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.editorial import Editorial, Rule, Section, Topic
from feeds.errors import LeaseLost, WrongState
from feeds.model import Entry
from feeds.pipeline import reindex as step
from feeds.pipeline.run import run
from feeds.store import reindexes, work
from feeds.store.reindexes import Scope

MakeEntry = Callable[..., Entry]
MakeProse = Callable[..., str]


@pytest.fixture
def changed(rules: Editorial) -> Editorial:
    """The editors' choices with a rule more, for addresses with /games/, and a topic less."""
    more = Section(
        slug="sport", names={"vi": "Thể thao"}, rules=(Rule.model_validate({"url": "/games/"}),)
    )
    sections = tuple(more if one.slug == "sport" else one for one in rules.sections)
    topics: tuple[Topic, ...] = rules.topics[1:]
    return rules.model_copy(update={"sections": sections, "topics": topics})


def begin(newsroom: Any, mode: str, scope: Scope = Scope()) -> int:  # noqa: B008 - frozen
    with newsroom.desk.engine.begin() as connection:
        return reindexes.create(connection, scope, mode, newsroom.watch.now)


def state(newsroom: Any, number: int) -> reindexes.Reindex:
    with newsroom.desk.engine.connect() as connection:
        return reindexes.find(connection, number)


def test_refiling_moves_what_changes_and_nothing_else(
    newsroom: Any, make_entry: MakeEntry, changed: Editorial
) -> None:
    newsroom.take("alpha", make_entry("games/a", title="A"), make_entry("rights/b", title="B"))
    newsroom.settle()
    before, versions = newsroom.items("all"), newsroom.versions()
    newsroom.desk = replace(newsroom.desk, editorial=changed)
    newsroom.watch.forward(hours=1)
    number = begin(newsroom, "refile")
    newsroom.settle()
    assert newsroom.titles("section/sport") == ["A"]
    done = state(newsroom, number)
    assert (done.state, done.total, done.done, done.changed) == ("finished", 2, 2, 1)
    assert newsroom.versions() == versions | {
        "all": 2,
        "source/alpha": 2,
        "author/anna-bell": 2,
        "section/sport": 1,
    }
    fixed = ("id", "date_published", "date_modified")
    after = newsroom.items("all")
    assert [[item[key] for key in fixed] for item in after] == [
        [item[key] for key in fixed] for item in before
    ]


@pytest.mark.parametrize("mode", reindexes.MODES)
def test_where_nothing_changed_readers_see_nothing(
    newsroom: Any, make_entry: MakeEntry, mode: str
) -> None:
    text = "Child care, child care. "
    entries = [make_entry(f"{n}", hours=n + 1, content=f"{text} {n}") for n in range(14)]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    before, versions = newsroom.dump(), newsroom.versions()
    newsroom.watch.forward(hours=1)
    number = begin(newsroom, mode)
    newsroom.settle()
    assert state(newsroom, number).state == "finished"
    assert newsroom.dump() == before
    assert newsroom.versions() == versions


def test_relations_that_rested_on_a_topic_end_with_it(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse, changed: Editorial
) -> None:
    words = ("Child care", "Day nursery")
    entries = [
        make_entry(one[0], content=f"{one}, {one}. {make_prose(one[:3], 12)}") for one in words
    ]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    assert [row.why for row in newsroom.rows("SELECT why FROM relation")] == [
        "both: Trẻ em; same day"
    ]
    newsroom.desk = replace(newsroom.desk, editorial=changed)
    begin(newsroom, "refile")
    newsroom.settle()
    assert newsroom.rows("SELECT 1 FROM article_topic") == []
    assert newsroom.rows("SELECT 1 FROM relation") == []


def test_a_round_that_was_killed_goes_on_where_it_was(
    newsroom: Any,
    make_entry: MakeEntry,
    changed: Editorial,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(step, "PAGE", 3)
    newsroom.take("alpha", *[make_entry(f"games/{n}") for n in range(8)])
    newsroom.settle()
    newsroom.desk = replace(newsroom.desk, editorial=changed)
    number = begin(newsroom, "refile")
    lease_s = newsroom.desk.settings.lease_s
    pages = []
    for kill in (False, True, False):
        with newsroom.desk.engine.begin() as connection:
            claimed = _claim(newsroom, connection)
        if not kill:
            pages.append(step.reindex(newsroom.desk, claimed))
        newsroom.watch.forward(seconds=lease_s + 1)
    assert pages == [3, 3]
    assert state(newsroom, number).done == 6
    newsroom.settle()
    done = state(newsroom, number)
    assert (done.state, done.done, done.changed) == ("finished", 8, 8)
    assert len(newsroom.items("section/sport")) == 8


def _claim(newsroom: Any, connection: Any) -> Any:
    lease = timedelta(seconds=newsroom.desk.settings.lease_s)
    claimed = work.claim(connection, "reindex", newsroom.watch.now, 1, lease, work.REINDEX)
    assert claimed is not None
    return claimed


def test_a_page_whose_transaction_fails_is_done_again_in_full(
    newsroom: Any, make_entry: MakeEntry, changed: Editorial
) -> None:
    """What a page did is committed with the cursor, or not at all."""
    newsroom.take("alpha", make_entry("games/a"), make_entry("games/b"))
    newsroom.settle()
    newsroom.desk = replace(newsroom.desk, editorial=changed)
    number = begin(newsroom, "refile")
    newsroom.execute(
        "CREATE FUNCTION refuse() RETURNS trigger AS"
        " 'BEGIN RAISE EXCEPTION ''disk full''; END' LANGUAGE plpgsql;"
        "CREATE TRIGGER refuse BEFORE UPDATE ON reindex EXECUTE FUNCTION refuse()"
    )
    newsroom.settle()
    assert newsroom.rows("SELECT 1 FROM article WHERE section = 'sport'") == []
    newsroom.execute("DROP TRIGGER refuse ON reindex")
    newsroom.watch.forward(seconds=5)
    newsroom.settle()
    assert state(newsroom, number).state == "finished"
    assert len(newsroom.items("section/sport")) == 2


def test_a_scope_leaves_all_others_alone(
    newsroom: Any, make_entry: MakeEntry, changed: Editorial
) -> None:
    newsroom.take("alpha", make_entry("games/a"))
    newsroom.take("beta", make_entry("games/b", "beta.example"))
    newsroom.settle()
    newsroom.desk = replace(newsroom.desk, editorial=changed)
    number = begin(newsroom, "refile", Scope(source="beta"))
    newsroom.settle()
    assert state(newsroom, number).done == 1
    rows = newsroom.rows("SELECT guid FROM article WHERE section = 'sport'")
    assert [row.guid for row in rows] == ["tag:games/b"]


def test_withdrawn_articles_are_left_alone(newsroom: Any, make_entry: MakeEntry) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.take("alpha", deleted=["tag:a"])
    newsroom.settle()
    for mode in reindexes.MODES:
        number = begin(newsroom, mode)
        newsroom.settle()
        assert state(newsroom, number).done == 0
    assert newsroom.items("all") == []


def test_a_dry_round_says_what_would_change_and_changes_nothing(
    newsroom: Any, make_entry: MakeEntry, changed: Editorial
) -> None:
    newsroom.take("alpha", make_entry("games/a", title="A"), make_entry("rights/b", title="B"))
    newsroom.settle()
    before, versions = newsroom.items("all"), newsroom.versions()
    newsroom.desk = replace(newsroom.desk, editorial=changed)
    with newsroom.desk.engine.begin() as connection:
        number = reindexes.create(connection, Scope(), "refile", newsroom.watch.now, is_dry=True)
    newsroom.settle()
    found = state(newsroom, number)
    assert (found.state, found.done, found.changed) == ("finished", 2, 1)
    (line,) = found.diff
    assert (line["title"], line["section"][1]) == ("A", "sport")
    assert line["section"][0] != "sport"
    assert (newsroom.items("all"), newsroom.versions()) == (before, versions)


@pytest.fixture
def many(newsroom: Any, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A newsroom with five articles, of which a round takes two at a time."""
    monkeypatch.setattr(step, "PAGE", 2)
    newsroom.take("alpha", *(make_entry(f"games/{n}", title=f"Game {n}") for n in range(5)))
    newsroom.settle()
    return newsroom


def one_page(newsroom: Any) -> None:
    with newsroom.desk.engine.begin() as connection:
        claimed = work.claim(
            connection,
            kind="reindex",
            limit=1,
            now=newsroom.watch.now,
            lease=timedelta(minutes=1),
            lane=work.REINDEX,
        )
    if claimed is not None:
        step.reindex(newsroom.desk, claimed)


def test_a_round_is_paused_and_goes_on_where_it_stopped(many: Any) -> None:
    number = begin(many, "publish")
    one_page(many)
    with many.desk.engine.begin() as connection:
        reindexes.pause(connection, number, many.watch.now)
    one_page(many)
    many.settle()
    assert (state(many, number).state, state(many, number).done) == ("paused", 2)
    with many.desk.engine.begin() as connection:
        reindexes.resume(connection, number, many.watch.now)
    many.settle()
    assert (state(many, number).state, state(many, number).done) == ("finished", 5)


def test_a_page_that_was_under_way_when_its_round_was_paused_is_undone(
    many: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begin(many, "publish")

    def pause(desk: Any, connection: Any, ids: Any, now: Any) -> step.Change:
        with many.desk.engine.begin() as other:
            reindexes.pause(other, number, now)
        return step.republish(desk, connection, ids, now)

    monkeypatch.setitem(step._MODES, "publish", pause)
    with pytest.raises(LeaseLost):
        one_page(many)
    found = state(many, number)
    assert (found.state, found.done, found.cursor) == ("paused", 0, 0)


def test_a_cancelled_round_ends_and_can_not_go_on(many: Any) -> None:
    number = begin(many, "publish")
    one_page(many)
    with many.desk.engine.begin() as connection:
        reindexes.cancel(connection, number, many.watch.now)
    many.settle()
    found = state(many, number)
    assert (found.state, found.done) == ("cancelled", 2)
    assert found.finished_at == many.watch.now
    with many.desk.engine.begin() as connection, pytest.raises(WrongState, match="cancelled"):
        reindexes.resume(connection, number, many.watch.now)


def test_a_round_keeps_to_its_pace(many: Any) -> None:
    with many.desk.engine.begin() as connection:
        number = reindexes.create(connection, Scope(), "publish", many.watch.now, per_minute=2)
    one_page(many)
    one_page(many)
    assert state(many, number).done == 2
    many.watch.forward(seconds=61)
    one_page(many)
    assert state(many, number).done == 4


def test_a_round_whose_work_is_given_up_has_failed_and_can_be_resumed(
    many: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begin(many, "publish")
    with monkeypatch.context() as broken:
        broken.setattr(reindexes, "page", lambda *_: 1 / 0)
        for _ in range(many.desk.settings.max_attempts + 1):
            run(many.desk, "reindex")
            many.watch.forward(minutes=5)
    failed = state(many, number)
    assert (failed.state, failed.error) == ("failed", "ZeroDivisionError: division by zero")
    with many.desk.engine.begin() as connection:
        reindexes.resume(connection, number, many.watch.now)
    many.settle()
    assert (state(many, number).state, state(many, number).done) == ("finished", 5)


def test_a_round_takes_a_topic_and_dates(many: Any) -> None:
    now = many.watch.now
    with many.desk.engine.begin() as connection:
        for scope in (Scope(until=now - timedelta(days=9)), Scope(topic="nobody")):
            number = reindexes.create(connection, scope, "publish", now)
            assert reindexes.find(connection, number).total == 0
        number = reindexes.create(connection, Scope(until=now + timedelta(days=1)), "publish", now)
        found = reindexes.find(connection, number)
        assert (found.total, found.scope.until) == (5, now + timedelta(days=1))
