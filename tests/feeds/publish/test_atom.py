"""Atom 1.0: the rules of RFC 4287 that our output must hold to."""

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from feeds.model import Article
from feeds.publish.atom import render_atom
from feeds.publish.document import FeedDocument, document
from feeds.publish.elements import ATOM, XML_LANG
from feeds.publish.feed_head import FeedHead

Make = Callable[..., Article]
NS = {"a": ATOM, "media": "http://search.yahoo.com/mrss/"}


def _feed(built: FeedDocument) -> etree._Element:
    return etree.fromstring(render_atom(built))


def _one(head: FeedHead, article: Article) -> etree._Element:
    entry = _feed(document(head, [article])).find("a:entry", NS)
    assert entry is not None
    return entry


def _links(element: etree._Element) -> list[tuple[str | None, str | None]]:
    return [(link.get("rel"), link.get("href")) for link in element.findall("a:link", NS)]


def test_output_is_valid_by_the_schema_of_rfc_4287(
    head: FeedHead, make_article: Make, atom_schema: etree.RelaxNG
) -> None:
    """RFC 4287 appendix B."""
    articles = [
        make_article(1),
        make_article(2, authors=(), html="", image=None, language="en"),
        make_article(3, section=None, topics=(), source_url="", url=""),
    ]
    hub = replace(head, hub_urls=("http://localhost:8000/hub",))
    for built in (document(hub, articles), document(head, [])):
        assert atom_schema.validate(_feed(built)), atom_schema.error_log


def test_feed_and_entries_have_id_title_and_updated(head: FeedHead, make_article: Make) -> None:
    """RFC 4287 §4.1.1 and §4.1.2: exactly one of each."""
    feed = _feed(document(head, [make_article(1), make_article(2)]))
    for element in (feed, *feed.findall("a:entry", NS)):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", NS)) == 1
    assert feed.findtext("a:id", namespaces=NS) == "tag:example.org,2026:feed/section/nhan-quyen"
    assert feed.findtext("a:updated", namespaces=NS) == "2026-11-20T10:00:00+00:00"


def test_every_entry_has_an_author(head: FeedHead, make_article: Make) -> None:
    """RFC 4287 §4.1.1: an author on the feed or on each entry."""
    named = _one(head, make_article(1))
    assert named.xpath("a:author/a:name/text()", namespaces=NS) == ["An Nguyễn, B Trần"]
    assert named.xpath("a:contributor/a:name/text()", namespaces=NS) == ["An Nguyễn", "B Trần"]
    alone = _one(head, make_article(1, authors=make_article(1).authors[:1]))
    assert alone.xpath("a:author/a:uri/text()", namespaces=NS) == [
        "http://localhost:8000/author/an-nguyen"
    ]
    assert alone.find("a:contributor", NS) is None
    unnamed = _one(head, make_article(1, authors=()))
    assert unnamed.xpath("a:author/a:name/text()", namespaces=NS) == ["Báo & Con"]
    unknown = _one(head, make_article(1, authors=(), source_title="", source_name=""))
    assert unknown.xpath("a:author/a:name/text()", namespaces=NS) == ["news.example.com"]


def test_links_say_what_they_are_and_the_alternate_comes_first(
    head: FeedHead, make_article: Make
) -> None:
    """RFC 4287 §4.2.7.2; no two alternates of one type and language (§4.1.2), no enclosure."""
    entry = _one(head, make_article(1))
    assert _links(entry) == [
        ("alternate", document(head, [make_article(1)]).items[0].link),
        ("via", "https://news.example.com/1?a=1&b=2"),
    ]
    assert entry.find("a:link", NS).get("type") == "text/html"


def test_feed_links_to_its_page_itself_and_its_hub(head: FeedHead) -> None:
    """RFC 4287 §4.1.1: a self link; WebSub §4: exactly one self, and the hub."""
    hub = "http://localhost:8000/hub"
    assert _links(_feed(document(replace(head, hub_urls=(hub,)), []))) == [
        ("alternate", head.page_url),
        ("self", head.url("atom")),
        ("hub", hub),
    ]


def test_republished_entry_names_the_feed_that_it_came_from(
    head: FeedHead, make_article: Make
) -> None:
    """RFC 4287 §4.2.11: id, title and updated of the source feed should be kept."""
    source = _one(head, make_article(1)).find("a:source", NS)
    assert source is not None
    assert source.findtext("a:id", namespaces=NS) == "https://news.example.com/feed.xml"
    assert source.findtext("a:title", namespaces=NS) == "Báo & Con"
    assert source.findtext("a:updated", namespaces=NS)
    assert _links(source) == [("self", "https://news.example.com/feed.xml")]


def test_updated_moves_only_when_the_publisher_edited(head: FeedHead, make_article: Make) -> None:
    """RFC 4287 §4.2.15: updated is for changes that count."""
    plain = _one(head, make_article(1))
    edited = _one(head, make_article(1, revised_at=make_article(5).effective_at))
    dates = [[e.findtext(f"a:{n}", namespaces=NS) for n in ("published", "updated")]
             for e in (plain, edited)]  # fmt: skip
    assert dates == [
        ["2026-11-20T09:00:00+00:00", "2026-11-20T09:00:00+00:00"],
        ["2026-11-20T09:00:00+00:00", "2026-11-20T13:00:00+00:00"],
    ]


def test_content_is_html_and_summary_plain_text(head: FeedHead, make_article: Make) -> None:
    """RFC 4287 §3.1.1: text without a type is plain."""
    entry = _one(head, make_article(1))
    content, summary = entry.find("a:content", NS), entry.find("a:summary", NS)
    assert content is not None
    assert summary is not None
    assert (content.get("type"), content.text) == ("html", make_article(1).html)
    assert (summary.get("type"), summary.text) == (None, "Tóm tắt 1 & 3 < 4")


def test_categories_have_term_scheme_and_label(head: FeedHead, make_article: Make) -> None:
    """RFC 4287 §4.2.2."""
    first = _one(head, make_article(1)).find("a:category", NS)
    assert first is not None
    assert dict(first.attrib) == {
        "term": "nhan-quyen",
        "scheme": "http://localhost:8000/section",
        "label": "Nhân quyền",
    }


def test_language_is_told_by_the_feed_and_by_each_entry(head: FeedHead, make_article: Make) -> None:
    """RFC 4287 §2: xml:lang holds for what is inside."""
    feed = _feed(document(head, [make_article(1), make_article(2, language="en")]))
    assert feed.get(XML_LANG) == "vi"
    assert [entry.get(XML_LANG) for entry in feed.findall("a:entry", NS)] == ["en", "vi"]
    assert feed.xpath("count(//media:thumbnail)", namespaces=NS) == 2
