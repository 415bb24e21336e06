import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from feeds.store import search
from feeds.store.search import Words
from feeds.store.tables import searchable, searchable_whole
from feeds.text.normalise import fold

SAID = {f"sea-{n}": f"Nhân quyền và biển cả số {n}" for n in range(45)}


@pytest.fixture(scope="module", autouse=True)
def sea(stock: Any) -> Iterator[None]:
    """Old articles, so that no other test sees them."""
    ids = {
        stock.article(key, said, minutes=50_000 + n): said
        for n, (key, said) in enumerate(SAID.items())
    }
    with stock.engine.begin() as connection:
        told = search.told(connection, ids, 100)
        words = [Words(o.article_id, o.effective_at, fold(o.title), fold(o.text)) for o in told]
        search.write(connection, words, ())
    yield
    with stock.engine.begin() as connection:
        connection.execute(sa.delete(searchable))
        connection.execute(sa.delete(searchable_whole))


@pytest.mark.parametrize(
    "typed", ["nhân quyền", "nhan quyen", "NHÂN QUYỀN", '"nhan quyen va bien"']
)
def test_words_are_found_with_and_without_diacritics(web: Any, typed: str) -> None:
    text = web.ask(f"/search?q={quote(typed)}").text
    assert "<mark>Nhân quyền" in text
    assert f"{len(SAID)} bài về" in text


def test_pages_follow_one_another_and_end(web: Any) -> None:
    titles: list[str] = []
    path = "/search.json?q=bien+ca"
    while path:
        found = json.loads(web.ask(path).body)
        titles += [one["title"] for one in found["articles"]]
        path = (found["next"] or "").removeprefix(web.url)
    assert sorted(titles) == sorted(SAID.values())
    assert found["page"] == 3
    text = web.ask("/search?q=bien+ca&page=2&lang=en").text
    assert 'rel="prev" href="?q=bien+ca&amp;lang=en"' in text
    assert 'rel="next" href="?q=bien+ca&amp;lang=en&amp;page=3"' in text


@pytest.mark.parametrize("typed", ["", "%20%20", '"', "-", "%00", "%ff%fe", "%20OR%20", "x" * 5000])
def test_no_query_breaks_the_page(web: Any, typed: str) -> None:
    assert web.ask(f"/search?q={typed}").status == 200
    assert web.ask(f"/search.json?q={typed}").status == 200


def test_what_was_typed_stays_words(web: Any) -> None:
    text = web.ask("/search?q=" + quote('"><script>alert(1)</script>')).text
    assert "<script" not in text
    assert "Không có bài nào về" in text


@pytest.mark.parametrize("page", ["0", "-1", "x", "999"])
def test_pages_that_can_not_be_are_not_found(web: Any, page: str) -> None:
    assert web.ask(f"/search?q=bien&page={page}").status == 404
    assert web.ask(f"/search.json?q=bien&page={page}").status == 404


def test_results_are_not_for_other_search_engines(web: Any) -> None:
    assert '<meta name="robots" content="noindex, follow">' in web.ask("/search?q=bien").text


def test_words_further_down_are_shown_where_they_stand(web: Any, stock: Any) -> None:
    text = "Một ngày dài. " * 60 + "Người thợ lặn tìm thấy ngọc trai. " + "Rồi về nhà. " * 60
    number = stock.article("diver", "Chuyện biển", minutes=60_000, text=text)
    with stock.engine.begin() as connection:
        (told,) = search.told(connection, [number], 10_000)
        words = Words(number, told.effective_at, fold(told.title), fold(told.text))
        search.write_whole(connection, [words], ())
    shown = web.ask("/search?q=tho+lan+ngoc+trai").text
    assert "Người <mark>thợ lặn</mark> tìm thấy <mark>ngọc trai</mark>." in shown
