"""Learning from the store: versions, filing anew, abstaining, and coming back."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from config.editorial import Editorial
from feeds.model import LEARNED, Entry, Placement
from feeds.pipeline.learn import KEY, is_due, learn_sections
from feeds.store import models, placements, work

MakeEntry = Callable[..., Entry]
WORDS = {
    "news": "bệnh viện bác sĩ thuốc điều trị vắc xin bệnh nhân phẫu thuật",
    "sport": "bóng đá cầu thủ huấn luyện viên trận đấu bàn thắng đội tuyển",
}
CHESS = "cờ vua kỳ thủ ván nước đi chiếu hết"
COMMON = "hôm nay tại thành phố người ta cho biết rằng đã có nhiều việc được làm"


def text(section: str, seed: int) -> str:
    rng = random.Random(f"{section}{seed}")
    pools = (WORDS[section].split(), COMMON.split())
    return " ".join(rng.choice(pools[rng.random() < 0.5]) for _ in range(60))


@pytest.fixture
def tell(make_entry: MakeEntry) -> Callable[[str, int], Entry]:
    """Write an article about what a section is about."""

    def make(section: str, seed: int) -> Entry:
        body = text(section, seed)
        slug = f"{section}-{seed}"
        return make_entry(slug, title=body[:40], content=f"<p>{body}</p>")

    return make


@pytest.fixture
def taught(newsroom: Any, tell: Callable[[str, int], Entry]) -> Any:
    """A newsroom whose sources have sections, and thirty articles each."""
    for section in WORDS:
        newsroom.source(f"all-{section}", section=section)
        newsroom.take(f"all-{section}", *(tell(section, seed) for seed in range(30)))
    return newsroom


def sections(newsroom: Any) -> dict[str, tuple[str | None, str]]:
    rows = newsroom.rows("SELECT guid, section, section_why FROM article")
    return {row.guid: (row.section, row.section_why) for row in rows}


def test_what_came_before_learning_is_filed_anew_and_what_comes_after_at_once(
    taught: Any, tell: Callable[[str, int], Entry]
) -> None:
    taught.take("open", tell("sport", 100))
    assert sections(taught)["tag:sport-100"][0] is None
    before = sections(taught)
    lesson = learn_sections(taught.desk)
    assert (lesson.version, lesson.articles, lesson.sections) == (1, 60, 2)
    taught.settle("reindex")
    taught.take("open", tell("news", 100))
    after = sections(taught)
    assert after["tag:sport-100"][0] == "sport"
    assert after["tag:news-100"][0] == "news"
    assert after["tag:news-100"][1].startswith(LEARNED)
    assert {key: after[key] for key in before if key != "tag:sport-100"} == {
        key: before[key] for key in before if key != "tag:sport-100"
    }


def test_a_new_version_with_other_words_moves_nothing(
    taught: Any, tell: Callable[[str, int], Entry]
) -> None:
    learn_sections(taught.desk)
    taught.take("open", tell("sport", 100))
    taught.settle("reindex")
    before = sections(taught)
    taught.take("all-sport", *(tell("sport", seed) for seed in range(200, 220)))
    lesson = learn_sections(taught.desk)
    assert lesson.version == 2
    taught.settle("reindex")
    after = sections(taught)
    assert {key: after[key] for key in before} == before
    rounds = taught.rows("SELECT changed, state FROM reindex ORDER BY id")
    assert [(row.changed, row.state) for row in rounds] == [(0, "finished"), (0, "finished")]


def test_what_a_model_chose_teaches_no_model(
    taught: Any, tell: Callable[[str, int], Entry]
) -> None:
    learn_sections(taught.desk)
    taught.take("open", *(tell("sport", seed) for seed in range(100, 140)))
    assert sections(taught)["tag:sport-100"][0] == "sport"
    assert learn_sections(taught.desk).articles == 60


def test_a_store_that_says_nothing_teaches_nothing(newsroom: Any, make_entry: MakeEntry) -> None:
    newsroom.take("open", make_entry("a"), make_entry("b"))
    lesson = learn_sections(newsroom.desk)
    assert lesson.version is None
    assert "two sections" in lesson.why
    assert newsroom.rows("SELECT 1 FROM model") == []
    assert newsroom.rows("SELECT 1 FROM reindex") == []


def _mark(newsroom: Any) -> None:
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "learn", [KEY], newsroom.watch.now, lane=work.REINDEX)


def test_it_comes_back_in_a_day_and_learns_only_from_enough_that_is_new(
    taught: Any, tell: Callable[[str, int], Entry]
) -> None:
    _mark(taught)
    taught.settle("learn")
    assert taught.rows("SELECT 1 FROM model") == []
    taught.take("all-sport", *(tell("sport", seed) for seed in range(1000, 1160)))
    taught.watch.forward(hours=23)
    taught.settle("learn")
    assert taught.rows("SELECT 1 FROM model") == []
    taught.watch.forward(hours=2)
    taught.settle("learn")
    taught.watch.forward(days=1, hours=1)
    taught.settle("learn")
    (row,) = taught.rows("SELECT version, active, articles FROM model")
    assert (row.version, row.active, row.articles) == (1, True, 220)
    (waiting,) = taught.rows("SELECT run_at FROM work WHERE kind = 'learn'")
    assert waiting.run_at == taught.watch.now + timedelta(days=1)


def test_the_newest_versions_are_kept_and_one_is_active(taught: Any) -> None:
    for number in range(1, 6):
        assert learn_sections(taught.desk).version == number
    with taught.desk.engine.connect() as connection:
        kept = models.versions(connection)
    assert [(one.version, one.active) for one in kept] == [(5, True), (4, False), (3, False)]


@pytest.fixture
def asked(taught: Any) -> Iterator[list[str]]:
    """List the statements about models that are sent."""
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "FROM model" in statement:
            statements.append(statement)

    event.listen(taught.desk.engine, "before_cursor_execute", note)
    yield statements
    event.remove(taught.desk.engine, "before_cursor_execute", note)


def test_a_batch_asks_for_the_version_once_and_for_its_bytes_once_at_all(
    taught: Any, tell: Callable[[str, int], Entry], asked: list[str]
) -> None:
    learn_sections(taught.desk)
    asked.clear()
    taught.take("open", *(tell("sport", seed) for seed in range(100, 120)))
    assert len(asked) == 2
    taught.take("open", *(tell("news", seed) for seed in range(100, 120)))
    assert len(asked) == 3


def test_broken_bytes_leave_filing_to_the_rules(
    taught: Any, tell: Callable[[str, int], Entry]
) -> None:
    learn_sections(taught.desk)
    taught.execute("UPDATE model SET body = 'broken'")
    taught.take("open", tell("sport", 100))
    assert sections(taught)["tag:sport-100"][0] is None


def test_sections_that_are_gone_are_not_learned(
    taught: Any, rules: Editorial, tell: Callable[[str, int], Entry]
) -> None:
    learn_sections(taught.desk)
    fewer = tuple(one for one in rules.sections if one.slug != "sport")
    editorial = rules.model_copy(update={"sections": fewer})
    taught.desk = replace(taught.desk, editorial=editorial)
    taught.take("open", tell("sport", 100))
    assert sections(taught)["tag:sport-100"][0] is None


def test_only_one_version_can_be_active(taught: Any) -> None:
    learn_sections(taught.desk)
    learn_sections(taught.desk)
    with pytest.raises(sa.exc.IntegrityError):
        taught.execute("UPDATE model SET active = true")


def test_of_two_that_learn_at_once_the_later_one_is_used(
    taught: Any, wait_for: Callable[..., None]
) -> None:
    def add() -> int:
        with taught.desk.engine.begin() as connection:
            return models.add(connection, b"later", 60, "two sections", taught.watch.now)

    learn_sections(taught.desk)
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor() as pool:
        with taught.desk.engine.begin() as connection:
            models.add(connection, b"earlier", 60, "two sections", taught.watch.now)
            later = pool.submit(add)
            wait_for(lambda: taught.rows(waiting))
        assert later.result() == 3
    found = taught.rows("SELECT version, active FROM model ORDER BY version")
    assert [tuple(row) for row in found] == [(1, False), (2, False), (3, True)]


def _put(newsroom: Any, guid: str, section: str) -> None:
    (row,) = newsroom.rows(f"SELECT id FROM article WHERE guid = '{guid}'")
    with newsroom.desk.engine.begin() as connection:
        placed = Placement("section", section, True, "anna", newsroom.watch.now, "it is")
        placements.write(connection, row.id, placed)


def test_what_people_decided_teaches_against_the_sources_own_sections(
    taught: Any, make_entry: MakeEntry
) -> None:
    """Twelve articles of a source with a section are about chess; people moved nine of them."""

    def chess(seed: int) -> Entry:
        rng = random.Random(seed)
        body = " ".join(rng.choices(CHESS.split(), k=60))
        return make_entry(f"chess-{seed}", title=body[:40], content=f"<p>{body}</p>")

    taught.take("all-news", *(chess(seed) for seed in range(12)))
    taught.take("open", chess(100))
    learn_sections(taught.desk)
    taught.settle("reindex")
    assert sections(taught)["tag:chess-100"][0] == "news"
    for seed in range(9):
        _put(taught, f"tag:chess-{seed}", "sport")
    learn_sections(taught.desk)
    taught.settle("reindex")
    section, why = sections(taught)["tag:chess-100"]
    assert section == "sport"
    assert why.startswith(LEARNED)


def test_what_people_put_somewhere_is_learned_however_old_it_is(
    taught: Any, tell: Callable[[str, int], Entry]
) -> None:
    _put(taught, "tag:sport-3", "news")
    with taught.desk.engine.connect() as connection:
        pages = list(models.examples(connection, 10, 1000))
    found = [one for page in pages for one in page]
    assert len(found) == 10
    assert [one.placed for one in found if one.placed] == ["news"]
    assert found[0].title == tell("sport", 3).title


def test_a_person_put_it_into_a_section_that_is_gone_and_it_teaches_what_the_source_says(
    taught: Any,
) -> None:
    _put(taught, "tag:sport-3", "gone")
    lesson = learn_sections(taught.desk)
    assert (lesson.articles, lesson.sections) == (60, 2)


def test_people_who_moved_many_articles_are_heard_before_a_tenth_is_new(taught: Any) -> None:
    learn_sections(taught.desk)
    taught.watch.forward(hours=1)
    with taught.desk.engine.connect() as connection:
        assert not is_due(connection)
    for section in WORDS:
        for seed in range(20):
            _put(taught, f"tag:{section}-{seed}", "news")
    with taught.desk.engine.connect() as connection:
        assert is_due(connection)
