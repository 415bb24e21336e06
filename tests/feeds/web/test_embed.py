import json
import re
from typing import Any

import pytest

from feeds.web.embed import Look, parse_look


@pytest.mark.parametrize(
    ("query", "look"),
    [
        ({}, Look(5, "auto", "vi")),
        ({"count": "3", "theme": "dark", "lang": "en"}, Look(3, "dark", "en")),
        ({"count": "0"}, Look(count=1)),
        ({"count": "99"}, Look(count=20)),
        ({"layout": "compact"}, Look(layout="compact")),
        ({"layout": "wide"}, Look()),
        ({"count": "99999999999"}, Look()),
        ({"count": "-1"}, Look()),
        ({"count": "٣"}, Look()),
        ({"count": "5; drop"}, Look()),
        ({"theme": "red"}, Look()),
        ({"theme": '"><script>'}, Look()),
        ({"lang": "fr"}, Look()),
        ({"style": "x", "callback": "y"}, Look()),
    ],
)
def test_only_listed_values_change_a_frame(query: dict[str, str], look: Look) -> None:
    assert parse_look(query) == look


def test_a_frame_shows_the_newest_of_its_feed(web: Any, stock: Any) -> None:
    answer = web.ask("/embed/section/nhan-quyen?count=4&lang=en")
    assert answer.status == 200
    assert answer.text.count("<li>") == 4
    assert "Bảo vệ trẻ em ở Cần Thơ" in answer.text
    assert "Nhật báo Bến Đò" in answer.text
    assert "https://images.example/song.jpg" in answer.text
    assert 'lang="en"' in answer.text


def test_links_of_a_frame_open_beside_the_host_and_tell_it_nothing(web: Any) -> None:
    links = re.findall("<a [^>]*>", web.ask("/embed/all").text)
    assert links
    assert all('target="_blank"' in link and 'rel="noopener"' in link for link in links)
    assert all(f'href="{web.url}/' in link for link in links)


def test_a_frame_may_be_framed_by_anybody_and_do_next_to_nothing(web: Any) -> None:
    headers = web.ask("/embed/all").headers
    policy = headers["content-security-policy"]
    for directive in (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src http: https:",
        "frame-ancestors *",
        "base-uri 'none'",
        "form-action 'none'",
    ):
        assert directive in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in headers
    assert "x-frame-options" not in headers


def test_a_full_frame_stays_small(web: Any) -> None:
    assert len(web.ask("/embed/all?count=20").body) < 15_000


def test_an_unknown_feed_has_no_frame(web: Any) -> None:
    for key in ("section/nowhere", "author/nobody", "nothing", "author/%00"):
        assert web.ask(f"/embed/{key}").status == 404


def test_the_theme_is_the_hosts_choice(web: Any) -> None:
    assert 'data-theme="dark"' in web.ask("/embed/all?theme=dark").text
    assert 'data-theme="auto"' in web.ask("/embed/all?theme=%22x").text


def test_the_script_is_small_and_sandboxes_without_an_origin(web: Any) -> None:
    answer = web.ask("/embed.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert len(answer.body) < 5000
    assert "allow-scripts allow-popups" in answer.text
    assert "allow-same-origin" not in answer.text
    assert "event.source !== iframe.contentWindow" in answer.text


def test_a_look_is_written_in_one_way_and_read_back() -> None:
    look = Look(7, "dark", "en", "compact")
    assert look.query() == "count=7&lang=en&layout=compact&theme=dark"
    assert parse_look(dict(pair.split("=") for pair in look.query().split("&"))) == look
    assert Look().query() == ""


def test_ten_articles_with_long_titles_fit_into_fifteen_kilobytes(web: Any, stock: Any) -> None:
    stock.source("bai-dai", "Một tờ báo có tên dài vừa phải")
    for number in range(10):
        stock.article(
            f"long-{number}",
            "Đồng bằng sông Cửu Long " * 12,
            by="bai-dai",
            section=None,
            minutes=99_000,
        )
    answer = web.ask("/embed/source/bai-dai?count=10")
    assert answer.text.count("<li>") == 10
    assert len(answer.body) < 15_000


def test_a_compact_frame_has_no_pictures(web: Any) -> None:
    assert "<img" in web.ask("/embed/all").text
    assert "<img" not in web.ask("/embed/all?layout=compact").text


def test_a_fragment_needs_no_script_and_may_be_read_from_anywhere(web: Any) -> None:
    answer = web.ask("/embed/section/nhan-quyen.html?count=3&theme=dark")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.text.count("<li>") == 3
    for word in ("<script", "<style", "<html", "style=", "<img"):
        assert word not in answer.text
    assert f'href="{web.url}/article/' in answer.text


def test_the_list_comes_as_json_for_any_origin(web: Any) -> None:
    answer = web.ask("/embed/section/nhan-quyen.json?count=2&lang=en")
    assert answer.headers["access-control-allow-origin"] == "*"
    found = json.loads(answer.body)
    assert (found["feed"], len(found["items"])) == ("section/nhan-quyen", 2)
    assert found["items"][0]["title"] == "Bảo vệ trẻ em ở Cần Thơ"
    assert found["items"][0]["url"].startswith(f"{web.url}/article/")


def test_an_unknown_feed_has_neither_fragment_nor_json(web: Any) -> None:
    assert web.ask("/embed/section/nowhere.html").status == 404
    assert web.ask("/embed/section/nowhere.json").status == 404


@pytest.mark.parametrize(("key", "name"), [("featured", "Nổi bật"), ("most-read", "Bài đọc nhiều")])
def test_the_front_pages_lists_can_be_embedded(web: Any, key: str, name: str) -> None:
    answer = web.ask(f"/embed/{key}.json")
    assert answer.status == 200
    told = json.loads(answer.body)
    assert (told["title"], told["url"]) == (name, f"{web.url}/")
