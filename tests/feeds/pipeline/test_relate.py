"""Relate: edges between articles, groups of one text, and who stands for them."""

import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.dedupe import fingerprint
from feeds.model import Entry
from feeds.pipeline import relate as step
from feeds.pipeline.relate import KEEP
from feeds.pipeline.run import run
from feeds.store import locks, marks
from feeds.store.locks import Lock

MakeEntry = Callable[..., Entry]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MakeProse = Callable[..., str]


@pytest.fixture
def copies(make_entry: MakeEntry, make_prose: MakeProse) -> list[Entry]:
    """Make one text in three places, the earliest first."""
    text = f"<p>Child care. {make_prose('wire')}</p>"
    return [
        make_entry(f"copy{n}", f"{n}.example", 9 - n, content=text, title=f"Copy {n}")
        for n in range(3)
    ]


@pytest.fixture
def related(make_entry: MakeEntry, make_prose: MakeProse) -> list[Entry]:
    """Make eleven articles of one topic, each in words of its own.

    No more than an article has candidates: of a larger crowd each sees the newest alone.
    """
    return [
        make_entry(f"care{n}", hours=n + 1, content=f"Child care, child care. {make_prose(n)}")
        for n in range(11)
    ]


def edges(newsroom: Any) -> list[tuple[Any, ...]]:
    found = newsroom.rows(
        "SELECT left_id, right_id, kind, score, why FROM relation ORDER BY 1, 2, 3"
    )
    return [tuple(row) for row in found]


def best(newsroom: Any) -> dict[int, list[tuple[float, int, str]]]:
    """List each article's best relations as a page shows them; weaker ones may be kept or not."""
    found: dict[int, list[tuple[float, int, str]]] = defaultdict(list)
    for left, right, kind, score, why in edges(newsroom):
        if kind == "topic":
            found[left].append((-score, right, why))
            found[right].append((-score, left, why))
    return {key: sorted(own)[:KEEP] for key, own in found.items()}


def leads(newsroom: Any) -> dict[str, str | None]:
    """Map each article's title to that of the article which stands for it in lists."""
    rows = newsroom.rows(
        "SELECT a.title, l.title AS lead"
        " FROM article a LEFT JOIN article l ON l.id = a.duplicate_of"
    )
    return {row.title: row.lead for row in rows}


def test_texts_are_looked_up_by_as_many_shingles_as_are_stored() -> None:
    """The store and the fingerprint don't know each other; relating puts them together."""
    assert marks.KEYS == fingerprint.KEYS


def test_edges_are_stored_once_the_smaller_id_left_and_say_why(
    newsroom: Any, related: list[Entry]
) -> None:
    newsroom.take("alpha", *related[:3])
    newsroom.settle()
    found = edges(newsroom)
    assert len(found) == 3
    for left, right, kind, score, why in found:
        assert left < right
        assert kind == "topic"
        assert 0 < score <= 1
        assert why.startswith("both: Trẻ em")


def test_an_article_is_listed_once_it_is_related(newsroom: Any, make_entry: MakeEntry) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle("publish")
    assert newsroom.items("all") == []
    newsroom.settle()
    assert len(newsroom.items("all")) == 1


