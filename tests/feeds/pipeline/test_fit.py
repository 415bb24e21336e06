"""Fit: words are counted over the store once it has doubled, and everything is weighed anew."""

from collections.abc import Callable
from typing import Any

import pytest

from feeds.model import Entry
from feeds.pipeline import fit as step
from feeds.pipeline.run import run
from feeds.store import reindexes, work

MakeEntry = Callable[..., Entry]
MakeProse = Callable[..., str]


@pytest.fixture
def stocked(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A newsroom with four articles, which are enough to count over."""
    monkeypatch.setattr(step, "LEAST_ARTICLES", 4)
    entries = [make_entry(f"a{n}", content=make_prose(n, 30), title=f"T{n}") for n in range(4)]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "fit", [step.KEY], newsroom.watch.now, lane=work.REINDEX)
    return newsroom


def versions(newsroom: Any) -> list[int]:
    return [row.version for row in newsroom.rows("SELECT version FROM statistic ORDER BY 1")]


def test_what_was_counted_weighs_all_articles(stocked: Any) -> None:
    run(stocked.desk, "fit")
    (made,) = versions(stocked)
    assert {row.version for row in stocked.rows("SELECT version FROM fingerprint")} == {0}
    stocked.settle()
    assert {row.version for row in stocked.rows("SELECT version FROM fingerprint")} == {made}
    with stocked.desk.engine.connect() as connection:
        (round_,) = reindexes.newest(connection)
    assert (round_.mode, round_.state, round_.done) == ("relate", "finished", 4)


def test_nothing_is_counted_again_until_the_store_has_doubled(
    stocked: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    run(stocked.desk, "fit")
    stocked.watch.forward(hours=2)
    stocked.take("alpha", make_entry("b0", content=make_prose(9, 30), title="B0"))
    stocked.settle()
    run(stocked.desk, "fit")
    assert len(versions(stocked)) == 1
    stocked.watch.forward(hours=2)
    more = [make_entry(f"c{n}", content=make_prose(20 + n, 30), title=f"C{n}") for n in range(3)]
    stocked.take("alpha", *more)
    stocked.settle()
    run(stocked.desk, "fit")
    assert len(versions(stocked)) == 2


def test_too_few_articles_are_not_counted(newsroom: Any, make_entry: MakeEntry) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    assert step.fit(newsroom.desk) is None
    assert versions(newsroom) == []
