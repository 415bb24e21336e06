"""Retell: stories are settled after relating; what was withdrawn leaves them at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from feeds.model import Entry
from feeds.pipeline import retell
from feeds.pipeline.run import run
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


def test_two_workers_tell_the_same_stories_as_one(
    newsroom: Any, make_entry: Callable[..., Entry], make_prose: Callable[..., str]
) -> None:
    """Both relate in small batches, and settle stories while the other still relates."""
    told = {
        "ferry": NEWS,
        "bridge": "Ilse Marwick shut the Tarn bridge in Low Hollin over cracked piers. {}",
        "school": "Piers Oduya opened a Velm school for glass blowers in Castle Rennet. {}",
    }
    entries = [
        make_entry(
            f"{name}{n}", hours=3 * n + place, content=text.format(make_prose(name + str(n), 6 * n))
        )
        for place, (name, text) in enumerate(told.items())
        for n in range(1, 5)
    ]

    def found() -> tuple[dict[int, int | None], list[Any]]:
        edges = (
            "SELECT left_id, right_id, score, why FROM relation WHERE kind = 'story' ORDER BY 1, 2"
        )
        return stories(newsroom), newsroom.rows(edges)

    for entry in sorted(entries, key=lambda one: one.published):
        newsroom.take("alpha", entry)
        newsroom.settle("relate", "retell")
    wanted = found()
    assert len({lead for lead in wanted[0].values() if lead}) == len(told)
    newsroom.empty()
    newsroom.take("alpha", *entries)
    narrow = newsroom.desk.settings.model_copy(update={"relate_batch": 2})
    desk, start = replace(newsroom.desk, settings=narrow), threading.Barrier(2)

    def work() -> None:
        start.wait()
        while run(desk, "relate", budget_s=0) + run(desk, "retell", budget_s=0):
            pass

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(work) for _ in range(2)]:
            one.result()
    newsroom.watch.forward(seconds=5)
    newsroom.settle("relate", "retell")
    assert found() == wanted
