"""Retell: stories are settled after relating; what was withdrawn leaves them at once."""

from collections.abc import Callable
from typing import Any

import pytest

from feeds.model import Entry
from feeds.pipeline import retell
from feeds.pipeline.withdraw import withdraw
from feeds.store import checking

NEWS = "Mira Solanke and Tobias Renfro met in Port Larrow about the Selby ferry and its fares. {}"


@pytest.fixture
def told(
    newsroom: Any, make_entry: Callable[..., Entry], make_prose: Callable[..., str]
) -> list[int]:
    """Relate three tellings of one story; gives their ids, the earliest first."""
    entries = [
        make_entry(f"n{n}", hours=n + 1, content=f"<p>{NEWS.format(make_prose(str(n), 8))}</p>")
        for n in range(3)
    ]
    newsroom.take("alpha", *entries)
    newsroom.settle("relate")
    rows = newsroom.rows("SELECT id FROM article ORDER BY effective_at")
    return [row.id for row in rows]


def stories(newsroom: Any) -> dict[int, int | None]:
    return {row.id: row.story_id for row in newsroom.rows("SELECT id, story_id FROM article")}


def due(newsroom: Any, kind: str) -> list[str]:
    asked = "SELECT key FROM work WHERE kind = :kind AND want > done ORDER BY key"
    return [row.key for row in newsroom.rows(asked, kind=kind)]


def test_stories_are_settled_once_articles_are_related(newsroom: Any, told: list[int]) -> None:
    assert set(stories(newsroom).values()) == {None}
    with newsroom.desk.engine.connect() as connection:
        assert checking.pending(connection) > 0
    newsroom.settle("retell")
    assert stories(newsroom) == dict.fromkeys(told, told[0])
    assert due(newsroom, "retell") == []
    assert newsroom.rows("SELECT 1 FROM story_due") == []


def test_notes_that_are_too_many_for_one_pass_are_settled_by_the_next(
    newsroom: Any, told: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though an article is noted several times, and a pass settles fewer than it takes notes."""
    newsroom.execute("DELETE FROM story_due")
    for number in (told[0], told[0], told[0], told[1], told[2]):
        newsroom.execute("INSERT INTO story_due VALUES (:number)", number=number)
    monkeypatch.setattr(retell, "BATCH", 2)
    newsroom.settle("retell")
    assert newsroom.rows("SELECT 1 FROM story_due") == []
    assert stories(newsroom) == dict.fromkeys(told, told[0])


def test_the_feeds_of_what_moved_are_built_again(newsroom: Any, told: list[int]) -> None:
    newsroom.execute("DELETE FROM work WHERE kind = 'publish'")
    newsroom.settle("retell")
    assert {"all", "source/alpha"} <= set(due(newsroom, "publish"))
    newsroom.execute("DELETE FROM work WHERE kind = 'publish'")
    newsroom.execute("INSERT INTO story_due SELECT id FROM article")
    newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) VALUES ('retell', 'due', :now, :now)",
        now=newsroom.watch.now,
    )
    newsroom.settle("retell")
    assert due(newsroom, "publish") == [], "nothing moved"


def test_what_is_withdrawn_leaves_its_story_without_waiting(newsroom: Any, told: list[int]) -> None:
    newsroom.settle("retell")
    with newsroom.desk.engine.begin() as connection:
        withdraw(newsroom.desk, connection, [told[0]], "court order", newsroom.watch.now)
    newsroom.settle("relate")
    assert stories(newsroom) == {told[0]: None, told[1]: told[1], told[2]: told[1]}
