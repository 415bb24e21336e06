from datetime import UTC, datetime
from typing import Any

import defusedxml.ElementTree as ET

from feeds.store.feeds import FeedLine
from feeds.web.directory import grouped

AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_feeds_are_grouped_by_kind_and_sorted_by_title() -> None:
    keys = ["author/x", "section/b", "all", "section/a", "odd/y"]
    groups = grouped(FeedLine(key, key.upper(), 1, AT, AT) for key in keys)
    assert [(group.heading, [line.key for line in group.lines]) for group in groups] == [
        ("all_articles", ["all"]),
        ("sections", ["section/a", "section/b"]),
        ("authors", ["author/x"]),
        ("feeds", ["odd/y"]),
    ]


def test_titles_are_sorted_as_readers_of_vietnamese_expect() -> None:
    titles = ["Y tế", "Âm nhạc", "Đại học", "Giáo dục", "Dân số"]
    (group,) = grouped(FeedLine(f"topic/{title}", title, 1, AT, AT) for title in titles)
    found = [line.title for line in group.lines]
    assert found == ["Âm nhạc", "Đại học", "Dân số", "Giáo dục", "Y tế"]


def test_opml_names_every_feed_with_its_page(web: Any) -> None:
    answer = web.ask("/feeds.opml")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    outlines = [one.attrib for one in ET.fromstring(answer.body).iter("outline")]
    addresses = {one["xmlUrl"]: one["htmlUrl"] for one in outlines if "xmlUrl" in one}
    assert addresses[f"{web.url}/feeds/all.rss"] == f"{web.url}/"
    section = f"{web.url}/feeds/section/nhan-quyen.rss"
    assert addresses[section] == f"{web.url}/section/nhan-quyen"


def test_the_page_of_all_feeds_links_each_format(web: Any) -> None:
    text = web.ask("/feeds").text
    for name in ("rss", "atom", "json"):
        assert f'href="/feeds/section/nhan-quyen.{name}"' in text
    assert 'href="/feeds.opml"' in text
