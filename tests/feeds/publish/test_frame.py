"""Frames: what stands around the items, cut at a mark that no text can hold."""

from collections.abc import Callable

from lxml import etree

from feeds.publish.document import FeedItem, document
from feeds.publish.feed_head import FeedHead
from feeds.publish.frame import joined, mark_items, split
from feeds.publish.rss import render_rss


def test_a_document_is_cut_where_the_items_belong() -> None:
    root = etree.Element("channel")
    etree.SubElement(root, "title").text = "<!--items-->"
    mark_items(root)
    before, after = split(etree.tostring(root))
    assert before == b"<channel><title>&lt;!--items--&gt;</title>"
    assert after == b"</channel>"


def test_what_cannot_be_written_is_left_out(
    head: FeedHead, make_article: Callable[..., object]
) -> None:
    items = document(head, [make_article(1), make_article(2)]).items  # type: ignore[list-item]

    def write(item: FeedItem) -> bytes:
        if item == items[0]:
            raise ValueError("no title")
        return b"x"

    assert joined((b"<", b">"), (*items, items[1]), write, b",") == b"<x,x>"


def test_an_address_with_quotes_cannot_leave_the_style_sheets_address(head: FeedHead) -> None:
    """Associating Style Sheets with XML 1.0 §3: a value ends at its quote."""
    odd = FeedHead("all", "T", "D", "http://x/", 'http://x/"?><b>&', "vi", "e.org,2026")
    root = etree.fromstring(render_rss(document(odd, [])))
    sheet = root.xpath("/processing-instruction('xml-stylesheet')")[0]
    assert sheet.get("href").endswith("/static/feed.xsl")
