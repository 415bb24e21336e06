"""What judges our feeds finds what is wrong: each case breaks one rule of a feed that is right."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from feeds.model import Article
from feeds.publish.atom import render_atom
from feeds.publish.document import Place, document
from feeds.publish.feed_head import FeedHead
from feeds.publish.jsonfeed import render_json

Faults = Callable[[object], list[str]]


@pytest.fixture
def atom(head: FeedHead, make_article: Callable[..., Article]) -> str:
    return render_atom(document(head, [make_article(1)])).decode()


@pytest.fixture
def feed(head: FeedHead, make_article: Callable[..., Article]) -> dict[str, Any]:
    hub = replace(head, hub_urls=("https://hub.example/",))
    built = replace(document(hub, [make_article(1), make_article(2)]), place=Place(before=3))
    return dict(json.loads(render_json(built)))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("<id>", "<at:id xmlns:at='urn:x'>x</at:id><id>x</id><id>"),
        ("<entry", "<bogus/><entry"),
        ('rel="self"', 'rel="self" hreflang="vi_VN"'),
        ('type="text/html"', 'type="html"'),
        ("<published>", "<published>on "),
        ("term=", "name="),
        ("<title>", '<title type="markdown">'),
        ("</entry>", "</entry><subtitle>x</subtitle>"),
        ("<author>", "<author><email>nobody</email>"),
    ],
)
def test_the_schema_of_atom_finds_what_is_wrong(
    atom: str, atom_schema: etree.RelaxNG, was: str, now: str
) -> None:
    assert atom_schema.validate(etree.fromstring(atom.encode()))
    assert was in atom
    broken = etree.fromstring(atom.replace(was, now).encode())
    assert not atom_schema.validate(broken)


@pytest.mark.parametrize(
    ("place", "name", "value", "says"),
    [
        ((), "version", "https://jsonfeed.org/version/1", "version"),
        ((), "title", None, "title: is required"),
        ((), "items", None, "items: is required"),
        ((), "next_url", "same", "next_url: must not be feed_url"),
        ((), "mine", {}, "neither known nor an extension"),
        ((), "_mine.too", {}, "neither known nor an extension"),
        ((), "home_page_url", "/here", "home_page_url: no url"),
        ((), "language", "vi_VN", "language: no language"),
        ((), "expired", "no", "expired: no flag"),
        (("hubs", 0), "url", None, "Hubs, url: is required"),
        (("items", 0), "id", 7, "id: no string"),
        (("items", 0), "url", "a b", "url: no url"),
        (("items", 0), "content_html", None, "one of content_html, content_text"),
        (("items", 0), "date_published", "Fri, 20 Nov 2026 09:00:00 GMT", "no date"),
        (("items", 0), "tags", "news", "tags: no list"),
        (("items", 0), "tags", [1], "tags: no string"),
        (("items", 0), "authors", [{}], "at least one of name, url, avatar"),
        (("items", 0), "attachments", [{"url": "https://a.example/"}], "mime_type: is required"),
        (("items", 0), "id", "same", "id: is unique"),
    ],
)
def test_the_rules_of_json_feed_find_what_is_wrong(
    feed: dict[str, Any],
    json_feed_faults: Faults,
    place: tuple[Any, ...],
    name: str,
    value: object,
    says: str,
) -> None:
    assert json_feed_faults(feed) == []
    inside: Any = feed
    for step in place:
        inside = inside[step]
    inside[name] = value
    if value is None:
        del inside[name]
    elif value == "same":
        inside[name] = feed["feed_url"] if name == "next_url" else feed["items"][1]["id"]
    assert any(says in one for one in json_feed_faults(feed)), json_feed_faults(feed)
