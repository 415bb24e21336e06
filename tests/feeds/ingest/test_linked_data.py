"""JSON-LD: the article is found wherever it is nested, and mended where templates break it."""

import pytest
from lxml import html

from feeds.ingest.linked_data import article_of, first, is_a, objects, texts

GOOD = '{"@type": "NewsArticle", "headline": "Tin"}'
WRITTEN = [
    GOOD,
    f"[{GOOD}]",
    f'{{"@graph": [{{"@type": "WebPage"}}, {GOOD}]}}',
    f'{{"@type": "WebPage", "mainEntity": {GOOD}}}',
    f"<!-- {GOOD} -->",
    f"//<![CDATA[\n{GOOD}\n//]]>",
    f"{GOOD};",
    '{"@type": "NewsArticle", "headline": "Tin",}',
    '{"@type": ["Thing", "ReportageNewsArticle"],\n "headline": "Tin"}',
]


@pytest.mark.parametrize("written", WRITTEN)
def test_the_article_is_found(written: str) -> None:
    root = html.fromstring(f'<div><script type="application/ld+json">{written}</script></div>')
    assert first(article_of(objects(root)), "headline") == "Tin"


@pytest.mark.parametrize("written", ["", "{", "nichts", "[1, null]", '{"@type": "Recipe"}'])
def test_what_is_no_article_is_nothing(written: str) -> None:
    root = html.fromstring(f'<div><script type="application/ld+json">{written}</script></div>')
    assert article_of(objects(root)) == {}


def test_what_is_nested_too_deep_is_not_followed() -> None:
    deep = '{"@graph": ' * 9 + GOOD + "}" * 9
    root = html.fromstring(f'<div><script type="application/ld+json">{deep}</script></div>')
    assert article_of(objects(root)) == {}


def test_texts_that_are_nested_too_deep_are_not_followed() -> None:
    deep = "[" * 1000 + '"x"' + "]" * 1000
    written = f'{{"@type": "NewsArticle", "headline": {deep}, "name": [["Tin"]]}}'
    root = html.fromstring(f'<div><script type="application/ld+json">{written}</script></div>')
    assert first(article_of(objects(root)), "headline", "name") == "Tin"


def test_half_an_emoji_costs_no_article() -> None:
    written = r'{"@type": "NewsArticle", "headline": "Tin \ud83d"}'
    root = html.fromstring(f'<div><script type="application/ld+json">{written}</script></div>')
    assert first(article_of(objects(root)), "headline") == "Tin \ufffd"


def test_texts_are_read_from_strings_lists_and_objects() -> None:
    value = ["a", {"name": ["b", {"name": "c"}]}, 5, None]
    assert list(texts(value, "name")) == ["a", "b"]
    assert first({"x": {"@value": " d "}}, "w", "x") == "d"
    assert first({}, "x") == ""
    assert is_a({"@type": "BlogPosting"}, "Posting")


def test_what_an_object_refers_to_stands_in_it() -> None:
    written = """{"@graph": [
        {"@type": "Article", "author": {"@id": "#an"}, "image": [{"@id": "#p"}, {"@id": "#q"}]},
        {"@type": "Person", "@id": "#an", "name": "An", "image": {"@id": "#p"}},
        {"@type": "ImageObject", "@id": "#p", "url": "/1.jpg"}]}"""
    root = html.fromstring(f'<div><script type="application/ld+json">{written}</script></div>')
    found = article_of(objects(root))
    assert first(found, "author") == "An"
    assert list(texts(found["image"], "url", "@id")) == ["/1.jpg", "#p", "#q"]


def test_of_several_articles_the_one_of_the_page_is_taken() -> None:
    other = {"@type": "NewsArticle", "headline": "Khác", "url": "https://bao.vn/khac"}
    own = {"@type": "NewsArticle", "headline": "Tin"}
    places: list[dict[str, object]] = [
        {"url": "http://www.bao.vn/tin/"},
        {"@id": "https://bao.vn/tin#article"},
        {"mainEntityOfPage": {"@type": "WebPage", "@id": "https://bao.vn/tin?utm_source=x"}},
    ]
    for place in places:
        assert first(article_of([other, own | place], {"bao.vn/tin"}), "headline") == "Tin"
    assert first(article_of([other, own], {"bao.vn/tin"}), "headline") == "Khác"
