"""Publish: the same rows give the same bytes, and a feed that didn't change is not stored."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from config.editorial import Editorial, Section, Topic
from feeds.model import Entry
from feeds.pipeline.publish import head, rebuild

MakeEntry = Callable[..., Entry]
ATOM = "{http://www.w3.org/2005/Atom}"


def republish(newsroom: Any) -> int:
    """Rebuild every feed that there is; returns how many changed."""
    with newsroom.desk.engine.begin() as connection:
        return rebuild(newsroom.desk, connection, list(newsroom.versions()), newsroom.watch.now)


def updated(newsroom: Any, key: str) -> datetime:
    root = ET.fromstring(newsroom.files()[key, "atom"][1])
    return datetime.fromisoformat(root.findtext(f"{ATOM}updated") or "")


def test_the_same_rows_give_the_same_bytes_and_no_new_version(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a"), make_entry("rights/b"))
    newsroom.settle()
    before = newsroom.dump()
    newsroom.watch.forward(hours=1)
    assert republish(newsroom) == 0
    assert newsroom.dump() == before
    assert set(newsroom.versions().values()) == {1}


def test_every_feed_of_an_article_is_published_in_three_formats(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("rights/b", title="Child care", content="Child care."))
    newsroom.settle()
    keys = {"all", "featured", "section/rights", "section/news", "author/anna-bell"}
    keys |= {"source/alpha", "topic/child-care"}
    assert set(newsroom.files()) == {
        (key, name) for key in keys for name in ("rss", "atom", "json")
    }
    assert all(newsroom.titles(key) == ["Child care"] for key in keys - {"featured"})


def test_a_new_item_changes_the_feed_and_only_then_its_version(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a", hours=2))
    newsroom.settle()
    old = newsroom.files()
    newsroom.watch.forward(minutes=1)
    newsroom.take("beta", make_entry("b", authors=()))
    newsroom.settle()
    assert newsroom.versions()["all"] == 2
    assert newsroom.versions()["source/alpha"] == newsroom.versions()["author/anna-bell"] == 1
    assert newsroom.files()["all", "rss"][0] != old["all", "rss"][0]
    assert newsroom.files()["source/alpha", "rss"] == old["source/alpha", "rss"]


def test_updated_never_goes_back_when_the_newest_item_leaves(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("old", hours=9), make_entry("new", hours=1))
    newsroom.settle()
    before = updated(newsroom, "all")
    newsroom.take("alpha", deleted=["tag:new"])
    newsroom.settle()
    assert len(newsroom.items("all")) == 1
    assert updated(newsroom, "all") >= before


def test_the_modification_time_moves_by_a_second_at_least(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    query = "SELECT modified_at FROM feed WHERE key = 'all'"
    (before,) = newsroom.rows(query)
    newsroom.take("alpha", make_entry("b"))
    newsroom.settle()  # the clock stands still
    (after,) = newsroom.rows(query)
    assert (after.modified_at - before.modified_at).total_seconds() >= 1


def test_a_feed_holds_its_newest_items_newest_first(newsroom: Any, make_entry: MakeEntry) -> None:
    few = newsroom.desk.settings.model_copy(update={"feed_items": 3})
    newsroom.desk = replace(newsroom.desk, settings=few)
    newsroom.take("alpha", *[make_entry(f"{n}", hours=n + 1, title=f"T{n}") for n in range(5)])
    newsroom.settle()
    assert newsroom.titles("all") == ["T0", "T1", "T2"]
    newsroom.take("alpha", deleted=["tag:1"])
    newsroom.settle()
    assert newsroom.titles("all") == ["T0", "T2", "T3"]


@pytest.mark.parametrize(
    "poison",
    [
        "title = E'a\\x0bb'",
        "html = E'<p>\\x01</p>'",
        "title = ''",
        "url = 'javascript:alert(1)'",
        "language = '??'",
        "effective_at = '0001-01-01 00:00:00+00'",
        """image = '{"url": "x y", "width": -1}'""",
    ],
)
def test_a_poisoned_article_doesnt_take_its_feed_along(
    newsroom: Any, make_entry: MakeEntry, poison: str
) -> None:
    newsroom.take("alpha", make_entry("good", title="Good"), make_entry("bad"))
    newsroom.settle("relate")
    newsroom.execute(f"UPDATE article SET {poison} WHERE guid = 'tag:bad'")
    newsroom.settle()
    assert "Good" in newsroom.titles("all")
    for name in ("rss", "atom"):
        ET.fromstring(newsroom.files()["all", name][1])
    assert newsroom.rows("SELECT 1 FROM work WHERE kind = 'publish'") == []


def test_dates_are_fixed_once_they_were_emitted_even_where_the_feed_stayed_the_same(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    newsroom.execute("UPDATE article SET emitted_at = NULL")
    assert republish(newsroom) == 0
    assert newsroom.rows("SELECT 1 FROM article WHERE emitted_at IS NULL") == []


def test_a_feed_is_named_after_what_its_key_names(newsroom: Any, rules: Editorial) -> None:
    """Section, topic, source and author may share one word."""
    sections = (Section(slug="sport", names={"vi": "Thể thao"}),)
    topics = (Topic(slug="sport", names={"vi": "Trò chơi"}, keywords=("sport",)),)
    twins = rules.model_copy(update={"sections": sections, "topics": topics})
    desk = replace(newsroom.desk, editorial=twins)
    titles = {"source/sport": "Sport Daily", "author/sport": "Ann Sport"}
    keys = ("section/sport", "topic/sport", "source/sport", "author/sport", "author/unknown")
    names = [head(desk, key, titles).title.partition(" – ")[0] for key in keys]
    assert names == ["Thể thao", "Trò chơi", "Sport Daily", "Ann Sport", "author/unknown"]


def test_statements_dont_grow_with_the_items(
    newsroom: Any, make_entry: MakeEntry, statements: Any
) -> None:
    sent = []
    for count in (1, 50):
        newsroom.empty()
        newsroom.take("alpha", *[make_entry(f"{n}", hours=n + 1) for n in range(count)])
        newsroom.settle("relate")
        with statements() as found, newsroom.desk.engine.begin() as connection:
            rebuild(newsroom.desk, connection, ["all"], newsroom.watch.now)
        sent.append(len(found))
        assert len(newsroom.items("all")) == count
    assert sent[0] == sent[1] <= 24


def test_a_feed_nobody_has_is_empty_but_sound(newsroom: Any) -> None:
    with newsroom.desk.engine.begin() as connection:
        rebuild(newsroom.desk, connection, ["section/nowhere"], newsroom.watch.now)
    assert newsroom.items("section/nowhere") == []
    assert json.loads(newsroom.files()["section/nowhere", "json"][1])["version"]
