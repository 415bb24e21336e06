"""A feed as plain data: order, dates and ids follow from the articles alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import Article, Author, Image, TopicHit, public_id
from feeds.publish.document import NEVER, document
from feeds.publish.feed_head import FeedHead, feed_url

Make = Callable[..., Article]
MOMENTS = st.timedeltas(timedelta(), timedelta(days=36500)).map(
    lambda gap: datetime(1990, 1, 1, tzinfo=UTC) + gap
)


def test_newest_article_comes_first_and_the_higher_id_among_equals(
    head: FeedHead, make_article: Make
) -> None:
    same = make_article(3).effective_at
    articles = [make_article(2, effective_at=same), make_article(4), make_article(3)]
    assert [item.id[-1] for item in document(head, articles).items] == ["4", "3", "2"]


@settings(deadline=None)  # the machine may be busy
@given(data=st.data())
def test_any_order_of_articles_gives_the_same_document(
    head: FeedHead, make_article: Make, data: st.DataObject
) -> None:
    articles = [make_article(number, effective_at=datetime(2026, 1, 1 + number % 3, tzinfo=UTC))
                for number in range(1, 8)]  # fmt: skip
    shuffled = data.draw(st.permutations(articles))
    assert document(head, shuffled) == document(head, articles)


@given(moments=st.lists(MOMENTS, max_size=4), floor=st.none() | MOMENTS)
def test_updated_is_the_latest_change_and_never_before_the_floor(
    head: FeedHead, make_article: Make, moments: list[datetime], floor: datetime | None
) -> None:
    articles = [make_article(i + 1, effective_at=moment) for i, moment in enumerate(moments)]
    updated = document(head, articles, floor).updated
    assert floor is None or updated >= floor
    assert updated == max([*moments, *([floor] if floor else [])], default=NEVER)


def test_an_edit_moves_updated_but_not_the_date_and_not_the_id(
    head: FeedHead, make_article: Make
) -> None:
    before = document(head, [make_article(1)]).items[0]
    edited_at = make_article(1).effective_at + timedelta(minutes=5)
    after = document(head, [make_article(1, revised_at=edited_at)]).items[0]
    assert before.updated == before.published
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated == edited_at


def test_times_are_given_in_utc(head: FeedHead, make_article: Make) -> None:
    hanoi = datetime(2026, 11, 20, 8, 0, tzinfo=timezone(timedelta(hours=7)))
    item = document(head, [make_article(1, effective_at=hanoi)]).items[0]
    assert item.published.isoformat() == "2026-11-20T01:00:00+00:00"


def test_an_article_given_twice_stands_once(head: FeedHead, make_article: Make) -> None:
    edited = make_article(1, revised_at=make_article(2).effective_at)
    items = document(head, [make_article(1), edited, make_article(2), make_article(1)]).items
    assert [item.id[-1] for item in items] == ["2", "1"]
    assert items[1].updated == edited.revised_at


def test_item_is_named_by_a_tag_uri_and_links_to_our_page(
    head: FeedHead, make_article: Make
) -> None:
    item = document(head, [make_article(77)]).items[0]
    assert item.id == f"tag:example.org,2026:article/{public_id(77)}"
    assert item.link == f"http://localhost:8000/article/{public_id(77)}"
    assert item.external_url == "https://news.example.com/77?a=1&b=2"


@pytest.mark.parametrize(
    "changes",
    [
        {"effective_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - that is what is wrong with it
        {"effective_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7)))},
        {"title": None},
    ],
    ids=["no time zone", "before the calendar", "no title at all"],
)
def test_an_article_that_cannot_be_told_is_left_out_with_its_reason(
    head: FeedHead, make_article: Make, changes: dict[str, Any]
) -> None:
    built = document(head, [make_article(1), make_article(2, **changes), make_article(3)])
    assert [item.id[-1] for item in built.items] == ["3", "1"]
    assert [broken.label for broken in built.left_out] == [public_id(2)]
    assert built.left_out[0].why


def test_forbidden_characters_are_dropped_everywhere(head: FeedHead, make_article: Make) -> None:
    dirty = make_article(
        1,
        title="a\x00b",
        excerpt="c\x0b",
        html="<p>\ud800d</p>",
        source_title="\x01S",
        authors=(Author("x", "\x02X"), Author("y", "\x03")),
        image=Image("https://i.example.com/a.png\x00", caption="\x04K", credit="\uffff"),
    )
    item = document(replace(head, title="\x00T"), [dirty]).items[0]
    assert (item.title, item.summary, item.html, item.source_title) == ("ab", "c", "<p>d</p>", "S")
    assert [author.name for author in item.authors] == ["X"]
    assert item.image == Image("https://i.example.com/a.png", caption="K")
    assert document(replace(head, title="\x00T"), []).head.title == "T"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/a.jpg", "data:image/png;base64,AA", ""])
def test_only_web_addresses_are_given_on(head: FeedHead, make_article: Make, url: str) -> None:
    article = make_article(1, url=url, image=Image(url), source_url=url)
    item = document(head, [article]).items[0]
    assert (item.external_url, item.image, item.source_url) == (None, None, None)


def test_addresses_are_uris(head: FeedHead, make_article: Make) -> None:
    item = document(head, [make_article(1, url="https://e.vn/Ảnh 1?a=%20&b=[x]#y")]).items[0]
    assert item.external_url == "https://e.vn/%E1%BA%A2nh%201?a=%20&b=[x]#y"


def test_an_item_always_has_a_title_and_a_summary(head: FeedHead, make_article: Make) -> None:
    untitled = document(head, [make_article(1, title=" ", excerpt="Tóm tắt")]).items[0]
    bare = document(head, [make_article(1, title="", excerpt="")]).items[0]
    assert (untitled.title, untitled.summary) == ("Tóm tắt", "Tóm tắt")
    assert bare.title == bare.summary == make_article(1).url


def test_a_feed_always_has_a_title_and_a_description(head: FeedHead) -> None:
    cleaned = document(replace(head, title="", description=""), []).head
    assert (cleaned.title, cleaned.description) == ("section/nhan-quyen", "section/nhan-quyen")


def test_categories_are_the_section_and_then_topics_whatever_their_confidence(
    head: FeedHead, make_article: Make
) -> None:
    swapped = (TopicHit("bao-chi", 0.9, "x"), TopicHit("phu-nu", 0.1, "y"))
    item = document(head, [make_article(1)]).items[0]
    assert [(c.term, c.scheme.rpartition("/")[2], c.label) for c in item.categories] == [
        ("nhan-quyen", "section", "Nhân quyền"),
        ("bao-chi", "topic", "Báo chí"),
        ("phu-nu", "topic", "phu-nu"),
    ]
    assert document(head, [make_article(1, topics=swapped)]).items[0] == item


def test_unsorted_article_has_no_section(head: FeedHead, make_article: Make) -> None:
    item = document(head, [make_article(1, section=None, topics=())]).items[0]
    assert item.categories == ()


def test_feed_address_has_the_format_as_its_ending(head: FeedHead) -> None:
    assert feed_url("http://localhost:8000", "all", "rss") == "http://localhost:8000/feeds/all.rss"
    assert head.url("atom") == "http://localhost:8000/feeds/section/nhan-quyen.atom"
