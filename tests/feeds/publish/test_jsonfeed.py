"""JSON Feed 1.1: structure, and the rules that its specification states."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Article
from feeds.publish.document import FeedDocument, document
from feeds.publish.feed_head import FeedHead
from feeds.publish.jsonfeed import render_json

Make = Callable[..., Article]
ANY_TEXT = st.text(st.characters(exclude_categories=()))
MOMENTS = st.timedeltas(timedelta(), timedelta(days=36500)).map(
    lambda gap: datetime(1990, 1, 1, tzinfo=UTC) + gap
)


def _feed(built: FeedDocument) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads(render_json(built))
    return feed


@given(title=ANY_TEXT, excerpt=ANY_TEXT, html=ANY_TEXT, moment=MOMENTS)
def test_what_is_read_is_what_was_rendered(
    head: FeedHead, make_article: Make, title: str, excerpt: str, html: str, moment: datetime
) -> None:
    article = make_article(1, title=title, excerpt=excerpt, html=html, effective_at=moment)
    built = document(head, [article])
    (read,), (item,) = _feed(built)["items"], built.items
    assert (read["title"], read["url"], read["id"]) == (item.title, item.link, item.id)
    assert read["summary"] == item.summary
    assert read.get("content_html", "") == item.html
    published = datetime.fromisoformat(read["date_published"])
    assert published == item.published.replace(microsecond=0)


def test_head_says_version_and_where_it_lives(head: FeedHead) -> None:
    """Top-level: version is the exact address; feed_url and home_page_url are strongly advised."""
    assert _feed(document(head, [])) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Nhân quyền & báo chí",
        "home_page_url": "http://localhost:8000/section/nhan-quyen",
        "feed_url": "http://localhost:8000/feeds/section/nhan-quyen.json",
        "description": "Tin về nhân quyền",
        "icon": "http://localhost:8000/static/icon-512.png",
        "favicon": "http://localhost:8000/static/icon-48.png",
        "language": "vi",
        "items": [],
    }


def test_item_tells_what_the_other_formats_tell(head: FeedHead, make_article: Make) -> None:
    built = document(head, [make_article(1)])
    assert _feed(built)["items"] == [
        {
            "id": built.items[0].id,
            "url": built.items[0].link,
            "external_url": "https://news.example.com/1?a=1&b=2",
            "title": "Tin số 1: AT&T, 1 < 2",
            "content_html": make_article(1).html,
            "summary": "Tóm tắt 1 & 3 < 4",
            "image": "https://img.example.com/a.jpg",
            "date_published": "2026-11-20T09:00:00Z",
            "date_modified": "2026-11-20T09:00:00Z",
            "authors": [
                {"name": "An Nguyễn", "url": "http://localhost:8000/author/an-nguyen"},
                {"name": "B Trần", "url": "http://localhost:8000/author/b-tran"},
            ],
            "tags": ["Nhân quyền", "Báo chí", "phu-nu"],
            "language": "vi",
            "_tinwire": {
                "source": {"title": "Báo & Con", "feed_url": "https://news.example.com/feed.xml"}
            },
        }
    ]


def test_item_always_has_content(head: FeedHead, make_article: Make) -> None:
    """Items: content_html or content_text must be present."""
    (item,) = _feed(document(head, [make_article(1, html="")]))["items"]
    assert item["content_text"] == "Tóm tắt 1 & 3 < 4"
    assert "content_html" not in item


def test_hub_is_named_where_there_is_one(head: FeedHead) -> None:
    built = document(replace(head, hub_urls=("http://localhost:8000/hub",)), [])
    assert _feed(built)["hubs"] == [{"type": "WebSub", "url": "http://localhost:8000/hub"}]


def test_an_item_that_cannot_be_written_is_left_out_and_its_neighbours_stay(
    head: FeedHead, make_article: Make
) -> None:
    built = document(head, [make_article(number) for number in (1, 2, 3)])
    newest, bad, oldest = built.items
    broken = replace(built, items=(newest, replace(bad, title="\ud800"), oldest))
    assert [item["id"] for item in _feed(broken)["items"]] == [newest.id, oldest.id]


def test_same_rows_give_the_same_bytes(head: FeedHead, make_article: Make) -> None:
    articles = [make_article(number) for number in (1, 2, 3)]
    assert render_json(document(head, articles)) == render_json(document(head, articles[::-1]))
