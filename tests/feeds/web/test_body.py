from datetime import UTC, datetime

import pytest

from feeds.model import Article, Image
from feeds.web.body import shown_body

PICTURE = Image("https://images.example/song.jpg?w=1200")


def _article(html: str, image: Image | None = PICTURE) -> Article:
    return Article(
        id=1,
        url="https://ben-do.example/bai.html",
        title="Bài",
        excerpt="",
        html=html,
        language="vi",
        effective_at=datetime(2026, 3, 2, tzinfo=UTC),
        revised_at=None,
        image=image,
        authors=(),
        section=None,
        section_why="",
        topics=(),
        source_name="ben-do",
        source_title="Nhật báo Bến Đò",
        source_url="https://ben-do.example/feed.xml",
    )


@pytest.mark.parametrize(
    "html",
    [
        '<figure><img src="https://images.example/song.jpg?w=1200"></figure><p>Chữ</p>',
        '<p>Chữ</p><p><img src="http://images.example/song.jpg?w=600&amp;q=80" alt=""></p>',
    ],
)
def test_a_picture_that_the_text_shows_is_not_shown_above_it(html: str) -> None:
    assert shown_body(_article(html)).picture is None


def test_another_picture_in_the_text_leaves_the_lead_alone() -> None:
    html = '<p><img src="https://images.example/khac.jpg"></p>'
    assert shown_body(_article(html)).picture == PICTURE
    assert shown_body(_article("<p>Chữ</p>", None)).picture is None


def test_the_text_is_sanitised_at_the_edge_again() -> None:
    html = '<p onclick="x()">Chữ</p><script>x()</script><a href="/khac">đây</a>'
    shown = shown_body(_article(html)).html
    assert "script" not in shown
    assert "onclick" not in shown
    assert 'href="https://ben-do.example/khac"' in shown
