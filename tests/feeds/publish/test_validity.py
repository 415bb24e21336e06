"""Whatever articles say, feeds stay valid: each rule cites the section that it comes from.

And our items hold what feedgen would write, corrected.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Article, Author, Image, TopicHit
from feeds.publish.atom import atom_entry, atom_frame, render_atom
from feeds.publish.document import Elsewhere, FeedDocument, Place, Tombstone, document
from feeds.publish.elements import AT, ATOM, CONTENT, DC, FH
from feeds.publish.feed_head import FeedHead
from feeds.publish.jsonfeed import json_frame, json_item, render_json
from feeds.publish.rss import render_rss, rss_frame, rss_item

Make = Callable[..., Article]
NS = {"a": ATOM, "at": AT, "fh": FH}
AT_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
NASTY = [
    "]]>",
    "<![CDATA[",
    "\x00\x1b",
    "\ud800",
    "\U0001f4f0",
    "\u202e\u2066",
    "&amp;lt;",
    "Đ" * 9,
]
TEXT = st.lists(st.text(st.characters(exclude_categories=())) | st.sampled_from(NASTY)).map("".join)
URL = (
    st.sampled_from(["", "javascript:alert(1)", "http://x.vn/ă?<&\"'", "https://x.vn/a.jpg"]) | TEXT
)
ARTICLES = st.fixed_dictionaries(
    {
        "title": TEXT.map(lambda text: text or "Tin"),
        "excerpt": TEXT,
        "html": TEXT,
        "url": st.just("https://news.example.com/1") | URL,
        "language": st.sampled_from(["vi", "en", ""]),
        "effective_at": st.integers(0, 40000).map(lambda n: AT_NOON - timedelta(hours=n)),
        "image": st.none() | st.builds(Image, URL, TEXT, TEXT, TEXT),
        "authors": st.lists(st.builds(Author, st.just("an"), TEXT), max_size=3).map(tuple),
        "section": st.none() | st.just("nhan-quyen"),
        "topics": st.just(()) | st.just((TopicHit("phu-nu", 0.9, "x"),)),
        "source_title": TEXT,
        "source_name": TEXT,
        "source_url": URL,
    }
)
MANY = st.lists(ARTICLES, max_size=3)


def _built(head: FeedHead, make: Make, many: list[dict[str, Any]]) -> FeedDocument:
    articles = [make(number, **one) for number, one in enumerate(many, start=1)]
    built = document(head, articles)
    assert len(built.items) == len(articles)
    return built


@settings(deadline=None, max_examples=60)
@given(many=MANY)
def test_rss_keeps_its_rules_whatever_articles_say(
    head: FeedHead, make_article: Make, many: list[dict[str, Any]]
) -> None:
    built = _built(head, make_article, many)
    channel = etree.fromstring(render_rss(built))[0]
    assert list(_rss_faults(channel)) == []
    titles = [item.findtext("title") for item in channel.findall("item")]
    assert titles == [item.title for item in built.items if item.title]


def _rss_faults(channel: etree._Element) -> Iterator[str]:
    for name in ("title", "link", "description"):
        if not channel.findtext(name):
            yield f"RSS 2.0, required channel elements: {name}"
    selves = channel.findall(f"{{{ATOM}}}link[@rel='self']")
    if len(selves) != 1:
        yield "RSS profile, atom:link: one self"
    guids = [item.findtext("guid") for item in channel.findall("item")]
    if len(set(guids)) != len(guids) or not all(guids):
        yield "RSS 2.0, guid: a string that uniquely identifies the item"
    for item in channel.findall("item"):
        yield from _rss_item_faults(item)


def _rss_item_faults(item: etree._Element) -> Iterator[str]:
    tags = [str(child.tag) for child in item]
    once = {"title", "link", "description", "guid", "pubDate", "author", "enclosure", "source"}
    for name in once | {f"{{{CONTENT}}}encoded", f"{{{DC}}}creator", f"{{{DC}}}language"}:
        if tags.count(name) > 1:
            yield f"RSS profile, {name}: at most one"
    if not item.findtext("title") or not item.findtext("description"):
        yield "RSS 2.0, item: title or description must be present; clients want both"
    if "author" in tags:
        yield "RSS 2.0, author: an e-mail address, which we never have"
    encoded = f"{{{CONTENT}}}encoded"
    if encoded in tags and tags.index(encoded) < tags.index("description"):
        yield "RSS profile, content:encoded: description first"
    if not re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", _text(item, "pubDate")):
        yield "RSS profile, RFC 822 dates: four digits for the year"
    elif parsedate_to_datetime(_text(item, "pubDate")) > AT_NOON:
        yield "RSS profile, pubDate: never in the future"
    source = item.find("source")
    if source is not None and not (source.get("url") and source.text):
        yield "RSS 2.0, source: url is required"


def _text(item: etree._Element, name: str) -> str:
    return item.findtext(name) or ""


@settings(deadline=None, max_examples=60)
@given(many=MANY)
def test_atom_keeps_its_rules_whatever_articles_say(
    head: FeedHead, make_article: Make, atom_schema: etree.RelaxNG, many: list[dict[str, Any]]
) -> None:
    built = _built(head, make_article, many)
    feed = etree.fromstring(render_atom(built))
    assert list(_atom_faults(feed)) == []
    assert atom_schema.validate(feed), atom_schema.error_log
    titles = [entry.findtext("a:title", namespaces=NS) for entry in feed.findall("a:entry", NS)]
    assert titles == [item.title for item in built.items if item.title]


def _atom_faults(feed: etree._Element) -> Iterator[str]:
    entries = feed.findall("a:entry", NS)
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            if len(element.findall(f"a:{name}", NS)) != 1:
                yield f"RFC 4287 §4.1.1, §4.1.2: exactly one {name}"
    for entry in entries:
        links = entry.findall("a:link", NS)
        if [link.get("rel") for link in links].count("alternate") != 1:
            yield "RFC 4287 §4.1.2: no two alternates of one type and language"
        if any(link.get("rel") == "enclosure" for link in links):
            yield "what the clients taught: no enclosure on a plain article"
        if not entry.findtext("a:author/a:name", namespaces=NS):
            yield "RFC 4287 §4.1.1: an author on the feed or on each entry"
        if any(not c.get("term") for c in entry.findall("a:category", NS)):
            yield "RFC 4287 §4.2.2.1: term"
        for name in ("published", "updated"):
            if not RFC3339.fullmatch(entry.findtext(f"a:{name}", namespaces=NS) or ""):
                yield f"RFC 4287 §3.3: {name}"
    ids = [entry.findtext("a:id", namespaces=NS) for entry in entries]
    if len(set(ids)) != len(ids):
        yield "RFC 4287 §4.1.1: one entry of an id and updated"


@settings(deadline=None, max_examples=60)
@given(many=MANY)
def test_json_keeps_its_rules_whatever_articles_say(
    head: FeedHead,
    make_article: Make,
    json_feed_faults: Callable[[object], list[str]],
    many: list[dict[str, Any]],
) -> None:
    built = _built(head, make_article, many)
    feed = json.loads(render_json(built))
    assert json_feed_faults(feed) == []
    for item in feed["items"]:
        assert ("content_html" in item) != ("content_text" in item), "one of them is enough"
        assert {"date_published", "date_modified"} <= item.keys()
    assert [item["title"] for item in feed["items"]] == [
        item.title for item in built.items if item.title
    ]


@pytest.mark.parametrize("write", [rss_item, atom_entry, json_item])
def test_an_item_follows_from_itself_alone(head: FeedHead, make_article: Make, write: Any) -> None:
    one = document(head, [make_article(1)]).items[0]
    other = replace(head, key="all", title="Khác", page_url="http://localhost:8000/")
    assert write(one) == write(document(other, [make_article(1), make_article(2)]).items[1])


@pytest.mark.parametrize(
    ("frame", "render", "write", "between"),
    [
        (rss_frame, render_rss, rss_item, b""),
        (atom_frame, render_atom, atom_entry, b""),
        (json_frame, render_json, json_item, b","),
    ],
)
def test_a_feed_is_its_frame_around_its_items(
    head: FeedHead, make_article: Make, frame: Any, render: Any, write: Any, between: bytes
) -> None:
    built = document(head, [make_article(1), make_article(2)])
    before, after = frame(replace(built, items=()))
    assert render(built) == before + between.join(map(write, built.items)) + after


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_archive_pages_name_their_neighbours(head: FeedHead, render: Any) -> None:
    """RFC 5005 §4: archive documents say so, and link to those around and to the current one."""
    fmt = "rss" if render is render_rss else "atom"
    url = head.url(fmt)
    empty = document(head, [])
    page = etree.fromstring(render(replace(empty, place=Place(2, 1, 3))))
    assert _relations(page) == {
        "self": f"{url}?page=2",
        "prev-archive": f"{url}?page=1",
        "next-archive": f"{url}?page=3",
        "current": url,
    }
    assert page.find(".//fh:archive", NS) is not None
    newest = etree.fromstring(render(replace(empty, place=Place(None, 3))))
    assert _relations(newest) == {"self": url, "prev-archive": f"{url}?page=3"}
    assert newest.find(".//fh:archive", NS) is None


def _relations(root: etree._Element) -> dict[str | None, str | None]:
    links = root.xpath("//a:link[not(@rel='alternate')]", namespaces=NS)
    return {link.get("rel"): link.get("href") for link in links}


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_a_list_that_is_all_there_is_says_so(head: FeedHead, render: Any) -> None:
    """RFC 5005 §2: what left a complete feed is no longer part of it."""
    whole = etree.fromstring(render(document(replace(head, key="featured"), [])))
    rolling = etree.fromstring(render(document(head, [])))
    assert whole.find(".//fh:complete", NS) is not None
    assert rolling.find(".//fh:complete", NS) is None


def test_json_names_the_next_page(head: FeedHead) -> None:
    """JSON Feed 1.1, Top-level: next_url gives older items."""
    feed = json.loads(render_json(replace(document(head, []), place=Place(2, 1, 3))))
    assert (feed["feed_url"], feed["next_url"]) == (
        f"{head.url('json')}?page=2",
        f"{head.url('json')}?page=1",
    )


def test_atom_tells_what_was_taken_back(head: FeedHead, atom_schema: etree.RelaxNG) -> None:
    """RFC 6721 §3: ref is the entry's id, when is a date."""
    gone = (Tombstone("tag:example.org,2026:article/x", AT_NOON),)
    feed = etree.fromstring(render_atom(replace(document(head, []), gone=gone)))
    (stone,) = feed.findall("at:deleted-entry", NS)
    assert dict(stone.attrib) == {"ref": gone[0].id, "when": "2026-11-20T12:00:00+00:00"}
    assert atom_schema.validate(feed), atom_schema.error_log
    assert b"tombstones" not in render_atom(document(head, []))


