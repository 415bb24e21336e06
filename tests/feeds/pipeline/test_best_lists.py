"""Best lists: whatever happened to articles, each shows what it would if all were new."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from feeds.model import Entry
from feeds.pipeline.run import run
from feeds.pipeline.withdraw import withdraw
from feeds.related.features import count
from feeds.related.statistics import BITS, pack
from feeds.store import checking, reindexes, statistics, work
from feeds.store.reindexes import Scope
from feeds.store.relations import KEEP
from feeds.text.reading import read
from worker import editors

Best = dict[int, list[tuple[float, int]]]


@pytest.fixture
def related(make_entry: Callable[..., Entry], make_prose: Callable[..., str]) -> list[Entry]:
    """Make eleven articles of one topic and section, each in words of its own."""
    return [
        make_entry(
            f"care{n}",
            hours=n + 1,
            url=f"https://news.example/rights/{n}",
            content=f"Child care, child care. {make_prose(n)}",
        )
        for n in range(11)
    ]


@pytest.fixture
def off_topic(related: list[Entry], make_prose: Callable[..., str]) -> list[Entry]:
    """Make two of these tell of something else."""
    return [
        replace(related[n], content=make_prose(f"other{n}"), title="On nothing") for n in (4, 5)
    ]


def best(newsroom: Any) -> Best:
    """List each article's best relations."""
    found: Best = defaultdict(list)
    for row in newsroom.rows("SELECT left_id, right_id, score FROM relation WHERE kind = 'topic'"):
        found[row.left_id].append((-row.score, row.right_id))
        found[row.right_id].append((-row.score, row.left_id))
    return {key: sorted(own)[:KEEP] for key, own in found.items()}


def settled(newsroom: Any) -> Best:
    """Work until nothing is due, and hold the laws."""
    newsroom.watch.forward(seconds=30)
    newsroom.settle()
    with newsroom.desk.engine.connect() as connection:
        assert checking.broken(connection) == []
    return best(newsroom)


def anew(newsroom: Any) -> Best:
    """Have all articles related anew."""
    with newsroom.desk.engine.begin() as connection:
        reindexes.create(connection, Scope(), "relate", newsroom.watch.now)
    return settled(newsroom)


def test_edits_one_after_the_other_give_what_the_final_versions_give(
    newsroom: Any, related: list[Entry], off_topic: list[Entry]
) -> None:
    newsroom.take("alpha", *related)
    before = settled(newsroom)
    for entry in off_topic:
        newsroom.take("alpha", entry)
        after = settled(newsroom)
    assert len(after) == 9
    assert sum(after[key] != before[key] for key in after) == 9
    newsroom.empty()
    newsroom.take("alpha", *[*related[:4], *off_topic, *related[6:]])
    assert settled(newsroom) == after


def test_an_edit_that_is_taken_back_leaves_all_as_it_was(
    newsroom: Any, related: list[Entry], off_topic: list[Entry]
) -> None:
    newsroom.take("alpha", *related)
    before = settled(newsroom)
    newsroom.take("alpha", *off_topic)
    settled(newsroom)
    newsroom.take("alpha", *related[4:6])
    assert settled(newsroom) == before


def test_who_is_withdrawn_was_never_there(newsroom: Any, related: list[Entry]) -> None:
    newsroom.take("alpha", *related)
    settled(newsroom)
    rows = newsroom.rows("SELECT id FROM article WHERE guid IN ('tag:care4', 'tag:care5')")
    with newsroom.desk.engine.begin() as connection:
        ids = [row.id for row in rows]
        withdraw(newsroom.desk, connection, ids, "court order", newsroom.watch.now)
    after = settled(newsroom)
    newsroom.empty()
    newsroom.take("alpha", *related[:4], *related[6:])
    assert settled(newsroom) == after


def test_a_topic_taken_away_makes_others_look_again(newsroom: Any, related: list[Entry]) -> None:
    newsroom.take("alpha", *related)
    settled(newsroom)
    for n in (4, 5, 6):
        url = f"https://news.example/rights/{n}"
        editors.tag(newsroom.desk, url, "child-care", False, "about a port", "me")
        found = settled(newsroom)
    assert len(found) == 8
    assert anew(newsroom) == found


def test_where_scores_fell_new_articles_find_their_place(
    newsroom: Any,
    related: list[Entry],
    make_entry: Callable[..., Entry],
    make_prose: Callable[..., str],
) -> None:
    newsroom.take("alpha", *related)
    settled(newsroom)
    for n in (3, 4, 5, 6):
        editors.move(newsroom.desk, f"https://news.example/rights/{n}", "sport", "a race", "me")
        settled(newsroom)
    url, content = "https://news.example/rights/new", f"Child care, child care. {make_prose('new')}"
    newsroom.take("alpha", make_entry("new", hours=3.5, url=url, content=content))
    found = settled(newsroom)
    assert len(found) == 12
    assert anew(newsroom) == found


def test_a_round_with_new_weights_gives_what_a_further_one_gives(
    newsroom: Any, make_entry: Callable[..., Entry], make_prose: Callable[..., str]
) -> None:
    """Its first articles look among marks of the old weights, so it is gone over once more."""
    rng = Random(1)
    parts = [make_prose(f"part{n}", 18) for n in range(12)]
    told = [" ".join([make_prose(n, 20), *rng.sample(parts, 4)]) for n in range(250)]
    entries = [make_entry(f"care{n}", hours=n + 1, content=said) for n, said in enumerate(told)]
    newsroom.take("alpha", *entries)
    before = settled(newsroom)
    counts = np.zeros(1 << BITS, dtype=np.int32)
    for part in parts[:6]:
        count(read(["", part] * rng.randint(1, 1500)), counts)
    with newsroom.desk.engine.begin() as connection:
        statistics.add(connection, 2000, pack(counts), newsroom.watch.now)
    found = anew(newsroom)
    assert found != before
    assert [(row.done, row.changed) for row in rounds(newsroom)] == [(250, 250), (250, 0)]
    assert anew(newsroom) == found
    assert len(rounds(newsroom)) == 3


def rounds(newsroom: Any) -> list[Any]:
    """List the rounds that have ended."""
    asked = "SELECT done, changed FROM reindex WHERE state = 'finished' ORDER BY id"
    return list(newsroom.rows(asked))


def test_new_articles_and_a_second_look_mark_nobody(newsroom: Any, related: list[Entry]) -> None:
    def due() -> set[str]:
        waiting = "SELECT key FROM work WHERE kind = 'relate' AND want > done"
        return {row.key for row in newsroom.rows(waiting)}

    for turn, entry in enumerate(related):
        newsroom.take("alpha", entry)
        assert len(due()) == 1, turn
        run(newsroom.desk, "relate")
        assert due() == set(), turn
    for row in newsroom.rows("SELECT id FROM article"):
        with newsroom.desk.engine.begin() as connection:
            work.mark(connection, "relate", [str(row.id)], newsroom.watch.now)
        run(newsroom.desk, "relate")
        assert due() == set(), row.id
