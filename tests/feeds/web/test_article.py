import re
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest

WITHDRAWN_AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)


def test_a_page_shows_the_article_and_where_it_comes_from(web: Any, public: Any) -> None:
    answer = web.ask(f"/article/{public('lead')}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for shown in (
        "<h1>Bảo vệ trẻ em ở Cần Thơ</h1>",
        "Nội dung của bài Bảo vệ trẻ em ở Cần Thơ.",
        'href="/author/lam-ha"',
        'href="https://ben-do.example/lead.html"',
        "Nguồn bài viết",
        '<time datetime="2026-03-02T04:50:00Z">Thứ Hai, 02/03/2026, 11:50</time>',
        'alt="Thuyền trên sông"',
        "Bến sông lúc bình minh.",
        "Ảnh: Lâm Hạ",
        'href="/topic/giao-duc"',
    ):
        assert shown in answer.text
    assert "set-cookie" not in answer.headers


def test_the_way_to_an_article_goes_through_its_sections(web: Any, public: Any) -> None:
    trail = web.ask(f"/article/{public('lead')}").text.partition('class="trail"')[2]
    names = re.findall(r'<li><a href="([^"]*)">([^<]*)</a></li>', trail.partition("</nav>")[0])
    assert names == [
        ("/", "Trang chủ"),
        ("/section/thoi-su", "Thời sự"),
        ("/section/nhan-quyen", "Nhân quyền"),
    ]


def test_all_blocks_that_have_articles_stand_beside_it(web: Any, public: Any) -> None:
    text = web.ask(f"/article/{public('lead')}").text
    for name in ("Cùng chủ đề", "Nổi bật", "Mới nhất", "Cùng tác giả"):
        assert f">{name}</h2>" in text


def test_machines_learn_what_the_page_is(web: Any, public: Any) -> None:
    text = web.ask(f"/article/{public('lead')}").text
    page = f"{web.url}/article/{public('lead')}"
    assert f'<link rel="canonical" href="{page}">' in text
    assert '<meta property="og:type" content="article">' in text
    assert '<meta property="og:image" content="https://images.example/song.jpg">' in text
    assert '"@type": "NewsArticle"' in text
    assert "/feeds/section/nhan-quyen.atom" in text


def test_titles_from_strangers_stay_words(web: Any, stock: Any, public: Any) -> None:
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    stock.article(
        "hostile",
        hostile,
        minutes=9000,
        excerpt=hostile,
        html="<p onclick=alert(1)>Chữ<script>alert(1)</script></p>",
        url="javascript:alert(1)",
        image={"url": "javascript:alert(1)", "alt": '" onerror="alert(1)'},
    )
    text = web.ask(f"/article/{public('hostile')}").text
    assert re.findall(r"<script[^>]*>", text) == ['<script type="application/ld+json">']
    attributes = [pair for element in lxml.html.fromstring(text).iter() for pair in element.items()]
    assert [name for name, _ in attributes if name.startswith("on")] == []
    assert [value for _, value in attributes if value.startswith("javascript:")] == []
    assert [value for name, value in attributes if name == "src" and value == "x"] == []


def test_pages_run_no_script_and_are_framed_by_nobody_else(web: Any, public: Any) -> None:
    headers = web.ask(f"/article/{public('lead')}").headers
    policy = headers["content-security-policy"]
    for directive in ("default-src 'self'", "script-src 'none'", "base-uri 'none'"):
        assert directive in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_the_site_speaks_english_where_asked_and_the_article_stays(web: Any, public: Any) -> None:
    path = f"/article/{public('lead')}"
    for answer in (web.ask(path + "?lang=en"), web.ask(path, Accept_Language="en-GB,en;q=0.8")):
        assert '<html lang="en">' in answer.text
        assert '<h1 lang="vi">Bảo vệ trẻ em ở Cần Thơ</h1>' in answer.text
        assert "Source link" in answer.text
        assert "2 March 2026, 04:50 UTC" in answer.text
        assert "Accept-Language" in answer.headers["vary"]


def test_an_unchanged_page_is_not_sent_twice(web: Any, stock: Any, public: Any) -> None:
    path = "/source/cuu-long"
    first = web.ask(path)
    again = web.ask(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_a_duplicate_has_its_own_page_that_names_its_lead(web: Any, public: Any) -> None:
    text = web.ask(f"/article/{public('copy')}").text
    assert "Trẻ em Cần Thơ được bảo vệ" in text
    assert f'<link rel="canonical" href="{web.url}/article/{public("lead")}">' in text
    assert f'href="/article/{public("lead")}"' in text
    assert "Cùng chủ đề" in text


def test_who_else_tells_it_is_named_once_and_not_in_a_block(web: Any, public: Any) -> None:
    text = web.ask(f"/article/{public('lead')}").text
    assert text.count(f'href="/article/{public("copy")}"') == 1
    assert "Cũng đưa tin này" in text


def test_what_was_withdrawn_is_gone_and_says_since_when(web: Any, stock: Any, public: Any) -> None:
    number = stock.article("taken-back", "Bài sẽ bị rút", minutes=9000)
    assert web.ask(f"/article/{public('taken-back')}").status == 200
    stock.withdraw(number, WITHDRAWN_AT)
    answer = web.ask(f"/article/{public('taken-back')}")
    assert answer.status == 410
    assert "02/03/2026, 01:00" in answer.text
    assert "Bài sẽ bị rút" not in answer.text
    data = web.ask(f"/article/{public('taken-back')}.json")
    assert (data.status, data.text) == (
        410,
        '{"error":"withdrawn","withdrawn":"2026-03-01T18:00:00Z"}',
    )


@pytest.mark.parametrize("name", ["0000000000001", "zzzzzzzzzzzzz", "short", "lead%00", "ILOU"])
def test_what_never_was_is_not_found(web: Any, name: str) -> None:
    assert web.ask(f"/article/{name}").status == 404
    assert web.ask(f"/article/{name}.json").status == 404


def test_a_page_stays_light(web: Any, public: Any) -> None:
    assert len(web.ask(f"/article/{public('lead')}").body) < 50_000
