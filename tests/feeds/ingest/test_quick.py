"""The quick reader gives what the reference gives, or nothing."""

from html import escape
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.ingest.document import open_document
from feeds.ingest.parse import parse
from feeds.ingest.quick import read_quickly
from feeds.ingest.reference import read_by_reference
from feeds.ingest.tree import Tree, grow
from feeds.model import Entry, ParsedFeed

SHARED = Path(__file__).parents[3].parent / "shared"
URL = "https://bao.vn/rss/tin.xml"
HANOI = "Asia/Ho_Chi_Minh"
SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "atom": "http://www.w3.org/2005/Atom",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "media": "http://search.yahoo.com/mrss/",
        "slash": "http://purl.org/rss/1.0/modules/slash/",
        "georss": "http://www.georss.org/georss",
        "cc": "http://web.resource.org/cc/",
        "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    }.items()
)


def tree_of(raw: bytes) -> Tree | None:
    try:
        return grow(open_document(raw, {}), URL)
    except NotAFeed:
        return None


def compare(raw: bytes) -> ParsedFeed | None:
    """Read by both readers; the quick one's result is as the reference's, or `None`."""
    tree = tree_of(raw)
    quick = None if tree is None else read_quickly(tree, URL, HANOI)
    if tree is not None and quick is not None:
        assert quick == read_by_reference(tree, URL, HANOI)
    return quick


FOLDERS = [
    ("data/feeds_real/feeds", 0.93),
    ("data/feeds_vn", 1.0),
    ("data/feeds_vn_quirks", 1.0),
    ("conformance/corpora/feedparser/tests/wellformed", 0.3),
    ("conformance/corpora/feedparser/tests/entities", 0.0),
    ("conformance/corpora/feedparser/tests/encoding", 0.0),
    ("conformance/corpora/feedparser/tests/illformed", 0.0),
    ("conformance/corpora/feedvalidator-testcases", 0.0),
    ("conformance/vectors", 0.0),
]


@pytest.mark.parametrize(("folder", "share"), FOLDERS)
def test_both_readers_agree_on_every_feed_at_hand(folder: str, share: float) -> None:
    files = [each for each in sorted((SHARED / folder).rglob("*")) if each.is_file()]
    feeds = [each for each in files if each.suffix in ("", ".xml")]
    read = [each for each in feeds if compare(each.read_bytes()) is not None]
    assert len(read) >= share * len(feeds)


