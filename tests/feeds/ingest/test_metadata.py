import pytest
from lxml import html

from feeds.ingest.metadata import Metadata, metadata

URL = "https://bao.vn/tin?utm_source=x"


def about(head: str, body: str = "") -> Metadata:
    return metadata(
        html.document_fromstring(f"<html lang='vi'><head>{head}</head>{body}</html>"), URL
    )


LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "Organization", "name": "Báo"},
{"@type": ["NewsArticle"], "headline": "Tin &amp; nóng", "author": [{"name": "An"}, "Bình"],
 "datePublished": "2026-10-05T07:00:00+07:00", "dateModified": "2026-10-05T08:00:00+07:00",
 "image": {"@type": "ImageObject", "url": "/1.jpg"}, "articleSection": ["Kinh tế"],
 "articleBody": "dòng
 hai"}]}</script>"""


def test_json_ld_comes_first() -> None:
    page = about(LD + '<meta property="og:title" content="Khác">')
    assert (page.title, page.authors, page.categories) == (
        "Tin & nóng",
        ("An", "Bình"),
        ("Kinh tế",),
    )
    assert page.published == "2026-10-05T07:00:00+07:00"
    assert page.updated == "2026-10-05T08:00:00+07:00"
    assert page.image is not None
    assert page.image.url == "https://bao.vn/1.jpg"
    assert page.body == "dòng  hai"


def test_opengraph_and_plain_meta_follow() -> None:
    page = about(
        """<script type="application/ld+json">{broken</script>
        <meta property="og:title" content="Tin"><meta name="author" content="An">
        <meta property="article:published_time" content="2026-10-05">
        <meta property="og:image" content="//cdn.vn/1.jpg">
        <meta property="article:section" content="K">
        <meta property="article:author" content="https://facebook.com/bao">
        <meta name="description" content="Tóm tắt">"""
    )
    assert (page.title, page.summary, page.authors) == ("Tin", "Tóm tắt", ("An",))
    assert (page.published, page.categories, page.language) == ("2026-10-05", ("K",), "vi")
    assert page.image is not None
    assert page.image.url == "https://cdn.vn/1.jpg"


def test_headings_and_times_are_the_last_resort() -> None:
    page = about(
        "<title>T</title>", "<h1> Tin <b>nóng</b></h1><time datetime='2026-10-05'>hôm nay</time>"
    )
    assert (page.title, page.published) == ("Tin nóng", "2026-10-05")


CANONICAL = [
    ('<link rel="canonical" href="/tin-1">', "https://bao.vn/tin-1"),
    ('<link rel="canonical" href="https://m.bao.vn/tin-1#a">', "https://m.bao.vn/tin-1"),
    ('<meta property="og:url" content="http://www.bao.vn/tin-1">', "http://www.bao.vn/tin-1"),
    ('<link rel="canonical" href="https://other.vn/tin-1">', URL),
    ('<link rel="canonical" href="https://bao.vn/">', URL),
    ('<link rel="canonical" href="javascript:x">', URL),
    ("", URL),
]


@pytest.mark.parametrize(("head", "url"), CANONICAL)
def test_a_page_may_name_its_own_address_but_no_other_sites(head: str, url: str) -> None:
    assert about(head).url == url
