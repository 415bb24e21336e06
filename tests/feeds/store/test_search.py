"""Search: found with and without diacritics, ranked, and never what must not be listed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.store import search
from feeds.store.search import Words
from feeds.store.tables import article, search_due
from feeds.text.normalise import fold

AddArticle = Callable[..., int]
TITLES = {
    1: "Bảo vệ nhân quyền ở Cần Thơ",
    2: "Nhãn quyển sách mới",
    3: "Lũ về đồng bằng",
    4: "Human rights in Vietnam",
}
FOLDED = {
    1: ("bao ve nhan quyen o can tho", "tre em duoc bao ve"),
    2: ("nhan quyen sach moi", "mot quyen sach"),
    3: ("lu ve dong bang", "nhan dan canh giac quyen loi"),
    4: ("human rights in vietnam", "report"),
}


@pytest.fixture
def shelf(connection: sa.Connection, noon: datetime, add_article: AddArticle) -> sa.Connection:
    for number, title in TITLES.items():
        add_article(number, title=title, effective_at=noon)
    search.write(connection, [Words(n, noon, *said) for n, said in FOLDED.items()], ())
    return connection


def ids(connection: sa.Connection, noon: datetime, query: str, exact: str = "") -> list[int]:
    return list(search.find(connection, query, exact, noon, 10).ids)


def test_whoever_types_diacritics_gets_those_words_first(
    shelf: sa.Connection, noon: datetime
) -> None:
    assert set(ids(shelf, noon, "nhan quyen")) == {1, 2, 3}
    assert ids(shelf, noon, "nhan quyen", "nhân quyền")[0] == 1
    assert ids(shelf, noon, "nhan quyen", "nhãn quyển")[0] == 2


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Hòa bình ở Đông Á", "hoà bình"),
        ("Hoà bình ở Đông Á", "hòa bình"),
        ("Ủy ban thủy lợi khỏe", "uỷ ban thủy lợi khoẻ"),
        ("Ðảng bộ tỉnh", "đảng bộ"),
        ("Đảng bộ tỉnh", "ðảng bộ"),
        ("Được 100%", "được 100%"),
    ],
)
def test_the_very_words_may_place_a_tone_or_write_a_letter_otherwise(
    connection: sa.Connection, noon: datetime, add_article: AddArticle, title: str, typed: str
) -> None:
    add_article(1, title=title, effective_at=noon)
    add_article(2, title=fold(title), effective_at=noon)
    words = fold(title)
    search.write(connection, [Words(n, noon, words, "") for n in (1, 2)], ())
    assert ids(connection, noon, fold(typed)) == [2, 1]
    assert ids(connection, noon, fold(typed), typed) == [1, 2]


def test_what_was_typed_is_no_pattern(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1, title="a_b% được", effective_at=noon)
    add_article(2, title="axbx được", effective_at=noon)
    search.write(connection, [Words(n, noon, "a b duoc", "") for n in (1, 2)], ())
    assert ids(connection, noon, "duoc", "a_b% được") == [1, 2]


def test_titles_come_before_texts_and_phrases_stand_together(
    shelf: sa.Connection, noon: datetime
) -> None:
    assert ids(shelf, noon, "nhan quyen")[-1] == 3
    assert set(ids(shelf, noon, '"nhan quyen"')) == {1, 2}
    assert ids(shelf, noon, "nhan -sach -lu") == [1]


def test_newer_comes_first_where_the_words_are_the_same(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    dates = {n: noon - timedelta(days=10 * n) for n in range(1, 6)}
    for number, at in dates.items():
        add_article(number, effective_at=at)
    search.write(connection, [Words(n, at, "bao so", "") for n, at in dates.items()], ())
    assert ids(connection, noon, "bao") == [1, 2, 3, 4, 5]
    second = search.find(connection, "bao", "", noon, 2, 2)
    assert (second.ids, second.total) == ((3, 4), 5)


@pytest.mark.parametrize(
    "change", ["state = 'withdrawn'", "related_at = NULL", "duplicate_of = 404"]
)
def test_what_must_not_be_listed_is_not_found(
    shelf: sa.Connection, noon: datetime, change: str
) -> None:
    shelf.execute(sa.text(f"UPDATE article SET {change} WHERE id = 1"))
    assert set(ids(shelf, noon, "nhan quyen")) == {2, 3}


def test_an_article_that_changed_is_found_by_its_new_words_only(
    shelf: sa.Connection, noon: datetime
) -> None:
    search.write(shelf, [Words(3, noon, "han han", "")], {4})
    assert ids(shelf, noon, "han") == [3]
    assert ids(shelf, noon, "lu") == []
    assert ids(shelf, noon, "human") == []


@pytest.mark.parametrize("query", ['"', "-", "a & b | !c", "'; DROP TABLE article", "\\", "<->"])
def test_no_query_is_an_error(shelf: sa.Connection, noon: datetime, query: str) -> None:
    assert isinstance(search.find(shelf, query, query, noon, 10).total, int)


def test_the_oldest_news_is_found_too(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1, effective_at=datetime(1850, 1, 1, tzinfo=noon.tzinfo))
    search.write(connection, [Words(1, noon, "bao cu", "")], ())
    assert ids(connection, noon, "bao cu") == [1]


def test_what_is_due_is_taken_once(connection: sa.Connection) -> None:
    search.note_due(connection, [3, 1, 2])
    search.note_due(connection, [2, 4])
    assert sorted(search.take_due(connection, 3)) == [1, 2, 3]
    assert search.take_due(connection, 3) == [4]
    assert connection.scalar(sa.select(sa.func.count()).select_from(search_due)) == 0


def test_only_public_articles_are_told_and_no_further_than_asked(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    add_article(1, text="x" * 50)
    add_article(2)
    connection.execute(sa.update(article).where(article.c.id == 2).values(state="withdrawn"))
    told = search.told(connection, [1, 2, 404], 10)
    assert [(one.article_id, one.text) for one in told] == [(1, "x" * 10)]


def test_words_further_down_are_found_too_and_come_last(
    shelf: sa.Connection, noon: datetime
) -> None:
    search.write_whole(shelf, [Words(4, noon, FOLDED[4][0], "report nhan quyen")], ())
    assert ids(shelf, noon, "nhan quyen")[-1] == 4
    assert ids(shelf, noon, "rights nhan") == [4], "from the title and from further down"
    assert ids(shelf, noon, "vietnam") == [4], "once"
    assert 4 not in ids(shelf, noon, '"nhan quyen"'), "phrases are where articles begin"


def test_further_words_of_what_is_gone_are_not_found(shelf: sa.Connection, noon: datetime) -> None:
    search.write_whole(shelf, [Words(4, noon, "", "report sau")], ())
    search.write_whole(shelf, [Words(4, noon, "", "report moi")], ())
    assert (ids(shelf, noon, "sau"), ids(shelf, noon, "report moi")) == ([], [4])
    search.write_whole(shelf, (), {4})
    assert ids(shelf, noon, "report moi") == []


def test_whole_texts_are_not_asked_where_beginnings_say_enough(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    numbers = range(1, search.ENOUGH + 1)
    for number in (*numbers, 999):
        add_article(number, effective_at=noon)
    search.write(connection, [Words(n, noon, "bao", "") for n in numbers], ())
    search.write_whole(connection, [Words(999, noon, "", "bao lu")], ())
    assert search.find(connection, "bao", "", noon, 10).total == search.ENOUGH
    assert ids(connection, noon, "lu") == [999]


def test_words_without_end_break_nothing(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1, effective_at=noon)
    search.write_whole(connection, [Words(1, noon, "", "x" * 5000 + " bao")], ())
    assert ids(connection, noon, "bao") == [1]