RSS_PIECES = [
    "<title>Tin nóng</title>",
    "<title>a &lt;b&gt;c&lt;/b&gt; &amp;amp; d</title>",
    "<title/>",
    "<link>https://bao.vn/1</link>",
    "<link>https://bao.vn/1?a=1&amp;b=2</link>",
    "<link>/1</link>",
    "<link/>",
    "<link>https://bao.vn/1#</link>",
    "<guid>https://bao.vn/1</guid>",
    "<guid>x-1</guid>",
    "<guid isPermaLink='false'>https://bao.vn/2</guid>",
    "<description>ngắn</description>",
    "<description>Ã¡</description>",
    "<description/>",
    "<description><p>x</p></description>",
    "<content:encoded>&lt;p&gt;dài&lt;/p&gt;</content:encoded>",
    "<content:encoded>ngắn</content:encoded>",
    "<pubDate>Mon, 05 Oct 2026 07:00:00 +0700</pubDate>",
    "<dc:date>2026-10-05</dc:date>",
    "<dc:creator>An</dc:creator>",
    "<dc:creator/>",
    "<author>a@bao.vn (Bình)</author>",
    "<author>bao@bao.online</author>",
    "<category>Kinh tế</category>",
    "<category domain='x'>Thể thao</category>",
    "<category domain='x'/>",
    "<dc:subject>Xã hội</dc:subject>",
    "<enclosure url='https://bao.vn/1.jpg' type='image/jpeg' length='1'/>",
    "<media:content url='https://bao.vn/1.jpg' medium='image'/>",
    "<media:content url='https://bao.vn/2.jpg'><media:description>Ảnh</media:description>"
    "<media:title>Tên</media:title></media:content>",
    "<media:content url='https://bao.vn/2.jpg'>"
    "<media:description type='plain'>Ảnh</media:description></media:content>",
    "<media:title>Tên</media:title>",
    "<atom:updated>2026-10-05T00:00:00Z</atom:updated>",
    "<media:description>ngắn</media:description>",
    "<media:thumbnail url='https://bao.vn/3.jpg' width='10'/>",
    "<media:keywords>a, b</media:keywords>",
    "<slash:comments>3</slash:comments>",
    "<comments>https://bao.vn/1#c</comments>",
    "<source url='https://khac.vn/rss'>Khác</source>",
    "<feedburner:origLink>https://bao.vn/goc</feedburner:origLink>",
    "<atom:link rel='alternate' href='https://bao.vn/3'/>",
    "<image><url>https://bao.vn/4.jpg</url><title>Hình</title></image>",
    "<image>https://bao.vn/5.jpg</image>",
    "<atom:link rel='enclosure' href='https://bao.vn/6.jpg' type='image/jpeg'/>",
    "<atom:link rel='standout' href='https://bao.vn/7'/>",
    "<x:site xmlns:x='urn:x'><x:title>t</x:title></x:site>",
    "<title xmlns='urn:x'>t</title>",
    "<site xmlns='urn:x'>t</site>",
    "<media:text>m</media:text>",
    "<title>\x93a\x94 &#147;b</title>",
    "<link>/tin/2</link>",
    "<link>tin/2</link>",
    "<guid>tin/2</guid>",
    "<guid>/tin/2</guid>",
    "<georss:point>1 2</georss:point>",
    "<dc:rights>An</dc:rights>",
    "<dc:publisher>a@bao.vn</dc:publisher>",
    "<cc:license rdf:resource='https://cc.org/by' xmlns:rdf='"
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    "<unknown>x</unknown>",
]
CHANNEL_PIECES = [
    "<title>Báo</title>",
    "<link>https://bao.vn/</link>",
    "<language>vi-VN</language>",
    "<description>x</description>",
    "<atom:link rel='self' href='https://bao.vn/rss'/>",
    "<atom:link rel='hub' href='https://hub.vn/'/>",
    "<atom:link href='https://bao.vn/khac'/>",
    "<image><url>https://bao.vn/l.png</url><title>L</title><link>https://bao.vn/l</link></image>",
    "<managingEditor>a@bao.vn (An)</managingEditor>",
    "<category>Tin</category>",
    "<ttl>5</ttl>",
    "<textInput><title>t</title><link>https://bao.vn/t</link></textInput>",
]
ATOM_PIECES = [
    "<id>https://bao.vn/1</id>",
    "<id>tag:bao.vn,2026:1</id>",
    "<id>1</id>",
    "<title>Tin</title>",
    "<title type='html'>a &amp;lt; b</title>",
    "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></title>",
    "<link href='https://bao.vn/1'/>",
    "<link rel='alternate' type='text/html' href='https://bao.vn/2'/>",
    "<link rel='alternate' type='application/pdf' href='https://bao.vn/3'/>",
    "<link rel='enclosure' type='image/png' href='https://bao.vn/4.png'/>",
    "<link href='5'/>",
    "<link href='tin/5'/>",
    "<id>tin/5</id>",
    "<updated>2026-10-05T00:00:00Z</updated>",
    "<published>2026-10-05T00:00:00+07:00</published>",
    "<author><name>An</name><email>a@bao.vn</email></author>",
    "<author><email>a@bao.vn</email></author>",
    "<contributor><name>Chi</name></contributor>",
    "<category term='kinh-te' label='Kinh tế'/>",
    "<summary>a &lt; b</summary>",
    "<summary type='html'>&lt;p&gt;x&lt;/p&gt;</summary>",
    "<content type='html'>&lt;p&gt;x&lt;/p&gt;</content>",
    "<content type='text' xml:lang='en'>a &lt; b</content>",
    "<content type='image/png'>AAAA</content>",
    "<content src='https://bao.vn/video'/>",
    "<media:group><media:title>T</media:title>"
    "<media:description>mô tả</media:description></media:group>",
    "<media:content url='https://bao.vn/2.jpg'>"
    "<media:description type='plain'>mô tả</media:description></media:content>",
    "<media:description>mô tả</media:description>",
    "<source><id>x</id><title>Khác</title></source>",
    "<rights>c</rights>",
]


