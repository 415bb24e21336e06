from datetime import UTC, datetime

import orjson
import pytest

from feeds.errors import NotAFeed
from feeds.foreign import Enclosure, Person, Rhythm
from feeds.ingest.parse import parse
from feeds.model import Image

URL = "https://bao.vn/feed.json"
NUMBERS = range(1200)
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Báo &amp; chí",
    "home_page_url": "https://bao.vn",
    "feed_url": URL,
    "language": "vi",
    "description": "Tin & bài",
    "authors": [{"name": "Tòa soạn", "url": "mailto:bao@bao.vn"}],
    "hubs": [
        {"type": "rssCloud", "url": "https://x.vn"},
        {"type": "WebSub", "url": "https://hub.vn"},
    ],
    "items": [
        {
            "id": "Tin:1",
            "url": "/1",
            "title": "a <b> c",
            "content_html": "<p>x</p>",
            "summary": "1 < 2",
            "date_published": "2026-10-05T07:00:00+07:00",
            "image": "https://bao.vn/1.jpg",
            "tags": ["Kinh tế", 3, "Kinh tế"],
            "authors": [{"name": "An"}, "x", {"name": "Bình"}],
            "attachments": [
                {"url": "/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9},
                {"url": "file:///x"},
            ],
        },
        {"id": 7, "content_text": "a & b", "language": "en"},
        "nonsense",
        {"id": "z\u0000"},
    ],
}


def test_a_json_feed_is_read() -> None:
    feed = parse(orjson.dumps(FEED), {"content-type": "application/feed+json"}, URL)
    assert (feed.kind, feed.title, feed.language) == ("json11", "Báo & chí", "vi")
    assert (feed.hub_url, feed.self_url) == ("https://hub.vn/", URL)
    first, second, empty = feed.entries
    assert (first.guid, first.url, first.title) == ("Tin:1", "https://bao.vn/1", "a <b> c")
    assert (first.content, first.summary) == ("<p>x</p>", "1 &lt; 2")
    assert first.published == datetime(2026, 10, 5, tzinfo=UTC)
    assert first.image == Image("https://bao.vn/1.jpg")
    assert first.categories == ("Kinh tế",)
    assert first.authors == ("An", "Bình")
    assert (second.guid, second.url, second.content) == ("7", None, "a &amp; b")
    assert (second.authors, second.language) == (("Tòa soạn",), "en")
    assert second.people == (Person("Tòa soạn", "bao@bao.vn"),) == feed.imprint.people
    assert first.extras.enclosures == (Enclosure("https://bao.vn/1.mp3", "audio/mpeg", 9),)
    assert feed.imprint.subtitle == "Tin & bài"
    assert feed.rhythm == Rhythm()
    assert empty.guid == "z"


def test_an_item_that_cannot_be_read_is_broken_alone() -> None:
    feed = parse(orjson.dumps(FEED), {}, URL)
    assert [broken.label for broken in feed.broken] == ["nonsense"]


def test_numeric_ids_are_kept_digit_by_digit() -> None:
    ids = ["123456789012345678901", "123456789012345678902", "1.10", "-7", "1e3"]
    items = ",".join(f'{{"id": {each}, "title": "\\"id\\": 5"}}' for each in ids)
    text = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'
    entries = parse(text.encode(), {}, URL).entries
    assert [entry.guid for entry in entries] == ids
    assert {entry.title for entry in entries} == {'"id": 5'}


def test_a_title_that_was_cut_within_an_emoji_costs_no_feed() -> None:
    text = (
        r'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": '
        r'"a \ud83d"}]}'
    )
    (entry,) = parse(text.encode(), {}, URL).entries
    assert entry.title == "a \ufffd"


def test_version_1_names_one_author() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "items": [{"id": "1", "title": "x", "author": {"name": "An"}}],
    }
    parsed = parse(orjson.dumps(feed), {}, URL)
    assert parsed.kind == "json1"
    assert parsed.entries[0].authors == ("An",)


@pytest.mark.parametrize(
    "text", ["{}", '{"version": 1}', '{"version": "https://jsonfeed.org/version/1"}', "{]"]
)
def test_other_json_is_no_feed(text: str) -> None:
    with pytest.raises(NotAFeed):
        parse(text.encode(), {}, URL)


def test_the_newest_of_too_many_items_are_kept() -> None:
    items = [
        {"id": str(n), "title": "x", "date_published": str(2000 + n % 20)} for n in range(1200)
    ]
    feed = {"version": "https://jsonfeed.org/version/1", "items": items}
    parsed = parse(orjson.dumps(feed), {}, URL)
    assert len(parsed.entries) == 500
    assert parsed.dropped == 700
    assert min(entry.published.year for entry in parsed.entries if entry.published) > 2010
