"""The malformed feed is malformed, and readable all the same."""

import feedparser
import pytest
from lxml import etree

from worker.demo.edition import edition
from worker.demo.rss import rss
from worker.demo.spoil import CONTROL, spoil


@pytest.fixture
def shown(newsroom, started_at):
    return edition(newsroom, "san-dinh", started_at, started_at)


def test_a_strict_parser_gives_up_and_a_loose_one_finds_every_item(shown, base_url):
    spoilt = spoil(rss(shown, base_url))
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(spoilt)
    parsed = feedparser.parse(spoilt)
    assert parsed.bozo
    found = {entry.link: entry for entry in parsed.entries if entry.get("link")}
    assert list(found) == [item.url(base_url) for item in shown.items]
    for item in shown.items:
        entry = found[item.url(base_url)]
        assert entry.title.replace(CONTROL.decode(), "") == item.title
        assert item.body[3:40] in entry.description


def test_one_item_has_neither_title_nor_link(shown, base_url):
    entries = feedparser.parse(spoil(rss(shown, base_url))).entries
    nameless = [entry for entry in entries if "title" not in entry and "link" not in entry]
    assert len(nameless) == 1
    assert len(entries) == len(shown.items) + 1


def test_ampersands_stand_bare_and_a_title_holds_a_control_character(shown, base_url):
    spoilt = spoil(rss(shown, base_url))
    assert b" & " in spoilt
    assert spoilt.count(CONTROL) == 1
    assert spoilt.count(b"<category>") == spoilt.count(b"</category>") + 1


def test_a_document_of_few_items_stays_whole():
    assert spoil(b"<rss><item></item></rss>") == b"<rss><item></item></rss>"