def some(pieces: list[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=most).map("".join)


@settings(max_examples=400)
@given(some(CHANNEL_PIECES, 4), st.lists(some(RSS_PIECES, 7), max_size=2), some(CHANNEL_PIECES, 2))
def test_both_readers_agree_on_any_mix_of_rss(before: str, items: list[str], after: str) -> None:
    body = before + "".join(f"<item>{item}</item>" for item in items) + after
    compare(f"<rss version='2.0' {SPACES}><channel>{body}</channel></rss>".encode())


@settings(max_examples=400)
@given(
    some(ATOM_PIECES, 5), st.lists(some(ATOM_PIECES, 7), max_size=2), st.sampled_from(["", "vi"])
)
def test_both_readers_agree_on_any_mix_of_atom(top: str, entries: list[str], language: str) -> None:
    lang = f"xml:lang='{language}'" if language else ""
    body = top + "".join(f"<entry>{entry}</entry>" for entry in entries)
    compare(f"<feed xmlns='http://www.w3.org/2005/Atom' {SPACES} {lang}>{body}</feed>".encode())


def test_a_plain_feed_is_read_quickly() -> None:
    item = "".join(RSS_PIECES[place] for place in (0, 3, 8, 11, 15, 17, 19, 23, 27, 34))
    body = "".join(CHANNEL_PIECES[:6]) + f"<item>{item}</item>"
    feed = compare(f"<rss version='2.0' {SPACES}><channel>{body}</channel></rss>".encode())
    assert feed is not None
    assert feed.entries[0].title == "Tin nóng"


STEPS_BACK = [
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    "<rss version='0.92'><channel/></rss>",
    "<rss version='2.0' xmlns:r='http://purl.org/rss/1.0/'><channel/></rss>",
    "<rss version='2.0' xml:base='tin/'><channel/></rss>",
    "<rss version='2.0' xml:lang='en'><channel><language>vi</language></channel></rss>",
    "<rss version='2.0'><channel><item><guid>\x93x\x94</guid></item></channel></rss>",
    "<rss version='2.0'><channel><title>x</title><title>y</title></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/'/>",
    "<feed xmlns='http://www.w3.org/2005/Atom'><entry xml:lang='en'/></feed>",
    "<rss version='2.0'><channel><ttl>5<x/></ttl></channel></rss>",
    "<rss version='2.0'><channel><link>https://bao.vn/?a&amp;amp;b</link></channel></rss>",
    "<rss version='2.0'><channel><x:item xmlns:x='urn:x'/></channel></rss>",
    "<rss version='2.0' xml:base='https://bao.vn:99999/'><channel/></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type=''>x</title></entry></feed>",
]


@pytest.mark.parametrize("text", STEPS_BACK)
def test_what_is_not_plain_is_left_to_the_reference(text: str) -> None:
    assert compare(text.encode()) is None


def test_both_readers_agree_on_a_caption_wherever_it_stands() -> None:
    texts = (
        "<description>a description</description>",
        "<content:encoded>content</content:encoded>",
        "<media:content url='/1'><media:description>a caption</media:description></media:content>",
        "<media:thumbnail url='/2'/>",
    )
    for order in permutations(texts):
        item = f"<item><title>t</title>{''.join(order)}</item>"
        compare(f"<rss version='2.0' {SPACES}><channel>{item}</channel></rss>".encode())


ITEMS = "<item><title>a</title></item><item><title>b</title></item>"
INNER = f"<rss version='2.0'><channel>{ITEMS}</channel></rss>"
LEAVES = [
    f"<title>{INNER}</title>",
    f"<docs>{INNER}</docs>",
    f"<image><url>{INNER}</url></image>",
    f"<atom:link rel='self' href='/rss'>{INNER}</atom:link>",
    f"<item><comments>{INNER}</comments></item>",
    f"<item><source url='/x'>{INNER}</source></item>",
    f"<item><enclosure url='/x'>{INNER}</enclosure></item>",
    f"<item><atom:link rel='enclosure' href='/x'>{INNER}</atom:link></item>",
    f"<item><title>x</title><media:title>{INNER}</media:title></item>",
]


@pytest.mark.parametrize("leaf", LEAVES)
def test_items_that_stand_in_a_leaf_are_not_lost(leaf: str) -> None:
    raw = f"<rss version='2.0' {SPACES}><channel>{leaf}{ITEMS}</channel></rss>".encode()
    assert compare(raw) is None
    tree = tree_of(raw)
    assert tree is not None
    expected = read_by_reference(tree, URL, HANOI).entries
    assert parse(raw, {}, URL, HANOI).entries == expected
    assert len(expected) > 2


AUTHORS = [
    "<author><name>An</name><uri>an</uri></author>",
    "<author><name>Ã¡</name><uri>https://bao.vn/Ã¡</uri></author>",
    "<author><name>An</name><email>a@bao.vn</email></author><author><name>Chi</name></author>",
    "<author><name>a@bao.vn</name></author><author><name>Chi</name></author>",
    "<contributor><name>Chi</name><title>x</title></contributor>",
]


@pytest.mark.parametrize("author", AUTHORS)
def test_both_readers_agree_on_authors_and_their_base(author: str) -> None:
    for inner in (f"{author}<entry/>", f"<entry>{author}<title>t</title></entry>"):
        for base in ("", "xml:base='https://khac.vn/tin/'"):
            compare(f"<feed xmlns='http://www.w3.org/2005/Atom' {base}>{inner}</feed>".encode())


def test_an_authors_relative_address_is_against_the_feeds_base() -> None:
    feed = compare(
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://khac.vn/tin/'><entry>"
        b"<author><name>An</name><uri>an</uri></author></entry></feed>"
    )
    assert feed is not None
    assert feed.entries[0].people[0].url == "https://khac.vn/tin/an"


def test_a_broken_document_is_left_to_the_reference() -> None:
    assert compare(b"<rss version='2.0'><channel><item></channel></rss>") is None


def entries_of(items: list[str]) -> list[Entry]:
    """Read a document of these items by whichever reader takes it."""
    body = "".join(f"<item>{item}</item>" for item in items)
    text = f"<rss version='2.0' {SPACES}><channel><title>Báo</title>{body}</channel></rss>"
    return list(parse(text.encode(), {}, URL, HANOI).entries)


# feedparser takes a title of another namespace for the item's own, until a prefix was seen for it.
ORDERLY = [each for each in RSS_PIECES if "<title xmlns=" not in each]


@given(st.lists(some(ORDERLY, 6), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_a_documents_items_changes_no_entry(items: list[str], random: Random) -> None:
    order = list(range(len(items)))
    random.shuffle(order)
    entries = entries_of(items)
    assert entries_of([items[place] for place in order]) == [entries[place] for place in order]


ID = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1)


@given(ID.filter(lambda text: text == text.strip() and "\ufffe" not in text))
def test_an_id_comes_out_as_it_was_sent(guid: str) -> None:
    if any(ord(char) & 0xFFFE == 0xFFFE for char in guid):
        return  # no character of XML's
    (entry,) = entries_of([f"<guid isPermaLink='false'>{escape(guid)}</guid><title>a</title>"])
    assert entry.guid == guid


def test_an_address_that_its_id_says_too_is_not_lost() -> None:
    entry = "<entry><link href='tin/5'/><id>tin/5</id></entry>"
    feed = compare(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode())
    assert feed is not None
    assert (feed.entries[0].url or "").endswith("/tin/5")
