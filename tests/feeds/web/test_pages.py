import re
from typing import Any

import pytest

FORMATS = ("rss", "atom", "json")


def _autodiscovered(text: str) -> list[str]:
    return re.findall(
        r'<link rel="alternate" type="[^"]*" title="[^"]*" href="(/feeds/[^"]*)"', text
    )


def test_the_front_page_shows_news_sections_and_feeds(web: Any) -> None:
    answer = web.ask("/")
    assert answer.status == 200
    for shown in ("Mới nhất", "Nổi bật", "Nguồn cấp tin", 'href="/section/thoi-su"'):
        assert shown in answer.text
    assert "Bảo vệ trẻ em ở Cần Thơ" in answer.text
    assert _autodiscovered(answer.text) == [
        f"/feeds/{key}.{name}" for key in ("all", "featured", "most-read") for name in FORMATS
    ]


def test_a_parent_section_shows_what_lies_below_it(web: Any) -> None:
    text = web.ask("/section/thoi-su").text
    assert "<h1>Thời sự</h1>" in text
    assert "Bảo vệ trẻ em ở Cần Thơ" in text
    assert 'href="/section/nhan-quyen"' in text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/section/nhan-quyen", "Nhân quyền"),
        ("/topic/giao-duc", "Giáo dục"),
        ("/author/lam-ha", "Lam Ha"),
        ("/source/ben-do", "Nhật báo Bến Đò"),
    ],
)
def test_each_list_has_a_page_with_its_three_feeds(web: Any, path: str, name: str) -> None:
    answer = web.ask(path)
    assert f"<h1>{name}</h1>" in answer.text
    assert "Bảo vệ trẻ em ở Cần Thơ" in answer.text
    assert _autodiscovered(answer.text) == [f"/feeds{path}.{kind}" for kind in FORMATS]


def test_an_authors_page_holds_only_that_authors_articles(web: Any) -> None:
    text = web.ask("/author/lam-ha").text
    assert "Bài số 3 về đồng bằng" in text
    assert "Bài số 4 về đồng bằng" not in text


def test_a_sources_page_lists_its_duplicates_too(web: Any) -> None:
    assert "Trẻ em Cần Thơ được bảo vệ" in web.ask("/source/cuu-long").text
    assert "Trẻ em Cần Thơ được bảo vệ" not in web.ask("/section/nhan-quyen").text


def test_a_section_without_articles_has_a_page(web: Any) -> None:
    answer = web.ask("/section/the-thao")
    assert answer.status == 200
    assert "Chưa có bài nào ở đây." in answer.text


@pytest.mark.parametrize(
    "path",
    ["/section/nowhere", "/topic/nothing", "/author/nobody", "/source/none", "/source/%00", "/x"],
)
def test_what_is_not_there_is_a_page_that_says_so(web: Any, path: str) -> None:
    answer = web.ask(path)
    assert answer.status == 404
    assert "Không tìm thấy trang" in answer.text
    assert "content-security-policy" in answer.headers


def test_other_methods_are_refused(web: Any) -> None:
    answer = web.ask("/", "POST")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


def test_pages_speak_english_on_request_and_keep_to_it(web: Any) -> None:
    text = web.ask("/section/nhan-quyen?lang=en").text
    assert '<html lang="en">' in text
    assert "<h1>Human rights</h1>" in text
    assert 'href="/section/the-gioi?lang=en"' in text
    assert re.search(r'<a href="/article/\w+\?lang=en" lang="vi">', text)


def test_a_page_is_usable_by_keyboard_and_screen_reader(web: Any) -> None:
    text = web.ask("/").text
    assert '<a class="skip" href="#content">' in text
    assert '<main id="content"' in text
    assert "<script" not in text
    assert all(" alt=" in image for image in re.findall("<img[^>]*>", text))


def test_pages_are_zipped_under_their_own_tag(web: Any) -> None:
    plain, zipped = web.ask("/feeds"), web.ask("/feeds", Accept_Encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["etag"] == plain.headers["etag"][:-1] + '-gz"'


def test_the_front_page_stays_light(web: Any) -> None:
    assert len(web.ask("/").body) < 50_000
