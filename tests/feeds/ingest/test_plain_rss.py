import pytest
from lxml import etree

from feeds.ingest.plain_rss import rss_entry
from feeds.ingest.plainly import Unknown

SPACES = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
URL = "https://bao.vn/rss"


def item(inner: str) -> etree._Element:
    return etree.fromstring(f"<item {SPACES}>{inner}</item>")


def test_a_plain_item_is_read() -> None:
    entry = rss_entry(
        item(
            "<title>Tin &amp;amp; bài</title><link>https://bao.vn/1</link>"
            "<guid isPermaLink='false'>Một</guid><dc:creator>An</dc:creator>"
            "<category>K</category><description>x</description>"
        ),
        URL,
        "UTC",
        "vi",
    )
    assert (entry.title, entry.url, entry.guid) == ("Tin & bài", "https://bao.vn/1", "Một")
    assert (entry.authors, entry.categories, entry.summary) == (("An",), ("K",), "x")
    assert entry.language == "vi"


ODD = [
    "<title>a</title><title>b</title>",
    "<title>a<b/></title>",
    "<link>a b</link>",
    "<image><url/></image>",
    "<media:description>x</media:description>",
    "<media:title>x</media:title>",
    "<title>a</title><media:content><title>b</title></media:content>",
    "<author>An &lt;a@bao.vn&gt;</author>",
]


@pytest.mark.parametrize("inner", ODD)
def test_an_odd_item_is_unknown(inner: str) -> None:
    with pytest.raises(Unknown):
        rss_entry(item(inner), URL, "UTC", None)
