"""An item says who else tells its news, in every format, and is told anew when they change."""

import json
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import feedparser
import pytest

from feeds.model import Entry
from feeds.pipeline.publish import rebuild
from feeds.pipeline.withdraw import withdraw
from feeds.store import succession

MakeEntry = Callable[..., Entry]
MakeProse = Callable[..., str]


@pytest.fixture
def twice(newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse) -> Callable[..., None]:
    """Let `beta` print again what `alpha` printed."""
    text = f"<p>{make_prose('same', 200)}</p>"
    alone = make_entry("first", hours=5, content=text, title="The dam broke")
    newsroom.take("alpha", alone, make_entry("else", hours=4, authors=()))
    newsroom.settle()

    def again(slug: str = "again", **more: Any) -> None:
        copy = make_entry(slug, "beta.example", content=text, title="Dam broke", **more)
        newsroom.take("beta", copy)
        newsroom.settle()

    return again


def others(newsroom: Any, key: str) -> dict[str, list[str]]:
    return {
        item["title"]: [one["title"] for one in item["_tinwire"].get("also_by", ())]
        for item in newsroom.items(key)
    }


def test_a_copy_is_named_in_every_format_and_moves_neither_id_nor_date(
    newsroom: Any, twice: Callable[..., None]
) -> None:
    before = {item["id"]: item["date_published"] for item in newsroom.items("all")}
    assert others(newsroom, "all") == {"The dam broke": [], newsroom.titles("all")[0]: []}
    twice(hours=3)
    told = others(newsroom, "all")
    assert told["The dam broke"] == ["Dam broke"]
    assert sum(map(len, told.values())) == 1, "nobody else's item changed"
    after = {item["id"]: item["date_published"] for item in newsroom.items("all")}
    assert after == before, "the copy itself is no item"
    assert others(newsroom, "source/beta") == {"Dam broke": ["The dam broke"]}
    assert others(newsroom, "author/anna-bell") == {"The dam broke": ["Dam broke"]}
    for name in ("rss", "atom"):
        found = feedparser.parse(newsroom.files()["all", name][1])
        (item,) = [one for one in found.entries if one.title == "The dam broke"]
        links = [(one.href, one.title) for one in item.links if one.rel == "related"]
        assert links == [("https://beta.example/again", "Beta: Dam broke")]
        assert item.link.startswith(newsroom.desk.settings.public_url)


