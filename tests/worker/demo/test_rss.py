"""RSS 2.0 and RSS 1.0 of the invented publishers read back as what was put in."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from worker.demo.edition import edition
from worker.demo.rss import absolute, rdf, rss


@pytest.mark.parametrize(
    ("name", "write", "version"),
    [
        ("nhat-bao-ben-do", rss, "rss20"),
        ("harbour-ledger", rss, "rss20"),
        ("tay-do-buoi-som", rdf, "rss10"),
    ],
)
def test_titles_links_dates_and_texts_come_back(
    newsroom, started_at, base_url, name, write, version
):
    shown = edition(newsroom, name, started_at, started_at)
    parsed = feedparser.parse(write(shown, base_url))
    assert (parsed.version, parsed.bozo) == (version, False)
    assert parsed.feed.language == shown.publisher.language
    for item, entry in zip(shown.items, parsed.entries, strict=True):
        assert (entry.title, entry.link) == (item.title, item.url(base_url))
        dated = entry.get("published_parsed") or entry.get("updated_parsed")
        assert datetime(*dated[:6], tzinfo=UTC) == item.published
        assert entry.content[0].value.count("<p>") == item.body.count("<p>")


def test_a_picture_brings_its_caption_and_credit(newsroom, started_at, base_url):
    shown = edition(newsroom, "harbour-ledger", started_at, started_at)
    item = next(item for item in shown.items if item.picture)
    document = rss(shown, base_url).decode()
    assert f'url="{base_url}/images/{item.picture.name}.svg"' in document
    assert f">{item.picture.caption}<" in document
    assert f">{item.picture.credit}<" in document


def test_a_republished_wire_names_its_source(newsroom, started_at, base_url):
    document = rss(edition(newsroom, "nhat-bao-ben-do", started_at, started_at), base_url).decode()
    source = f'<source url="{base_url}/thong-tan-cuu-long/feed.xml">Thông tấn Cửu Long</source>'
    assert source in document


def test_one_publisher_leaves_the_zone_out_of_its_dates(newsroom, started_at, base_url):
    shown = edition(newsroom, "san-dinh", started_at, started_at)
    entry = feedparser.parse(rss(shown, base_url)).entries[0]
    local = datetime(*entry.published_parsed[:6], tzinfo=UTC)
    assert local - shown.items[0].published == timedelta(hours=7)


def test_paths_in_a_body_become_addresses(base_url):
    assert absolute('<img src="/images/x.svg">', base_url) == f'<img src="{base_url}/images/x.svg">'
