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
    assert len(answer.body) < 3000
    assert "allow-scripts allow-popups" in answer.text
    assert "allow-same-origin" not in answer.text
    assert "event.source !== iframe.contentWindow" in answer.text