def test_who_else_tells_the_news_is_linked(head: FeedHead, make_article: Make) -> None:
    """RFC 4287 §4.2.7.2: related; JSON Feed 1.1, Extensions."""
    other = Elsewhere("Báo B", "Tin kia", "https://b.example.com/1")
    item = replace(document(head, [make_article(1)]).items[0], also_by=(other,))
    entry = etree.fromstring(_in_feed(atom_entry(item)))[0]
    links = [dict(link.attrib) for link in entry.findall("a:link[@rel='related']", NS)]
    assert links == [{"href": other.url, "rel": "related", "title": "Báo B: Tin kia"}]
    assert json.loads(json_item(item))["_tinwire"]["also_by"] == [
        {"publisher": "Báo B", "title": "Tin kia", "url": other.url}
    ]
    rss = etree.fromstring(render_rss(replace(document(head, []), items=(item,))))
    told = rss.findall("channel/item/a:link", NS)
    assert [dict(link.attrib) for link in told] == links


def _in_feed(entry: bytes) -> bytes:
    start = f'<feed xmlns="{ATOM}" xmlns:media="http://search.yahoo.com/mrss/">'.encode()
    return start + entry + b"</feed>"


def test_a_feed_has_a_picture(head: FeedHead) -> None:
    """RSS 2.0, <image>: title and link are the channel's, 144 pixels at most; RFC 4287 §4.2.5."""
    channel = etree.fromstring(render_rss(document(head, [])))[0]
    image = {part.tag: part.text for part in channel.iterfind("image/*")}
    assert image == {
        "url": f"{head.base_url}/static/icon-144.png",
        "title": channel.findtext("title"),
        "link": channel.findtext("link"),
        "width": "144",
        "height": "144",
    }
    atom = etree.fromstring(render_atom(document(head, [])))
    assert atom.findtext("a:icon", namespaces=NS) == image["url"]


@pytest.mark.parametrize("render", [render_rss, render_atom, render_json])
def test_a_title_of_a_megabyte_is_carried(head: FeedHead, make_article: Make, render: Any) -> None:
    body = render(document(head, [make_article(1, title="ă<&" * 350_000)]))
    assert body.count("ă".encode()) >= 350_000
    if render is not render_json:
        etree.fromstring(body, etree.XMLParser(huge_tree=True))
