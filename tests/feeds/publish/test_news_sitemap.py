"""The Google News sitemap: what its documentation asks for."""

from datetime import UTC, datetime

from lxml import etree

from feeds.model import public_id
from feeds.publish.news_sitemap import MOST, NEWS, SITEMAP, NewsPage, render_news_sitemap

AT = datetime(2026, 11, 20, 8, 0, 0, 5, tzinfo=UTC)
NS = {"s": SITEMAP, "n": NEWS}


def _urls(pages: list[NewsPage]) -> list[etree._Element]:
    body = render_news_sitemap("Tin & Tức", "http://localhost:8000", pages)
    return etree.fromstring(body).findall("s:url", NS)


def test_each_article_has_its_page_name_language_date_and_title() -> None:
    """News sitemap reference: loc, publication (name, language), publication_date, title."""
    (url,) = _urls([NewsPage(7, "AT&T \x00]]> <b>", "vi-VN", AT)])
    assert url.findtext("s:loc", namespaces=NS) == f"http://localhost:8000/article/{public_id(7)}"
    told = {
        name: url.findtext(f".//n:{name}", namespaces=NS)
        for name in ("name", "language", "publication_date", "title")
    }
    assert told == {
        "name": "Tin & Tức",
        "language": "vi",
        "publication_date": "2026-11-20T08:00:00+00:00",
        "title": "AT&T ]]> <b>",
    }


def test_at_most_a_thousand_pages_stand_in_it() -> None:
    """News sitemap best practices: up to 1,000 in one file."""
    assert len(_urls([NewsPage(n, "Tin", "vi", AT) for n in range(1, MOST + 9)])) == MOST


def test_a_page_without_a_title_is_left_out_and_chinese_keeps_its_region() -> None:
    """News sitemap reference: title is required; zh-cn and zh-tw are the two exceptions."""
    urls = _urls([NewsPage(1, "\x00", "vi", AT), NewsPage(2, "新闻", "zh-CN", AT)])
    assert [url.findtext(".//n:language", namespaces=NS) for url in urls] == ["zh-cn"]
