"""Neighbours: articles on one matter are found though they share no rare word."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.errors import ConfigError
from feeds.errors import EmbedderFailed
from feeds.model import Entry
from feeds.pipeline import fit as step
from feeds.pipeline import learn_vectors as lessons
from feeds.pipeline import neighbours as room
from feeds.pipeline.withdraw import withdraw
from feeds.related import embed as learned
from feeds.store import work

MakeEntry = Callable[..., Entry]
SEA, COURT = (
    words.split()
    for words in (
        "tàu cá biển lưới ngư dân sóng bão cảng thuyền hải sản đảo",
        "tòa án luật sư bị cáo phiên xử tội phạt tù điều tra chứng cứ",
    )
)


def text_about(words: list[str], number: int) -> str:
    chance = np.random.default_rng(number)
    own = [f"w{chance.integers(60)}" for _ in range(10)]
    return " ".join([*chance.permutation(words)[:8], *own])


@pytest.fixture
def stocked(newsroom: Any, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A newsroom with sixty articles on two matters, which are enough to learn from."""
    monkeypatch.setattr(step, "LEAST_ARTICLES", 60)
    monkeypatch.setattr(learned, "DIMENSIONS", 8)
    entries = [
        make_entry(f"a{n}", title=f"T{n}", content=text_about(COURT if n % 2 else SEA, n))
        for n in range(60)
    ]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    return newsroom


def fitted(newsroom: Any) -> Any:
    step.fit(newsroom.desk)
    newsroom.settle()
    return newsroom


def numbers(newsroom: Any) -> dict[int, int]:
    return {row.id: int(row.guid[5:]) for row in newsroom.rows("SELECT id, guid FROM article")}


def found(newsroom: Any, ids: list[int]) -> list[list[int]]:
    with newsroom.desk.engine.connect() as connection:
        pairs: list[list[int]] = newsroom.desk.neighbours.find(connection, ids).tolist()
    return pairs


def test_before_a_fit_nothing_is_stored_and_nothing_found(stocked: Any) -> None:
    assert found(stocked, list(numbers(stocked))) == []
    assert stocked.rows("SELECT 1 FROM article_vector") == []


def test_after_a_fit_every_article_has_a_vector_and_neighbours_of_its_matter(stocked: Any) -> None:
    known = numbers(fitted(stocked))
    pairs = found(stocked, list(known))
    assert len(pairs) == len(known) * room.MOST
    same = [known[one] % 2 == known[other] % 2 for one, other in pairs]
    assert sum(same) > 0.9 * len(same)


def test_an_article_that_comes_later_is_found_and_finds(
    stocked: Any, make_entry: MakeEntry
) -> None:
    fitted(stocked)
    found(stocked, list(numbers(stocked)))  # what is held is older than the article
    stocked.take("alpha", make_entry("b60", title="Late", content=text_about(SEA, 60)))
    stocked.settle()
    known = numbers(stocked)
    (late,) = [key for key, number in known.items() if number == 60]
    others = {other for _, other in found(stocked, [late])}
    assert len(others) == room.MOST
    assert sum(known[other] % 2 == 0 for other in others) >= 9
    assert late in {other for _, other in found(stocked, sorted(others))}


def test_edited_articles_get_new_vectors_and_withdrawn_ones_lose_theirs(
    stocked: Any, make_entry: MakeEntry
) -> None:
    fitted(stocked)
    before = {row.article_id: row.vector for row in stocked.rows(VECTORS)}
    stocked.take("alpha", make_entry("a0", title="T0", content=text_about(COURT, 500)))
    keys = {number: key for key, number in numbers(stocked).items()}
    with stocked.desk.engine.begin() as connection:
        withdraw(stocked.desk, connection, [keys[2]], "court order", stocked.watch.now)
    stocked.settle()
    after = {row.article_id: row.vector for row in stocked.rows(VECTORS)}
    assert after[keys[0]] != before[keys[0]]
    assert keys[2] not in after
    assert after[keys[4]] == before[keys[4]]


VECTORS = "SELECT article_id, vector::text AS vector FROM article_vector"


def test_a_new_version_replaces_all_vectors(stocked: Any) -> None:
    fitted(stocked)
    (first,) = {row.version for row in stocked.rows("SELECT version FROM article_vector")}
    fitted(stocked)
    rows = stocked.rows("SELECT version FROM article_vector")
    assert len(rows) == 60
    assert {row.version for row in rows} == {first + 1}
    assert len(found(stocked, list(numbers(stocked)))) == 60 * room.MOST


CODE = """
calls, out_of_order = [], []

class Letters:
    def embed(self, texts):
        calls.append(len(texts))
        if out_of_order:
            return out_of_order[0](texts)
        bodies = [text.split("\\n\\n", 1)[1] for text in texts]
        return [[1.0, 5.0 * ("tòa" in body), 5.0 * ("tàu" in body)] for body in bodies]

def changed(texts):
    return [[1.0, 2.0] for text in texts]

def silent(texts):
    raise OSError("no answer")

def uneven(texts):
    return [[1.0] * len(calls) for text in texts]
"""


