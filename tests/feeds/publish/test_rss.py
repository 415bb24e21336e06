"""RSS 2.0 and the RSS Advisory Board's profile; the rules that our output must hold to."""

import locale
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from lxml import etree

from feeds.model import Article, TopicHit
from feeds.publish.document import FeedDocument, document
from feeds.publish.elements import ATOM, DC, MEDIA
from feeds.publish.feed_head import FeedHead
from feeds.publish.rss import render_rss

Make = Callable[..., Article]
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def _channel(built: FeedDocument) -> etree._Element:
    return etree.fromstring(render_rss(built))[0]


def _one(head: FeedHead, article: Article) -> etree._Element:
    item = _channel(document(head, [article])).find("item")
    assert item is not None
    return item


def test_guid_is_our_tag_uri_and_no_permalink(head: FeedHead, make_article: Make) -> None:
    """RSS 2.0, guid: an identifier that is no address says isPermaLink="false"."""
    guid = _one(head, make_article(1)).find("guid")
    assert guid is not None
    assert guid.get("isPermaLink") == "false"
    assert (guid.text or "").startswith("tag:example.org,2026:article/")


def test_dates_are_rfc_822_with_four_digits_for_the_year(
    head: FeedHead, make_article: Make
) -> None:
    """RSS 2.0, pubDate; RSS profile, Date and Time: four digits are preferred."""
    channel = _channel(document(head, [make_article(1)]))
    assert channel.findtext("item/pubDate") == "Fri, 20 Nov 2026 09:00:00 +0000"
    assert channel.findtext("lastBuildDate") == "Fri, 20 Nov 2026 09:00:00 +0000"


def test_authors_are_one_byline_in_dc_creator_and_never_in_author(
    head: FeedHead, make_article: Make
) -> None:
    """RSS 2.0, author: an e-mail address; RSS profile, dc:creator: a name, never both."""
    item = _one(head, make_article(1))
    assert item.find("author") is None
    assert [creator.text for creator in item.findall(f"{{{DC}}}creator")] == ["An Nguyễn, B Trần"]
    assert _one(head, make_article(1, authors=())).find(f"{{{DC}}}creator") is None


def test_channel_links_to_its_page_and_once_to_itself(head: FeedHead) -> None:
    """RSS profile, atom:link: a channel names its own address."""
    channel = _channel(document(head, []))
    assert channel.findtext("link") == head.page_url
    links = channel.findall(f"{{{ATOM}}}link")
    assert [(link.get("rel"), link.get("href")) for link in links] == [("self", head.url("rss"))]
    assert links[0].get("type") == "application/rss+xml"


def test_hub_is_named_where_there_is_one(head: FeedHead) -> None:
    """WebSub §4: what the Link headers say stands in the document, too."""
    channel = _channel(document(replace(head, hub_urls=("http://localhost:8000/hub",)), []))
    links = {link.get("rel"): link.get("href") for link in channel.findall(f"{{{ATOM}}}link")}
    assert links == {"self": head.url("rss"), "hub": "http://localhost:8000/hub"}


def test_ampersand_and_less_than_are_spelt_in_hexadecimal(
    head: FeedHead, make_article: Make
) -> None:
    """RSS profile, Character Data: `&#x26;` and `&#x3C;` in plain text."""
    body = render_rss(document(head, [make_article(1)]))
    assert "<title>Tin số 1: AT&#x26;T, 1 &#x3C; 2</title>".encode() in body
    plain = body.partition(b"<![CDATA[")[0]
    assert b"&amp;" not in plain
    assert b"&lt;" not in plain


def test_description_is_html_and_comes_before_the_content(
    head: FeedHead, make_article: Make
) -> None:
    """RSS profile, content:encoded: description first; description is suitable as HTML."""
    item = _one(head, make_article(1))
    tags = [child.tag for child in item]
    assert tags.index("description") < tags.index(CONTENT)
    assert item.findtext("description") == "Tóm tắt 1 &amp; 3 &lt; 4"
    assert item.findtext(CONTENT) == make_article(1).html


def test_an_excerpt_alone_is_the_description(head: FeedHead, make_article: Make) -> None:
    item = _one(head, make_article(1, html=""))
    assert item.findtext("description")
    assert item.find(CONTENT) is None


def test_source_is_the_publishers_feed(head: FeedHead, make_article: Make) -> None:
    """RSS 2.0, source: the channel that the item came from."""
    source = _one(head, make_article(1)).find("source")
    assert source is not None
    assert (source.get("url"), source.text) == ("https://news.example.com/feed.xml", "Báo & Con")


def test_categories_have_a_domain_and_a_name(head: FeedHead, make_article: Make) -> None:
    """RSS 2.0, category: domain names the taxonomy."""
    item = _one(head, make_article(1, topics=(TopicHit("bao-chi", 1.0, ""),)))
    assert [(c.get("domain"), c.text) for c in item.findall("category")] == [
        ("http://localhost:8000/section", "Nhân quyền"),
        ("http://localhost:8000/topic", "Báo chí"),
    ]


def test_picture_is_media_and_no_enclosure(head: FeedHead, make_article: Make) -> None:
    """Clients open an enclosure in place of the article."""
    item = _one(head, make_article(1))
    assert item.find("enclosure") is None
    assert item.find(f"{{{MEDIA}}}content") is not None
    assert item.find(f"{{{MEDIA}}}thumbnail") is not None


def test_language_is_told_by_the_channel_and_by_each_item(
    head: FeedHead, make_article: Make
) -> None:
    channel = _channel(document(head, [make_article(1), make_article(2, language="en")]))
    assert channel.findtext("language") == "vi"
    assert [item.findtext(f"{{{DC}}}language") for item in channel.findall("item")] == ["en", "vi"]


class Slow(datetime):
    """A moment whose writing gives other threads their turn."""

    def strftime(self, form: str) -> str:
        time.sleep(0.01)
        return super().strftime(form)


def test_threads_that_write_at_once_leave_the_locale_as_it_was(head: FeedHead) -> None:
    built = replace(document(head, []), updated=Slow(2026, 11, 20, tzinfo=UTC))
    before = locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    try:
        with ThreadPoolExecutor(4) as threads:
            bodies = set(threads.map(lambda _: render_rss(built), range(16)))
        left = locale.setlocale(locale.LC_ALL)
    finally:
        locale.setlocale(locale.LC_ALL, before)
    assert left == "C.UTF-8"
    assert len(bodies) == 1
