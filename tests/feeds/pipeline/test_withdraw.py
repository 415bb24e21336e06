"""Withdraw: the article leaves every list for good, and the reason is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from feeds.model import Entry, Verdict
from feeds.pipeline.run import run
from feeds.pipeline.withdraw import restore, withdraw
from feeds.store import articles, pools

MakeEntry = Callable[..., Entry]


def ids(newsroom: Any) -> dict[str, int]:
    return {row.guid: row.id for row in newsroom.rows("SELECT guid, id FROM article")}


def take_out(newsroom: Any, *numbers: int) -> list[int]:
    with newsroom.desk.engine.begin() as connection:
        gone: list[int] = withdraw(
            newsroom.desk, connection, numbers, "court order", newsroom.watch.now
        )
    return gone


def test_a_withdrawn_article_leaves_feeds_blocks_and_relations(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    text = "Child care, child care. "
    entries = [make_entry(f"rights/{n}", hours=n + 1, content=f"{text} {n}") for n in range(3)]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    gone, kept = ids(newsroom)["tag:rights/0"], ids(newsroom)["tag:rights/1"]
    assert take_out(newsroom, gone) == [gone]
    with newsroom.desk.engine.connect() as connection:
        at_once = pools.candidates(connection, kept, newsroom.watch.now)
    assert gone not in {one.id for one in at_once}, "before anything was rebuilt"
    newsroom.settle()
    for key, name in newsroom.files():
        if name == "json":
            assert f"/{gone}" not in str(newsroom.items(key))
            assert len(newsroom.items(key)) == (1 if key == "featured" else 2), key
    assert (
        newsroom.rows(
            "SELECT 1 FROM relation WHERE :id IN (left_id, right_id)"
            " UNION ALL SELECT 1 FROM shingle WHERE article_id = :id"
            " UNION ALL SELECT 1 FROM posting WHERE article_id = :id"
            " UNION ALL SELECT 1 FROM fingerprint WHERE article_id = :id",
            id=gone,
        )
        == []
    )


def test_its_page_stays_gone_and_says_why(newsroom: Any, make_entry: MakeEntry) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    gone = ids(newsroom)["tag:a"]
    take_out(newsroom, gone)
    newsroom.settle()
    newsroom.take("alpha", make_entry("a", title="Back again"))
    newsroom.settle()
    with newsroom.desk.engine.connect() as connection:
        assert articles.load(connection, [gone]) == {}
        standing = articles.standing(connection, gone)
    assert standing is not None
    assert (standing.state, standing.withdrawn_why) == ("withdrawn", "court order")
    assert standing.withdrawn_at == newsroom.watch.now


def test_twice_is_once(newsroom: Any, make_entry: MakeEntry) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    gone = ids(newsroom)["tag:a"]
    take_out(newsroom, gone)
    newsroom.settle()
    before = newsroom.dump()
    assert take_out(newsroom, gone, 404) == []
    assert newsroom.rows("SELECT 1 FROM work WHERE kind NOT IN ('poll', 'search_whole')") == []
    assert newsroom.dump() == before


def test_neighbours_look_for_others(newsroom: Any, make_entry: MakeEntry) -> None:
    entries = [make_entry(f"{n}", content=f"Child care, child care. {n}") for n in range(2)]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    first, second = sorted(ids(newsroom).values())
    take_out(newsroom, first)
    run(newsroom.desk, "relate", budget_s=0)
    marked = newsroom.rows("SELECT key FROM work WHERE kind = 'relate' AND want > done")
    assert [row.key for row in marked] == [str(second)]


def test_a_withdrawal_can_be_taken_back_and_the_article_is_where_it_was(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    text = "Child care, child care. "
    newsroom.take(
        "alpha", *(make_entry(f"{n}", hours=n + 1, content=f"{text} {n}") for n in (1, 2))
    )
    newsroom.settle()
    before = newsroom.dump()
    gone = ids(newsroom)["tag:1"]
    take_out(newsroom, gone)
    newsroom.settle()
    edited = make_entry("1", hours=2, content=f"{text} 1", title="Edited meanwhile")
    newsroom.take("alpha", edited)
    with newsroom.desk.engine.begin() as connection:
        assert restore(newsroom.desk, connection, [gone, 404], newsroom.watch.now) == [gone]
        assert restore(newsroom.desk, connection, [gone], newsroom.watch.now) == []
    newsroom.settle()
    after = newsroom.dump()
    assert after["article"] == before["article"]
    assert after["relation"] == before["relation"]
    assert sorted(newsroom.titles("all")) == sorted(row[4] for row in before["article"])
    newsroom.take("alpha", edited)
    newsroom.settle()
    assert "Edited meanwhile" in newsroom.titles("all"), "the edit that was refused is taken now"


def test_noindex_takes_down_what_stands_at_the_address_and_lets_nothing_new_in(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    barred = [make_entry("a", guid="b"), make_entry("c")]
    done = newsroom.take("beta", *(replace(one, barred_at=one.url) for one in barred))
    newsroom.settle()
    assert newsroom.items("all") == []
    assert {line.verdict for line in done.lines} == {Verdict.REJECTED}
    (row,) = newsroom.rows("SELECT why FROM tombstone")
    assert "noindex" in row.why
