from datetime import UTC, datetime
from typing import Any

import defusedxml.ElementTree as ET
import pytest
from lxml import etree

from feeds.publish.atom import render_atom
from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.feed_head import FeedHead
from feeds.publish.rss import render_rss
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


def test_the_front_pages_feeds_stand_together_and_stories_by_themselves() -> None:
    keys = ["most-read", "story/0000000000001", "featured", "all", "topic/a"]
    groups = grouped(FeedLine(key, key.upper(), 1, AT, AT) for key in keys)
    assert [(group.heading, [line.key for line in group.lines]) for group in groups] == [
        ("all_articles", ["all", "featured", "most-read"]),
        ("topics", ["topic/a"]),
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


def test_opml_of_a_section_names_it_and_what_lies_below(web: Any) -> None:
    answer = web.ask("/feeds/section/nhan-quyen.opml")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    outlines = [one.attrib for one in ET.fromstring(answer.body).iter("outline")]
    found = [one["xmlUrl"] for one in outlines if "xmlUrl" in one]
    assert found[0] == f"{web.url}/feeds/section/nhan-quyen.rss"
    assert all("/section/" in url for url in found)
    assert web.ask("/feeds/section/khong-co.opml").status == 404


def test_news_sitemap_lists_pages_of_ours(web: Any) -> None:
    answer = web.ask("/news-sitemap.xml")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.body)
    assert root.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    pages = [one.text for one in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert all(page.startswith(f"{web.url}/article/") for page in pages)


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_a_feed_names_style_sheets_that_make_a_page_of_it(web: Any, render: Any) -> None:
    head = FeedHead("all", "Tin & Tức", "Mọi tin", f"{web.url}/", web.url, "vi", "e.org,2026")
    item = FeedItem(
        "tag:e.org,2026:article/1", f"{web.url}/article/1", "1 < 2", "x", "", AT, AT, "vi"
    )
    root = etree.fromstring(render(FeedDocument(head, AT, (item,))))
    sheets = root.xpath("/processing-instruction('xml-stylesheet')")
    assert [sheet.get("type") for sheet in sheets] == ["text/xsl", "text/css"]
    answers = [web.ask(sheet.get("href").removeprefix(web.url)) for sheet in sheets]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].headers["content-type"] == "text/xsl; charset=utf-8"
    page = etree.XSLT(etree.fromstring(answers[0].body))(root).getroot()
    assert page.findtext("head/title") == "Tin & Tức"
    assert page.get("lang") == "vi"
    (link,) = page.findall("body/article/h2/a")
    assert (link.get("href"), link.text) == (item.link, "1 < 2")
