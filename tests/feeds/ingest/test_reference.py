import pytest

from feeds.errors import NotAFeed
from feeds.ingest.document import open_document
from feeds.ingest.reference import read_by_reference
from feeds.ingest.tree import grow
from feeds.model import ParsedFeed

URL = "https://bao.vn/rss"


def read(text: str) -> ParsedFeed:
    return read_by_reference(grow(open_document(text.encode(), {}), URL), URL, "UTC")


def test_a_channel_of_cdf_is_read_capitals_and_all() -> None:
    item = '<ITEM HREF="https://bao.vn/1"><TITLE>A</TITLE></ITEM>'
    feed = read(f'<CHANNEL HREF="https://bao.vn/">{item}</CHANNEL>')
    assert (feed.kind, feed.home_url) == ("cdf", "https://bao.vn/")
    assert [(entry.title, entry.url) for entry in feed.entries] == [("A", "https://bao.vn/1")]


def test_a_document_that_only_the_loose_parser_can_read_keeps_ids_and_pictures() -> None:
    feed = read(
        "<rss version='2.0'><channel><item><title>A</title><guid isPermaLink='false'>X-1</guid>"
        "<enclosure url='https://bao.vn/1.jpg' type='image/jpeg'/><description><p>x</description>"
        "</item><item><title>B</title></item></channel></rss>"
    )
    assert [entry.title for entry in feed.entries] == ["A", "B"]
    assert feed.entries[0].guid == "X-1"
    assert feed.entries[0].image is not None


def test_old_atom_with_escaped_and_base64_content_is_read() -> None:
    feed = read(
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><id>1</id><title>A</title>"
        "<link rel='alternate' type='text/html' href='https://bao.vn/1'/>"
        "<issued>2026-10-05T00:00:00Z</issued>"
        "<content type='text/html' mode='base64'>PHA+eDwvcD4=</content></entry></feed>"
    )
    (entry,) = feed.entries
    assert (feed.kind, entry.guid, entry.content) == ("atom03", "1", "<p>x</p>")
    assert entry.published is not None


@pytest.mark.parametrize("kind", ["image/png", "application/pdf"])
def test_a_file_in_base64_is_no_text(kind: str) -> None:
    feed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title><entry><id>1</id><title>A</title>"
        f"<summary>Tóm tắt</summary><content type='{kind}'>iVBORw0KGgo=</content></entry></feed>"
    )
    assert (feed.entries[0].summary, feed.entries[0].content) == ("Tóm tắt", "")


@pytest.mark.parametrize("text", ["<a/>", "<sitemap><url/></sitemap>"])
def test_xml_that_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(NotAFeed, match="XML, but no feed"):
        read(text)
