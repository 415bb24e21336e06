"""Across languages: where an operator's vectors allow, one piece of news is one story."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from feeds.model import Entry
from feeds.pipeline import fit as step
from feeds.pipeline.closeness import Closeness

MakeEntry = Callable[..., Entry]
CODE = """
TOGETHER = {
    "cầu": 0, "bridge": 0, "khánh": 1, "opened": 1, "sông": 2, "river": 2, "xe": 3, "traffic": 3,
    "brücke": 0, "eröffnet": 1, "fluss": 2, "verkehr": 3,
    "bão": 4, "storm": 4, "biển": 5, "sea": 5, "mưa": 6, "rain": 6, "gió": 7, "wind": 7,
}

def embed(texts):
    found = []
    for text in texts:
        row = [0.001] * 8
        for word in text.casefold().replace(".", " ").replace(",", " ").split():
            if word in TOGETHER:
                row[TOGETHER[word]] += 1
        found.append(row)
    return found
"""
TEXTS = {
    "cau": "Thành phố khánh thành cầu mới. Cây cầu bắc qua sông, xe chạy từ hôm nay.",
    "bridge": "The city has opened a new bridge. It crosses the river, and traffic runs.",
    "brücke": "Die neue Brücke ist eröffnet. Über den Fluss rollt seit heute der Verkehr.",
    "bao": "Cơn bão vào đất liền. Ngoài biển gió giật, trong bờ mưa lớn, mưa to.",
    "storm": "The storm made landfall. Wind at sea was strong and rain fell on the coast.",
}
STORIES = {frozenset({"cau", "bridge", "brücke"}), frozenset({"bao", "storm"})}


@pytest.fixture
def tellings(make_entry: MakeEntry) -> list[Entry]:
    """Make five articles of two pieces of news in three languages; none tells its own rightly."""
    return [
        make_entry(slug, hours=n + 1, title="On it.", content=f"<p>{text}</p>", language="de")
        for n, (slug, text) in enumerate(TEXTS.items())
    ]


@pytest.fixture
def speaking(
    newsroom: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Give the newsroom's desk an embedder that knows three languages."""
    (tmp_path / "three_languages.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(step, "LEAST_ARTICLES", 2)
    plain = newsroom.desk

    def choose(**changes: Any) -> Any:
        named = {"embedder": "three_languages.embed", **changes}
        newsroom.desk = replace(plain, settings=plain.settings.model_copy(update=named))
        return newsroom

    yield choose
    sys.modules.pop("three_languages", None)


def stories(newsroom: Any) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row in newsroom.rows("SELECT guid, story_id FROM article WHERE story_id IS NOT NULL"):
        found.setdefault(row.story_id, set()).add(row.guid.removeprefix("tag:"))
    return set(map(frozenset, found.values()))


def told(newsroom: Any, first: Sequence[Entry], later: Sequence[Entry] = ()) -> Any:
    """Take articles, fit over these, and take later ones one by one."""
    newsroom.empty()
    newsroom.take("alpha", *first)
    newsroom.settle()
    step.fit(newsroom.desk)
    newsroom.settle()
    for entry in later:
        newsroom.take("alpha", entry)
        newsroom.settle()
    return newsroom


def test_tellings_in_three_languages_become_one_story_in_any_order(
    speaking: Callable[..., Any], tellings: list[Entry]
) -> None:
    newsroom = told(speaking(), tellings)
    spoken = newsroom.rows("SELECT language FROM article")
    assert {row.language for row in spoken} == {"vi", "en", "de"}
    assert stories(newsroom) == STORIES
    edges = newsroom.dump("relation")
    (why,) = {
        row.why
        for row in newsroom.rows(
            "SELECT why FROM relation r JOIN article a ON a.id IN (left_id, right_id)"
            " WHERE kind = 'story' AND a.guid = 'tag:bao'"
        )
    }
    assert why.endswith("by vectors, in two languages, 1 h apart")
    for turn in (1, 2, 4):
        turned = tellings[turn:] + tellings[:turn]
        told(newsroom, turned[:2], turned[:1:-1])
        newsroom.settle()
        assert stories(newsroom) == STORIES, turn
        assert {row[:3] for row in newsroom.dump("relation")["relation"]} == {
            row[:3] for row in edges["relation"]
        }


def test_a_pair_in_three_languages_is_as_close_as_its_edge_says(
    speaking: Callable[..., Any], tellings: list[Entry]
) -> None:
    newsroom = told(speaking(), tellings)
    asked = "SELECT left_id, right_id, score FROM relation WHERE kind = 'story'"
    edges = {(row.left_id, row.right_id): round(row.score, 4) for row in newsroom.rows(asked)}
    with newsroom.desk.engine.connect() as connection:
        closeness = Closeness(newsroom.desk, connection)
        for left, right in edges:
            assert closeness.compare(left, [right]) == {right: edges[left, right]}
            assert closeness.compare(right, [left]) == {left: edges[left, right]}


@pytest.mark.parametrize("changes", [{"embedder": None}, {"embedder_same_from": 0.99}])
def test_without_an_embedder_or_far_from_each_other_they_stay_apart(
    speaking: Callable[..., Any], tellings: list[Entry], changes: dict[str, Any]
) -> None:
    assert STORIES.isdisjoint(stories(told(speaking(**changes), tellings)))


def test_without_an_embedder_no_language_is_read(
    newsroom: Any, tellings: list[Entry], statements: Callable[[], Any]
) -> None:
    newsroom.take("alpha", *tellings)
    with statements() as sent:
        newsroom.settle("relate", "retell")
    assert sent
    assert not [one for one in sent if "string_agg(a.language" in one]
