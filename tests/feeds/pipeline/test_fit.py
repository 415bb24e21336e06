"""Fit: counts over the store become a version, and everything is related by it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from feeds.model import Entry
from feeds.pipeline import fit as step
from feeds.pipeline.fit import current, fit, is_due

MakeEntry = Callable[..., Entry]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of a dozen articles counts as large enough."""
    monkeypatch.setattr(step, "LEAST_ARTICLES", 12)


@pytest.fixture
def news(newsroom: Any, make_entry: MakeEntry, make_prose: Callable[..., str]) -> None:
    """Articles that all say the same thing, and each something of its own."""
    said = "It is said that today was seen what was never seen before."
    entries = [
        make_entry(f"n{n}", hours=n + 1, title=f"Told {n}", content=f"{said} {make_prose(n, 30)}")
        for n in range(12)
    ]
    newsroom.take("alpha", *entries)
    newsroom.settle()


def versions(newsroom: Any) -> set[int]:
    return {row.version for row in newsroom.rows("SELECT version FROM fingerprint")}


def test_what_all_articles_say_relates_none_once_it_was_counted(newsroom: Any, news: None) -> None:
    assert newsroom.rows("SELECT 1 FROM relation")
    assert versions(newsroom) == {0}
    version = fit(newsroom.desk)
    newsroom.settle()
    assert versions(newsroom) == {version}
    assert newsroom.rows("SELECT 1 FROM relation") == []


def test_an_article_that_comes_before_or_after_a_fit_ends_the_same(
    newsroom: Any, make_entry: MakeEntry, news: None
) -> None:
    told = "<p>Mira Solanke and Tobias Renfro met in Port Larrow. {}</p>"
    tellings = [make_entry(f"t{n}", hours=3, content=told.format(n)) for n in range(2)]
    fit(newsroom.desk)
    newsroom.take("alpha", tellings[0])
    newsroom.settle("relate")
    newsroom.settle()
    newsroom.take("alpha", tellings[1])
    newsroom.settle()
    after = newsroom.dump()["relation"]
    with newsroom.desk.engine.begin() as connection:
        step.reindexes.create(connection, step.reindexes.Scope(), "relate", newsroom.watch.now)
    newsroom.settle()
    assert newsroom.dump()["relation"] == after
    assert {row[2] for row in after} >= {"story"}


def test_too_few_articles_are_not_counted(newsroom: Any, make_entry: MakeEntry) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    assert fit(newsroom.desk) is None
    with newsroom.desk.engine.connect() as connection:
        assert current(newsroom.desk, connection).version == 0


def test_a_store_that_has_outgrown_its_counts_is_counted_by_itself(
    newsroom: Any, news: None
) -> None:
    with newsroom.desk.engine.connect() as connection:
        assert not is_due(connection), "the planner has counted nothing yet"
    newsroom.execute("ANALYZE article")
    with newsroom.desk.engine.connect() as connection:
        assert is_due(connection)
    newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) VALUES ('tidy', 'hourly', :at, :at)",
        at=newsroom.watch.now - timedelta(hours=1),
    )
    newsroom.settle()
    assert versions(newsroom) != {0}
    with newsroom.desk.engine.connect() as connection:
        assert not is_due(connection), "not before there are twice as many"


def test_old_versions_are_dropped_but_for_the_one_before(newsroom: Any, news: None) -> None:
    made = [fit(newsroom.desk) for _ in range(4)]
    kept = [row.version for row in newsroom.rows("SELECT version FROM statistic ORDER BY 1")]
    assert kept == made[-2:]
