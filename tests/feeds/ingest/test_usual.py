"""The usual item of RSS: read by a short way that gives what the long way gives."""

from pathlib import Path

import pytest
from lxml import etree

from feeds.ingest.plain_rss import rss_entry
from feeds.ingest.plainly import Unknown
from feeds.ingest.usual import usual_entry

URL = "https://bao.vn/rss"
REAL = Path(__file__).parents[3].parent / "shared" / "data" / "feeds_real" / "feeds"
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def item(inner: str) -> etree._Element:
    return etree.fromstring(f"<item {DC} {CONTENT}>{inner}</item>")


def test_the_usual_texts_are_read() -> None:
    entry = usual_entry(
        item(
            "<title> Tin &amp;amp; bài</title><guid>https://bao.vn/1</guid>"
            "<dc:creator>An</dc:creator><category>K</category><dc:subject>L</dc:subject>"
            "<description>x</description><content:encoded>y</content:encoded>"
            "<pubDate>Thu, 15 Jan 2026 08:00:00 +0700</pubDate>"
        ),
        *(URL, "UTC", "vi", None),
    )
    assert entry is not None
    assert (entry.title, entry.url, entry.guid) == ("Tin & bài", *["https://bao.vn/1"] * 2)
    assert (entry.authors, entry.categories) == (("An",), ("K", "L"))
    assert (entry.summary, entry.content, str(entry.published)[:13]) == ("x", "y", "2026-01-15 01")


UNUSUAL = [
    "<title>a</title><title>b</title>",
    "<title>a<b/></title>",
    "<title type='html'>a</title>",
    "<guid isPermaLink='false' x='y'>a</guid>",
    "<enclosure url='https://bao.vn/a.jpg'/>",
    "<category domain='x'>a</category>",
    "<comments>https://bao.vn/1#c</comments>",
]


@pytest.mark.parametrize("inner", UNUSUAL)
def test_what_is_unusual_is_left_to_the_long_way(inner: str) -> None:
    assert usual_entry(item(inner), URL, "UTC", None, None) is None


@pytest.mark.parametrize("path", sorted(REAL.iterdir()), ids=lambda path: path.name)
def test_both_ways_read_the_same(path: Path) -> None:
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(recover=True))
    for each in [] if root is None else list(root.iter("item")):
        try:
            usual = usual_entry(each, URL, "UTC", "vi", None)
        except Unknown:
            usual = None
        if usual is None:
            continue
        etree.SubElement(each, "comments")  # says nothing, and is unusual
        assert rss_entry(each, URL, "UTC", "vi") == usual
