"""Who stands for a text that several brought: what people decided of it, and where it is filed."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from feeds.model import Entry, public_id
from feeds.store import pools
from worker import editors

MakeEntry = Callable[..., Entry]


@pytest.fixture
def copies(make_entry: MakeEntry, make_prose: Callable[..., str]) -> list[Entry]:
    """Make one text in three places, the earliest first."""
    text = f"<p>{make_prose('wire', 120)}</p>"
    return [
        make_entry(f"copy{n}", f"{n}.example", 9 - n, content=text, title=f"Copy {n}")
        for n in range(3)
    ]


def named(newsroom: Any, number: int) -> str:
    (row,) = newsroom.rows("SELECT id FROM article WHERE guid = :guid", guid=f"tag:copy{number}")
    return public_id(row.id)


def pinned(newsroom: Any) -> list[str]:
    """Name what a page shows as pinned."""
    with newsroom.desk.engine.connect() as connection:
        found = pools.candidates(connection, 0, newsroom.watch())
    chosen = [one.id for one in found if one.kind == "pinned"]
    titles = {row.id: row.title for row in newsroom.rows("SELECT id, title FROM article")}
    return [titles[one] for one in chosen]


def where(newsroom: Any) -> dict[str, list[str]]:
    keys = ("all", "featured", "section/sport", "topic/harbour")
    return {key: newsroom.titles(key) for key in keys} | {"pinned": pinned(newsroom)}


def test_what_an_editor_decided_outlives_a_copy_of_an_earlier_date(
    newsroom: Any, copies: list[Entry]
) -> None:
    newsroom.take("alpha", copies[1])
    newsroom.settle()
    one = named(newsroom, 1)
    editors.pin(newsroom.desk, one, 0, "lead story", "anna")
    editors.move(newsroom.desk, one, "sport", "it is", "anna")
    editors.tag(newsroom.desk, one, "harbour", True, "it is", "anna")
    newsroom.settle()
    before = where(newsroom)
    assert before == {key: ["Copy 1"] for key in before}
    newsroom.take("beta", copies[0])
    newsroom.settle()
    assert where(newsroom) == before
    assert newsroom.titles("source/beta") == ["Copy 0"]


@pytest.mark.parametrize("what", ["section", "topic", "no topic", "pin"])
def test_whom_an_editor_decides_of_stands_for_its_group_until_that_is_taken_back(
    newsroom: Any, copies: list[Entry], what: str
) -> None:
    newsroom.take("alpha", *copies)
    newsroom.settle()
    desk, last = newsroom.desk, named(newsroom, 2)
    steps: dict[str, Callable[[bool], object]] = {
        "section": lambda is_on: editors.move(desk, last, "sport" if is_on else None, "x", "anna"),
        "topic": lambda is_on: editors.tag(desk, last, "harbour", is_on or None, "x", "anna"),
        "no topic": lambda is_on: editors.tag(
            desk, last, "harbour", False if is_on else None, "x", "anna"
        ),
        "pin": lambda is_on: editors.pin(desk, last, 0 if is_on else None, "x", "anna"),
    }
    steps[what](True)
    newsroom.settle()
    assert newsroom.titles("all") == ["Copy 2"]
    steps[what](False)
    newsroom.settle()
    assert newsroom.titles("all") == ["Copy 0"]


def test_of_a_group_both_a_section_and_the_pin_of_another_member_hold(
    newsroom: Any, copies: list[Entry]
) -> None:
    newsroom.take("alpha", *copies)
    newsroom.settle()
    editors.move(newsroom.desk, named(newsroom, 1), "sport", "it is", "anna")
    newsroom.watch.forward(minutes=1)
    editors.pin(newsroom.desk, named(newsroom, 2), 0, "lead story", "anna")
    newsroom.settle()
    found = where(newsroom)
    assert found == {key: ["Copy 1"] for key in found} | {"topic/harbour": []}


def test_of_two_members_the_one_that_was_filed_last_stands_for_both(
    newsroom: Any, copies: list[Entry]
) -> None:
    newsroom.take("alpha", *copies)
    newsroom.settle()
    for number, section in ((1, "sport"), (2, "rights"), (0, "news"), (1, "news")):
        editors.move(newsroom.desk, named(newsroom, number), section, "it is", "anna")
        newsroom.watch.forward(minutes=1)
        newsroom.settle()
        assert newsroom.titles(f"section/{section}") == newsroom.titles("all") == [f"Copy {number}"]


def test_a_copy_that_is_in_no_section_does_not_hide_the_one_that_is_filed(
    newsroom: Any, copies: list[Entry]
) -> None:
    filed = replace(copies[1], categories=("Sport",))
    later = replace(copies[2], categories=("Sport",))
    for order in permutations([copies[0], filed, later]):
        newsroom.empty()
        for entry in order:
            newsroom.take("alpha", entry)
            newsroom.settle()
        assert newsroom.titles("section/sport") == newsroom.titles("all") == ["Copy 1"]
        assert newsroom.titles("featured") == ["Copy 1"], "three print it"
        with newsroom.desk.engine.connect() as connection:
            found = pools.candidates(connection, 0, newsroom.watch())
        assert [one.why for one in found if one.kind == "told"] == ["told by 3 sources"]
