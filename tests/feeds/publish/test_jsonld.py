"""What a search engine reads on an article page."""

from collections.abc import Callable
from datetime import timedelta

from feeds.model import Article, public_id
from feeds.publish.jsonld import news_article

BASE = "http://localhost:8000"
PATH = (("Tinwire", "/"), ("Nhân quyền", f"{BASE}/section/nhan-quyen"))


def test_article_is_described_with_its_original_and_its_publisher(
    make_article: Callable[..., Article],
) -> None:
    page = f"{BASE}/article/{public_id(1)}"
    edited_at = make_article(1).effective_at + timedelta(hours=2)
    found = news_article(make_article(1, revised_at=edited_at), PATH, BASE, "Tinwire")
    assert found["@context"] == "https://schema.org"
    assert found["@graph"][0] == {
        "@type": "NewsArticle",
        "@id": page,
        "mainEntityOfPage": page,
        "url": page,
        "isBasedOn": "https://news.example.com/1?a=1&b=2",
        "headline": "Tin số 1: AT&T, 1 < 2",
        "description": "Tóm tắt 1 & 3 < 4",
        "inLanguage": "vi",
        "datePublished": "2026-11-20T09:00:00+00:00",
        "dateModified": "2026-11-20T11:00:00+00:00",
        "articleSection": "Nhân quyền",
        "image": {
            "@type": "ImageObject",
            "url": "https://img.example.com/a.jpg",
            "caption": "Ảnh",
            "creditText": "AFP",
            "width": 800,
            "height": 600,
        },
        "author": [
            {"@type": "Person", "name": "An Nguyễn", "url": f"{BASE}/author/an-nguyen"},
            {"@type": "Person", "name": "B Trần", "url": f"{BASE}/author/b-tran"},
        ],
        "publisher": {"@type": "Organization", "name": "Báo & Con"},
        "isPartOf": {"@type": "WebSite", "name": "Tinwire", "url": f"{BASE}/"},
    }


def test_breadcrumb_counts_from_one_with_whole_addresses(
    make_article: Callable[..., Article],
) -> None:
    crumbs = news_article(make_article(1), PATH, BASE, "Tinwire")["@graph"][1]
    assert crumbs["@type"] == "BreadcrumbList"
    assert [(c["position"], c["name"], c["item"]) for c in crumbs["itemListElement"]] == [
        (1, "Tinwire", f"{BASE}/"),
        (2, "Nhân quyền", f"{BASE}/section/nhan-quyen"),
    ]


def test_what_is_not_known_is_not_told(make_article: Callable[..., Article]) -> None:
    bare = make_article(1, image=None, authors=(), section=None, excerpt="")
    (found,) = news_article(bare, (), BASE, "Tinwire")["@graph"]
    assert not {"image", "author", "articleSection", "description"} & set(found)
    assert found["dateModified"] == found["datePublished"]


def test_original_publisher_is_named_before_the_aggregator(
    make_article: Callable[..., Article],
) -> None:
    via = make_article(1, via_title="Báo gốc")
    assert news_article(via, (), BASE, "T")["@graph"][0]["publisher"]["name"] == "Báo gốc"