def test_each_article_keeps_its_best_edges_and_not_all(
    newsroom: Any, related: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.take("alpha", *related)
    newsroom.settle()
    kept, count = best(newsroom), len(edges(newsroom))
    newsroom.empty()
    monkeypatch.setattr(step, "KEEP", 100)
    newsroom.take("alpha", *related)
    newsroom.settle()
    assert len(edges(newsroom)) == 11 * 10 / 2
    assert count < 11 * 10 / 2
    assert kept == best(newsroom)


@pytest.mark.parametrize(
    "minutes", [60, 0], ids=["hours apart", "of one minute, with equal scores"]
)
def test_the_order_of_arrival_doesnt_choose_the_best(
    newsroom: Any, related: list[Entry], minutes: int
) -> None:
    entries = [
        replace(entry, published=NOON - timedelta(minutes=minutes * n))
        for n, entry in enumerate(related)
    ]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    wanted = best(newsroom)
    assert len(wanted) == len(entries)
    for turn in (0, 5, 9):
        newsroom.empty()
        for entry in reversed(entries[turn:] + entries[:turn]):
            newsroom.take("alpha", entry)
            newsroom.settle("relate")
        assert best(newsroom) == wanted


def test_of_one_text_the_earliest_stands_for_all(newsroom: Any, copies: list[Entry]) -> None:
    for name, entry in zip(("beta", "gamma", "alpha"), reversed(copies), strict=True):
        newsroom.take(name, entry)
        newsroom.settle()
    assert leads(newsroom) == {"Copy 0": None, "Copy 1": "Copy 0", "Copy 2": "Copy 0"}
    assert newsroom.titles("all") == ["Copy 0"]
    assert newsroom.titles("source/beta") == ["Copy 2"], "a source's own feed has its own"


def test_the_ledger_calls_only_those_behind_the_lead_duplicates(
    newsroom: Any, copies: list[Entry]
) -> None:
    newsroom.take("alpha", *copies)
    newsroom.settle()
    words = newsroom.rows("SELECT verdict, why FROM ledger ORDER BY label")
    assert [row.verdict for row in words] == ["new", "duplicate", "duplicate"]
    assert {row.why[:9] for row in words[1:]} == {"same text"}


def test_when_the_lead_is_withdrawn_the_next_takes_its_place(
    newsroom: Any, copies: list[Entry]
) -> None:
    newsroom.take("alpha", copies[0])
    newsroom.take("beta", *copies[1:])
    newsroom.settle()
    newsroom.take("alpha", deleted=["tag:copy0"])
    newsroom.settle()
    assert leads(newsroom) == {"Copy 0": None, "Copy 1": None, "Copy 2": "Copy 1"}
    assert newsroom.titles("all") == ["Copy 1"]
    assert newsroom.items("source/alpha") == []


def test_an_edited_copy_leaves_the_group(
    newsroom: Any, copies: list[Entry], make_prose: MakeProse
) -> None:
    newsroom.take("alpha", *copies)
    newsroom.settle()
    newsroom.take("alpha", replace(copies[0], content=make_prose("rewritten")))
    newsroom.settle()
    assert leads(newsroom) == {"Copy 0": None, "Copy 1": None, "Copy 2": "Copy 1"}


def test_nothing_is_related_to_what_is_withdrawn(newsroom: Any, related: list[Entry]) -> None:
    newsroom.take("alpha", *related)
    newsroom.settle()
    newsroom.take("alpha", deleted=["tag:care3", "tag:care5"])
    newsroom.settle()
    after = best(newsroom)
    newsroom.empty()
    newsroom.take(
        "alpha", *[entry for entry in related if entry.guid not in ("tag:care3", "tag:care5")]
    )
    newsroom.settle()
    assert after == best(newsroom), "as if they had never been"


def test_an_article_withdrawn_before_it_was_related_is_never_listed(
    newsroom: Any, related: list[Entry]
) -> None:
    newsroom.take("alpha", *related[:2])
    newsroom.take("alpha", deleted=["tag:care0"])
    newsroom.settle()
    assert edges(newsroom) == []
    assert len(newsroom.items("all")) == 1


def test_nothing_is_related_to_what_is_withdrawn_in_the_meantime(
    newsroom: Any, related: list[Entry]
) -> None:
    """While relating waits to write what it found, one of the two articles is withdrawn."""
    newsroom.take("alpha", *related[:2])
    with newsroom.desk.engine.connect() as holding, ThreadPoolExecutor(1) as pool:
        locks.hold(holding, Lock.GRAPH)
        relating = pool.submit(run, newsroom.desk, "relate", budget_s=0)
        waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not newsroom.rows(waiting):
            assert not relating.done()
        newsroom.take("alpha", deleted=["tag:care0"])
        holding.rollback()
        relating.result()
    assert edges(newsroom) == []


def test_a_new_category_that_takes_the_section_away_changes_the_relation(
    newsroom: Any, related: list[Entry]
) -> None:
    """The words are the same, so only the score shows what the publisher changed."""
    newsroom.take("alpha", *related[:2])
    newsroom.settle()
    ((_, _, _, together, _),) = edges(newsroom)
    newsroom.take(
        "alpha", *[replace(one, url=f"{one.url}/rights/{n}") for n, one in enumerate(related[:2])]
    )
    newsroom.settle()
    newsroom.take("alpha", replace(related[0], categories=("Sport",)))
    newsroom.settle()
    ((_, _, _, apart, _),) = edges(newsroom)
    assert apart < together


def test_two_workers_give_the_same_groups_and_relations_as_one(
    newsroom: Any, related: list[Entry], copies: list[Entry]
) -> None:
    entries = [*related[:8], *copies]
    newsroom.take("alpha", *entries)
    newsroom.settle("relate")
    wanted = (leads(newsroom), best(newsroom))
    newsroom.empty()
    newsroom.take("alpha", *entries)
    narrow = replace(
        newsroom.desk, settings=newsroom.desk.settings.model_copy(update={"relate_batch": 2})
    )
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        run(narrow, "relate")

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(work) for _ in range(2)]:
            one.result()
    newsroom.watch.forward(seconds=5)
    newsroom.settle("relate")
    assert (leads(newsroom), best(newsroom)) == wanted


def test_relating_again_changes_nothing(newsroom: Any, related: list[Entry]) -> None:
    newsroom.take("alpha", *related)
    newsroom.settle()
    wanted = newsroom.dump()
    versions = newsroom.versions()
    newsroom.watch.forward(hours=1)
    newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at)"
        " SELECT 'relate', id, :now, :now FROM article",
        now=newsroom.watch.now,
    )
    newsroom.settle()
    assert newsroom.dump() == wanted
    assert newsroom.versions() == versions


def test_old_articles_are_related_to_those_of_their_time(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    """A busy topic's newest articles don't crowd out what an older article was related to."""
    text = "The harbour of Larrow Bay, Tobias Renfro. {}"
    old = [
        make_entry(f"old{n}", hours=24 * 90 + n, content=text.format(make_prose(n)))
        for n in range(3)
    ]
    new = [
        make_entry(f"new{n}", hours=n * 0.1, content=text.format(make_prose(100 + n)))
        for n in range(30)
    ]
    newsroom.take("alpha", *new)
    newsroom.settle()
    newsroom.take("alpha", *old)
    newsroom.settle()
    ids = newsroom.rows("SELECT id FROM article WHERE guid LIKE 'tag:old%'")
    among = newsroom.rows(
        "SELECT count(*) AS n FROM relation WHERE left_id = ANY(:ids) AND right_id = ANY(:ids)",
        ids=[row.id for row in ids],
    )
    assert among[0].n >= 3