@pytest.fixture
def by_operator(
    stocked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Any]]:
    """Give the stocked newsroom's desk an embedder of the operator's."""
    (tmp_path / "operators_letters.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))

    def choose(name: str) -> Any:
        settings = stocked.desk.settings.model_copy(
            update={"embedder": f"operators_letters.{name}"}
        )
        stocked.desk = replace(stocked.desk, settings=settings)
        return stocked

    yield choose
    sys.modules.pop("operators_letters", None)


def test_an_operators_embedder_gives_the_vectors(by_operator: Callable[[str], Any]) -> None:
    newsroom = fitted(by_operator("Letters"))
    rows = newsroom.rows("SELECT DISTINCT vector_dims(vector) AS long FROM article_vector")
    assert [row.long for row in rows] == [3]
    assert sys.modules["operators_letters"].calls
    assert len(found(newsroom, list(numbers(newsroom)))) == 60 * room.MOST


def test_vectors_of_another_embedder_are_not_compared_until_it_is_fitted(
    stocked: Any, by_operator: Callable[[str], Any]
) -> None:
    fitted(stocked)
    newsroom = by_operator("Letters")
    assert found(newsroom, list(numbers(newsroom))) == []


def test_an_embedder_that_was_changed_is_fitted_within_the_hour(
    stocked: Any, by_operator: Callable[[str], Any]
) -> None:
    fitted(stocked)
    newsroom = by_operator("Letters")
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "fit", [step.KEY], newsroom.watch.now, lane=work.REINDEX)
    newsroom.settle()
    rows = newsroom.rows("SELECT DISTINCT vector_dims(vector) AS long FROM article_vector")
    assert [row.long for row in rows] == [3]
    newsroom.watch.forward(hours=2)
    newsroom.settle()
    assert len(newsroom.rows("SELECT 1 FROM statistic")) == 2


@pytest.mark.parametrize("name", ["silent", "changed"])
def test_articles_are_related_without_an_embedder_that_fails(
    by_operator: Callable[[str], Any], make_entry: MakeEntry, name: str
) -> None:
    newsroom = fitted(by_operator("Letters"))
    letters = sys.modules["operators_letters"]
    letters.out_of_order.append(getattr(letters, name))
    newsroom.take("alpha", make_entry("b60", title="Late", content=text_about(SEA, 60)))
    newsroom.settle()
    (late,) = newsroom.rows("SELECT id, related_at FROM article WHERE title = 'Late'")
    assert late.related_at is not None
    assert newsroom.rows("SELECT 1 FROM article_vector WHERE article_id = :id", id=late.id) == []
    assert newsroom.rows("SELECT 1 FROM work WHERE dead_at IS NOT NULL") == []


def test_a_fit_says_what_is_wrong_with_an_embedder(by_operator: Callable[[str], Any]) -> None:
    with pytest.raises(EmbedderFailed, match=r"operators_letters.silent: OSError: no answer"):
        step.fit(by_operator("silent").desk)
    with pytest.raises(ConfigError, match="operators_letters has no 'nothing'"):
        step.fit(by_operator("nothing").desk)


@pytest.mark.parametrize("wrong", ["silent", "uneven"])
def test_words_are_counted_while_an_embedder_fails_and_vectors_made_once_it_works(
    by_operator: Callable[[str], Any], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "_TOGETHER", 20)
    newsroom = by_operator("Letters")
    newsroom.desk.neighbours.embedder()
    letters = sys.modules["operators_letters"]
    letters.out_of_order.append(getattr(letters, wrong))
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "fit", [step.KEY], newsroom.watch.now, lane=work.REINDEX)
    for hour in range(7):
        newsroom.settle()
        (row,) = newsroom.rows("SELECT attempts, dead_at, run_at FROM work WHERE kind = 'fit'")
        assert (row.attempts, row.dead_at) == (0, None), hour
        assert row.run_at == newsroom.watch.now + timedelta(hours=1)
        newsroom.watch.now = row.run_at
    assert len(newsroom.rows("SELECT 1 FROM statistic")) == 1, "no round after round"
    assert newsroom.rows(WEIGHED) == newsroom.rows("SELECT version FROM statistic")
    assert newsroom.rows("SELECT 1 FROM article_vector") == []
    letters.out_of_order.clear()
    newsroom.settle()
    assert len(newsroom.rows("SELECT 1 FROM article_vector")) == 60
    newsroom.watch.forward(hours=1)
    newsroom.settle()
    assert len(newsroom.rows("SELECT 1 FROM statistic")) == 2


WEIGHED = "SELECT DISTINCT version FROM fingerprint"
