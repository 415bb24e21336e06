"""Items rendered once: what a feed's bytes are made of, and when they are made anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.model import Entry
from feeds.pipeline.items import refresh
from feeds.pipeline.publish import head, rebuild
from feeds.pipeline.withdraw import restore, withdraw
from feeds.publish.pieces import RENDER
from feeds.store import feeds, fragments, pages
from feeds.store.pages import SIZE

MakeEntry = Callable[..., Entry]


def build(newsroom: Any, *keys: str) -> int:
    with newsroom.desk.engine.begin() as connection:
        return rebuild(
            newsroom.desk, connection, keys or list(newsroom.versions()), newsroom.watch.now
        )


def stored(newsroom: Any) -> list[Any]:
    return newsroom.rows("SELECT article_id, hash, superseded_at FROM fragment ORDER BY 1, 2")


def fill(newsroom: Any, make_entry: MakeEntry, count: int = 5) -> None:
    newsroom.take("alpha", *[make_entry(f"rights/{n}", hours=n + 1) for n in range(count)])
    newsroom.settle()


def test_everything_dropped_and_built_again_gives_the_same_bytes(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    fill(newsroom, make_entry, 60)
    with newsroom.desk.engine.begin() as connection:
        (gone, *_) = newsroom.rows("SELECT id FROM article ORDER BY effective_at DESC LIMIT 1")
        withdraw(newsroom.desk, connection, [gone.id], "asked", newsroom.watch.now)
    newsroom.settle()
    before = newsroom.files()
    keys = list(newsroom.versions())
    newsroom.watch.forward(days=3)
    for table in ("feed_file", "feed", "fragment", "feed_page", "feed_past"):
        newsroom.execute(f"DELETE FROM {table}")
    build(newsroom, *keys)
    assert newsroom.files() == before


def test_an_article_is_rendered_once_for_all_its_feeds(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    fill(newsroom, make_entry)
    assert len(newsroom.versions()) >= 5
    assert len(stored(newsroom)) == 5
    build(newsroom)
    assert len(stored(newsroom)) == 5


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE article SET title = 'Another title'",
        "UPDATE article SET content_hash = 'x', html = '<p>Another text.</p>'",
        "UPDATE article SET section = 'sport'",
        "UPDATE article SET revised_at = effective_at + interval '1 hour'",
        'UPDATE article SET image = \'{"url": "https://news.example/i.jpg"}\'',
        "UPDATE author SET name = 'Anna Belle'",
        "UPDATE source SET title = 'Alpha Daily'",
        "INSERT INTO article_topic SELECT id, 'harbour', 1, '', effective_at FROM article",
    ],
)
def test_whatever_an_item_tells_is_told_anew_when_it_changes(
    newsroom: Any, make_entry: MakeEntry, change: str
) -> None:
    fill(newsroom, make_entry, 1)
    before = newsroom.files()["all", "atom"]
    newsroom.execute(change)
    assert build(newsroom, "all") == 1
    after = newsroom.files()["all", "atom"]
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert [one.superseded_at is None for one in stored(newsroom)].count(True) == 1


def test_the_site_changes_every_item(newsroom: Any, make_entry: MakeEntry) -> None:
    fill(newsroom, make_entry, 2)
    moved = newsroom.desk.settings.model_copy(update={"public_url": "https://new.example"})
    newsroom.desk = replace(newsroom.desk, settings=moved)
    build(newsroom, "all")
    assert all(item["url"].startswith("https://new.example/") for item in newsroom.items("all"))


def test_other_rows_with_the_same_words_keep_bytes_tag_and_version(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    fill(newsroom, make_entry, 2)
    before, versions = newsroom.files(), newsroom.versions()
    newsroom.execute("UPDATE article SET via_url = 'https://told.example/'")
    assert build(newsroom) == 0
    assert (newsroom.files(), newsroom.versions()) == (before, versions)


def test_items_are_collected_a_day_after_no_feed_shows_them(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    fill(newsroom, make_entry, 1)
    newsroom.execute("UPDATE article SET title = 'Another title'")
    with newsroom.desk.engine.begin() as connection:
        ids = [one.article_id for one in stored(newsroom)]
        refresh(connection, head(newsroom.desk, "all", {}), ids, newsroom.watch.now)
    later = newsroom.watch.now + fragments.KEEP + timedelta(seconds=1)
    with newsroom.desk.engine.begin() as connection:
        assert fragments.collect(connection, newsroom.watch.now) == 0
        assert fragments.collect(connection, later) == 0  # feeds show them still
    build(newsroom)
    with newsroom.desk.engine.begin() as connection:
        assert fragments.collect(connection, later) == 1
    assert len(stored(newsroom)) == 1
    assert newsroom.titles("all") == ["Another title"]


def test_an_item_that_leaves_moves_no_date_back(newsroom: Any, make_entry: MakeEntry) -> None:
    fill(newsroom, make_entry, 3)
    (newest, *_) = newsroom.rows("SELECT id FROM article ORDER BY effective_at DESC")
    was = newsroom.rows("SELECT updated_at, modified_at FROM feed WHERE key = 'all'")[0]
    newsroom.watch.forward(hours=1)
    for act in (withdraw, restore):
        with newsroom.desk.engine.begin() as connection:
            more = ("asked",) if act is withdraw else ()
            act(newsroom.desk, connection, [newest.id], *more, newsroom.watch.now)
        newsroom.settle()
        now = newsroom.rows("SELECT updated_at, modified_at FROM feed WHERE key = 'all'")[0]
        assert now.updated_at >= was.updated_at
        assert now.modified_at > was.modified_at
        was = now


def test_a_withdrawn_item_leaves_a_tombstone(newsroom: Any, make_entry: MakeEntry) -> None:
    fill(newsroom, make_entry, 3)
    (row, *_) = newsroom.rows("SELECT id FROM article ORDER BY effective_at DESC")
    name = newsroom.items("all")[0]["id"]
    with newsroom.desk.engine.begin() as connection:
        withdraw(newsroom.desk, connection, [row.id], "asked", newsroom.watch.now)
    newsroom.settle()
    assert name not in [item["id"] for item in newsroom.items("all")]
    for key in ("all", "section/news", "author/anna-bell", "source/alpha"):
        body = newsroom.files()[key, "atom"][1].decode()
        assert "deleted-entry" in body, key
        assert name in body
    assert (
        b"deleted-entry" not in newsroom.files()["section/sport", "atom"][1]
        if (
            "section/sport",
            "atom",
        )
        in newsroom.files()
        else True
    )


def test_pages_hold_every_article_once_and_full_ones_never_change(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    shown: dict[int, list[int]] = {}
    for round_ in range(4):
        newsroom.take(
            "alpha", *[make_entry(f"{round_}-{n}", hours=40 - n + round_) for n in range(20)]
        )
        newsroom.settle()
        rows = newsroom.rows("SELECT page, article_ids FROM feed_page WHERE key = 'all'")
        now = {row.page: list(row.article_ids) for row in rows}
        assert all(now[page] == ids for page, ids in shown.items() if len(ids) == SIZE)
        shown = now
    ids = [one for page in sorted(shown) for one in shown[page]]
    assert len(ids) == len(set(ids)) == 80
    assert [len(shown[page]) for page in sorted(shown)] == [25, 25, 25, 5]
    assert b"?page=3" in newsroom.files()["all", "atom"][1]


@pytest.mark.parametrize("held", [0, 1, SIZE - 1, SIZE, 30])
def test_a_shelf_takes_each_article_once(held: int) -> None:
    ids = tuple(range(held))[-SIZE:]
    shelf = pages.Shelf(2, ids, frozenset(range(held)))
    changed = shelf.grown([*range(40), *range(40)])
    came = [one for page in sorted(changed) for one in changed[page]]
    assert [one for one in came if one not in ids] == list(range(held, 40))
    assert all(len(page) <= SIZE for page in changed.values())


def test_a_removed_source_takes_its_feed_back(newsroom: Any, make_entry: MakeEntry) -> None:
    fill(newsroom, make_entry, 1)
    newsroom.execute("UPDATE source SET removed_at = now()")
    build(newsroom, "source/alpha")
    with newsroom.desk.engine.connect() as connection:
        found = feeds.file(connection, "source/alpha", "rss")
        assert found is not None
        assert found.gone_at == newsroom.watch.now
        assert "source/alpha" not in [one.key for one in feeds.listed(connection)]
    newsroom.execute("UPDATE source SET removed_at = NULL")
    build(newsroom, "source/alpha")
    with newsroom.desk.engine.connect() as connection:
        found = feeds.file(connection, "source/alpha", "rss")
        assert found is not None
        assert found.gone_at is None


def test_what_was_held_before_is_remembered_by_its_tag(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    tags = []
    for n in range(feeds.PAST + 3):
        newsroom.take("alpha", make_entry(f"{n}", hours=30 - n))
        newsroom.settle()
        tags.append(newsroom.files()["all", "rss"][0])
    with newsroom.desk.engine.connect() as connection:
        past = feeds.past(connection, "all")
        now = feeds.file(connection, "all", "rss")
    assert now is not None
    assert [tag in past for tag in tags] == [False] * 2 + [True] * feeds.PAST + [False]
    new = [mark for mark in now.marks if mark not in past[tags[-3]]]
    assert new == list(now.marks[:2])


def test_every_format_stands_together_as_a_whole_document_would(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    fill(newsroom, make_entry, 3)
    assert set(RENDER) == set(fragments.FORMATS)
    title = head(newsroom.desk, "all", {}).title.encode()
    for name in RENDER:
        assert title in newsroom.files()["all", name][1]