def test_a_copy_that_is_edited_or_taken_back_is_told_so(
    newsroom: Any, twice: Callable[..., None], make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    twice(hours=3)
    text = f"<p>{make_prose('same', 200)}</p>"
    newsroom.watch.forward(hours=1)
    edited = make_entry("again", "beta.example", content=text, title="Dam gave way", hours=3)
    newsroom.take("beta", edited)
    newsroom.settle()
    assert others(newsroom, "author/anna-bell")["The dam broke"] == ["Dam gave way"]
    with newsroom.desk.engine.begin() as connection:
        (row,) = newsroom.rows("SELECT id FROM article WHERE title = 'Dam gave way'")
        withdraw(newsroom.desk, connection, [row.id], "asked", newsroom.watch.now)
    newsroom.settle("publish")
    assert others(newsroom, "all")["The dam broke"] == [], "before anything is related again"


def test_the_order_in_which_they_came_changes_no_byte(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    text = f"<p>{make_prose('same', 200)}</p>"
    entries = [
        (name, make_entry("it", f"{name}.example", content=text, title=f"By {name}", hours=n))
        for n, name in enumerate(("alpha", "beta", "gamma"), 2)
    ]
    bodies = []
    for order in (entries, entries[::-1]):
        newsroom.empty()
        for name in ("alpha", "beta", "gamma"):
            newsroom.source(name)
        for name, entry in order:
            newsroom.take(name, entry)
            newsroom.settle()
        bodies.append(newsroom.files()["all", "atom"][1].partition(b"<entry")[2])
    assert bodies[0] == bodies[1]
    assert bodies[0].count(b'rel="related"') == 2


def _story(newsroom: Any, make_entry: MakeEntry) -> list[Any]:
    """Three articles, the later two put into the first one's story by hand."""
    made = [make_entry(f"s{n}", hours=9 - n, title=f"Part {n}") for n in range(3)]
    newsroom.take("alpha", *made)
    newsroom.settle()
    rows = newsroom.rows("SELECT id FROM article ORDER BY effective_at")
    return [row.id for row in rows]


def _join(newsroom: Any, ids: list[int], lead: int | None) -> None:
    newsroom.execute("UPDATE article SET story_id = :lead WHERE id = ANY(:ids)", lead=lead, ids=ids)


def _build(newsroom: Any, *keys: str) -> None:
    with newsroom.desk.engine.begin() as connection:
        rebuild(newsroom.desk, connection, keys, newsroom.watch.now)
    newsroom.settle("publish")


def _alias(newsroom: Any, old: str) -> list[str]:
    return [row.new for row in newsroom.rows("SELECT new FROM feed_alias WHERE old = :o", o=old)]


def _is_gone(newsroom: Any, key: str) -> bool:
    (row,) = newsroom.rows("SELECT gone_at FROM feed WHERE key = :key", key=key)
    return row.gone_at is not None


def test_a_storys_feed_follows_its_lead(newsroom: Any, make_entry: MakeEntry) -> None:
    first, second, _ = ids = _story(newsroom, make_entry)
    _join(newsroom, ids, first)
    old, new = succession.key_of(first), succession.key_of(second)
    _build(newsroom, old)
    assert others(newsroom, old) == {
        "Part 2": ["Part 0", "Part 1"],
        "Part 1": ["Part 0", "Part 2"],
        "Part 0": ["Part 1", "Part 2"],
    }
    assert json.loads(newsroom.files()[old, "json"][1])["home_page_url"].endswith(f"/{old}")
    _join(newsroom, ids, second)
    _build(newsroom, old)
    assert _alias(newsroom, old) == [new]
    assert _is_gone(newsroom, old)
    assert newsroom.titles(new) == ["Part 2", "Part 1", "Part 0"], "it is built at once"
    _join(newsroom, ids, first)
    _build(newsroom, old, new)
    assert (_alias(newsroom, old), _alias(newsroom, new)) == ([], [old])
    assert (_is_gone(newsroom, old), _is_gone(newsroom, new)) == (False, True)


def test_a_storys_feed_loses_what_is_withdrawn_and_ends_with_its_last(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    ids = _story(newsroom, make_entry)
    _join(newsroom, ids, ids[0])
    key = succession.key_of(ids[0])
    _build(newsroom, key)
    steps = (ids[2], ["Part 1", "Part 0"], "publish"), (ids[1], ["Part 0"], "relate", "publish")
    for gone, titles, *work in steps:
        with newsroom.desk.engine.begin() as connection:
            withdraw(newsroom.desk, connection, [gone], "asked", newsroom.watch.now)
        newsroom.settle(*work)
        assert newsroom.titles(key) == titles
        assert b"deleted-entry" in newsroom.files()[key, "atom"][1]
    with newsroom.desk.engine.begin() as connection:
        withdraw(newsroom.desk, connection, [ids[0]], "asked", newsroom.watch.now)
    newsroom.settle()
    assert _is_gone(newsroom, key)
    assert _alias(newsroom, key) == []


def test_only_stories_that_were_asked_for_have_feeds(newsroom: Any, make_entry: MakeEntry) -> None:
    ids = _story(newsroom, make_entry)
    _join(newsroom, ids, ids[0])
    newsroom.take("alpha", make_entry("s0", hours=9, title="Part 0, corrected"))
    newsroom.settle()
    assert not [key for key in newsroom.versions() if key.startswith("story/")]


@pytest.mark.parametrize("fmt", ["rss", "atom", "json"])
def test_what_is_drawn_for_the_first_who_asks_is_what_is_kept(
    followed: Any, make_entry: MakeEntry, fmt: str
) -> None:
    newsroom = followed.newsroom
    ids = _story(newsroom, make_entry)
    _join(newsroom, ids, ids[0])
    _build(newsroom, "all")  # so that its items are told with their siblings
    key = succession.key_of(ids[0])
    with urlopen(f"{newsroom.desk.settings.public_url}/feeds/{key}.{fmt}") as answer:
        tag, body = answer.headers["ETag"], answer.read()
    assert key not in newsroom.versions()
    newsroom.settle("publish")
    assert newsroom.files()[key, fmt] == (tag, body)
