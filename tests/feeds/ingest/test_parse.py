from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.ingest.parse import MOST_ENTRIES, parse
from feeds.model import Entry, ParsedFeed

SHARED = Path(__file__).parents[3].parent / "shared"
URL = "https://bao.vn/rss/tin.xml"
HANOI = "Asia/Ho_Chi_Minh"


def rss(items: str, channel: str = "", spaces: str = "") -> ParsedFeed:
    text = (
        f"<rss version='2.0' {spaces}><channel><title>Báo</title>{channel}{items}</channel></rss>"
    )
    return parse(text.encode(), {}, URL, HANOI)


def item(inner: str, spaces: str = "") -> Entry:
    (entry,) = rss(f"<item><title>Tin</title>{inner}</item>", spaces=spaces).entries
    return entry


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi" xml:base="https://bao.vn/a/">
<title>Báo &amp; chí</title><id>urn:feed</id><updated>2026-10-05T00:00:00Z</updated>
<author><name>Tòa soạn</name></author>
<link href="https://bao.vn/"/><link rel="hub" href="https://hub.vn/"/>
<link rel="self" href="https://bao.vn/atom.xml"/>
<entry><id>URN:Tin:1</id><title>1 &lt; 2</title><link href="b/1"/>
<updated>2026-10-05T01:00:00Z</updated><published>2026-10-04T01:00:00Z</published>
<category term="kinh-te" label="Kinh tế"/><summary>a &lt;b&gt; c</summary>
<content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry>
<entry><id>urn:tin:2</id><title type="html">T &amp;amp; U</title><link href="/2"/>
<author><name>An</name></author><author><name>Bình</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>y</p></div></content>
<source><id>urn:other</id><title>Báo khác</title><link href="https://khac.vn/"/></source>
</entry>
<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="urn:tin:0"
 when="2026-10-05T00:00:00Z"/>
</feed>"""


def test_an_atom_feed_is_read() -> None:
    feed = parse(ATOM.encode(), {}, URL)
    assert (feed.kind, feed.title, feed.language) == ("atom10", "Báo & chí", "vi")
    assert (feed.home_url, feed.hub_url) == ("https://bao.vn/", "https://hub.vn/")
    assert feed.self_url == "https://bao.vn/atom.xml"
    assert feed.deleted == ("urn:tin:0",)
    first, second = feed.entries
    assert (first.guid, first.url, first.title) == ("URN:Tin:1", "https://bao.vn/a/b/1", "1 < 2")
    assert (first.summary, first.content) == ("a &lt;b&gt; c", "<p>x</p>")
    assert first.published == datetime(2026, 10, 4, 1, tzinfo=UTC)
    assert first.updated == datetime(2026, 10, 5, 1, tzinfo=UTC)
    assert first.categories == ("kinh-te",)
    assert first.authors == ("Tòa soạn",)
    assert (second.title, second.content) == ("T & U", "<p>y</p>")
    assert second.authors == ("An", "Bình")
    assert (second.via_title, second.via_url) == ("Báo khác", "https://khac.vn/")


IDS = [
    ("<guid> Tin-1 </guid>", "Tin-1"),
    ("<guid isPermaLink='false'>HTTP://Bao.VN/Tin</guid>", "HTTP://Bao.VN/Tin"),
    ("<guid>/relative</guid>", "/relative"),
    ("<guid/><guid>b</guid>", "b"),
    ("<guid><![CDATA[a&b]]></guid>", "a&b"),
    ("", None),
]


@pytest.mark.parametrize(("inner", "guid"), IDS)
def test_an_id_is_kept_character_by_character(inner: str, guid: str | None) -> None:
    assert item(f"{inner}<link>https://bao.vn/1</link>").guid == guid


LINKS = [
    ("<link>https://bao.vn/1</link><guid>x</guid>", "https://bao.vn/1"),
    ("<link>\n https://bao.vn/1?a=1&amp;b=2\n</link>", "https://bao.vn/1?a=1&b=2"),
    ("<link>/1</link>", "https://bao.vn/1"),
    ("<guid>https://bao.vn/2</guid>", "https://bao.vn/2"),
    ("<guid>x-1</guid>", None),
    ("<guid isPermaLink='false'>https://bao.vn/2</guid>", None),
]


@pytest.mark.parametrize(("inner", "url"), LINKS)
def test_an_entrys_address_is_its_link_or_its_permanent_id(inner: str, url: str | None) -> None:
    assert item(inner).url == url


MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
IMAGES = [
    (
        '<media:content url="https://a.vn/1.jpg" medium="image" width="100" height="50"/>',
        100,
        "",
        "",
    ),
    (
        '<media:group><media:content url="https://a.vn/0.jpg" type="image/jpeg" width="10"/>'
        '<media:content url="https://a.vn/1.jpg" type="image/jpeg" width="90"/>'
        "<media:description>Chú &lt;b&gt;thích&lt;/b&gt;</media:description>"
        "<media:credit>An</media:credit></media:group>",
        90,
        "Chú thích",
        "An",
    ),
    (
        '<media:content url="https://a.vn/1.mp4" type="video/mp4"/><media:title>Tên</media:title>'
        '<media:thumbnail url="https://a.vn/1.jpg"/>',
        None,
        "Tên",
        "",
    ),
    ('<enclosure url="https://a.vn/1.jpg" type="image/jpeg" length="1"/>', None, "", ""),
    ('<enclosure url="https://a.vn/1.jpg"/>', None, "", ""),
    ('<itunes:image href="https://a.vn/1.jpg"/>', None, "", ""),
    ("<image><url>https://a.vn/1.jpg</url></image>", None, "", ""),
]


@pytest.mark.parametrize(("inner", "width", "caption", "credit"), IMAGES)
def test_a_picture_comes_with_its_caption_and_credit(
    inner: str, width: int | None, caption: str, credit: str
) -> None:
    image = item(inner, MEDIA).image
    assert image is not None
    assert (image.url, image.width) == ("https://a.vn/1.jpg", width)
    assert (image.caption, image.credit) == (caption, credit)


def test_a_pictures_caption_is_no_text_of_the_entry() -> None:
    caption = "<media:content url='https://a.vn/1.jpg'><media:description>C</media:description></media:content>"
    for inner in (
        f"<description>D</description>{caption}",
        f"{caption}<description>D</description>",
    ):
        entry = item(inner, MEDIA)
        assert {entry.summary, entry.content} == {"D", ""}


def test_what_is_no_picture_is_none() -> None:
    assert item('<enclosure url="https://a.vn/1.mp3" type="audio/mpeg"/>').image is None
    assert item('<enclosure url="data:image/png;base64,AA" type="image/png"/>').image is None


def test_authors_and_categories_are_all_read() -> None:
    entry = item(
        "<author>a@bao.vn (An)</author><dc:creator>Bình</dc:creator><category>Kinh tế</category>"
        "<category domain='x'>Thể thao</category><category>Kinh tế</category>",
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
    )
    assert entry.authors == ("An", "Bình")
    assert entry.categories == ("Kinh tế", "Thể thao")


def test_the_source_of_a_republished_item_is_kept() -> None:
    entry = item('<source url="https://khac.vn/rss">Báo khác</source>')
    assert (entry.via_title, entry.via_url) == ("Báo khác", "https://khac.vn/rss")


def test_content_and_summary_are_told_apart() -> None:
    entry = item(
        "<description>ngắn</description><content:encoded>&lt;p&gt;dài&lt;/p&gt;</content:encoded>",
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    )
    assert (entry.summary, entry.content) == ("ngắn", "<p>dài</p>")


def test_a_date_without_a_zone_is_in_the_sources() -> None:
    entry = item("<pubDate>10/2/2026 9:25:00 AM</pubDate>")
    assert entry.published == datetime(2026, 10, 2, 2, 25, tzinfo=UTC)


def test_rdf_items_are_named_by_about() -> None:
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>B</title></channel>'
        '<item rdf:about="Tin:1"><title>T</title><link>https://bao.vn/1</link>'
        "<dc:date>2026-10-05</dc:date></item></rdf:RDF>"
    )
    feed = parse(text.encode(), {}, URL)
    assert feed.kind == "rss10"
    assert feed.entries[0].guid == "Tin:1"
    assert feed.entries[0].updated == datetime(2026, 10, 5, tzinfo=UTC)


def test_an_entry_without_any_substance_is_kept_for_the_draft_to_judge() -> None:
    feed = rss("<item><title>A</title></item><item><guid>b</guid><author>x</author></item>")
    assert [(entry.guid, entry.title) for entry in feed.entries] == [(None, "A"), ("b", "")]


def test_the_newest_entries_win_and_keep_their_order() -> None:
    days = [
        f"<item><title>{n}</title><pubDate>{2000 + n}-01-01</pubDate></item>" for n in range(600)
    ]
    feed = rss("".join(days))
    assert feed.dropped == 100
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(100, 600)]
    assert len(feed.entries) == MOST_ENTRIES


BROKEN = [
    (b"", "an empty document"),
    (b"<html><body>404</body></html>", "an HTML page"),
    (b"<opml><body/></opml>", "XML, but no feed"),
    (b"<rss><channel>\n<title>x</titl", "not well-formed: line 2"),
    (b"<urlset><url></urlset>", "not well-formed: line 1"),
    (b'{"a": 1}', "JSON, but no JSON Feed"),
    (b"{", "no JSON"),
]


@pytest.mark.parametrize(("raw", "reason"), BROKEN)
def test_what_is_no_feed_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed) as refusal:
        parse(raw, {}, URL)
    assert reason in refusal.value.message
    assert "\n" not in refusal.value.message


def test_a_feed_that_ends_too_early_gives_what_came_and_a_note() -> None:
    raw = (
        b"<rss version='2.0'><channel>\n<item><title>A</title></item>\n<item><title>B</title><descr"
    )
    feed = parse(raw, {}, URL)
    assert [entry.title for entry in feed.entries] == ["A", "B"]
    assert feed.notes[0].startswith("not well-formed: line 3")


def test_a_mended_feed_loses_nothing() -> None:
    feed = rss("<item><title>A & B&nbsp;C</title><link>https://bao.vn/?a=1&b=2</link></item>")
    assert [(entry.title, entry.url) for entry in feed.entries] == [
        ("A & B C", "https://bao.vn/?a=1&b=2")
    ]
    assert len(feed.notes) == 1


def test_a_character_that_was_cut_spoils_one_word_and_is_noted() -> None:
    whole = (
        "<rss version='2.0'><channel><title>Thời sự</title><item><title>Đà Nẵng mở rộng cảng"
        "</title><description>Một đoạn bị cắt: nghiệ</description></item></channel></rss>"
    ).encode()
    raw = whole.replace("nghiệ".encode(), "nghiệ".encode()[:-1])
    feed = parse(raw, {"content-type": "application/rss+xml; charset=utf-8"}, URL)
    (entry,) = feed.entries
    assert (feed.title, entry.title) == ("Thời sự", "Đà Nẵng mở rộng cảng")
    assert entry.summary == "Một đoạn bị cắt: nghi\ufffd"
    assert feed.notes == ("characters that can't be read: 1",)


def test_a_language_of_the_response_stands_in_for_the_feeds() -> None:
    raw = b"<rss><channel><item><title>A</title></item></channel></rss>"
    assert parse(raw, {"content-language": "vi"}, URL).language == "vi"


QUIRKS = [
    ("tuoitre_us_date_no_tz.xml", "2026-10-02T02:25:00Z", "Sau Úc, phát hiện tác nhân AI"),
    ("genk_short_offset.xml", "2026-10-05T04:07:00Z", "Kịch bản AI đe dọa"),
    ("thanhnien_2024_entities_2digit_year.xml", "2024-01-27T07:15:00Z", "Đầu năm 2024 đã có 5.000"),
    ("dantri_2024_dc_creator.xml", "2024-01-27T06:46:59Z", "Pixel 8a lộ diện"),
    ("vnexpress_2025_enclosure.xml", "2025-02-06T13:30:48Z", "Israel nối gót Mỹ"),
]


@pytest.mark.parametrize(("name", "published", "title"), QUIRKS)
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("prefix", ["", "\n\n\n"])
def test_what_vietnamese_servers_get_wrong_is_read(
    name: str, published: str, title: str, prefix: str, charset: str
) -> None:
    text = (SHARED / "data" / "feeds_vn_quirks" / name).read_text("utf-8")
    (entry,) = parse(f"{prefix}{text}".encode(charset), {}, URL, HANOI).entries
    assert entry.published == datetime.fromisoformat(published)
    assert entry.title.startswith(title)


def test_a_bare_ampersand_in_an_attribute_is_mended() -> None:
    raw = (SHARED / "data" / "feeds_vn_quirks" / "vnexpress_2025_enclosure.xml").read_bytes()
    (entry,) = parse(raw, {}, URL, HANOI).entries
    (enclosure,) = entry.extras.enclosures
    assert "&" in enclosure.url
    assert enclosure.type.startswith("image/")


@pytest.mark.parametrize("folder", ["feeds_vn", "feeds_real/feeds"])
def test_nearly_every_real_feed_is_read(folder: str) -> None:
    files = [each for each in sorted((SHARED / "data" / folder).iterdir()) if each.suffix != ".txt"]
    refused = []
    for each in files:
        try:
            feed = parse(each.read_bytes(), {}, URL)
        except NotAFeed as exc:
            refused.append(exc.message)
        else:
            assert not any(entry.title != entry.title.strip() for entry in feed.entries)
    assert len(refused) <= 1, refused


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_refused(raw: bytes) -> None:
    with pytest.raises(NotAFeed):
        parse(raw, {}, URL)


@given(st.text(alphabet="<>/&;![]-?'\" =itemrssabc\x00é", max_size=200))
def test_any_mess_inside_a_feed_leaves_its_neighbour(mess: str) -> None:
    first = "<item><title>A</title></item>"
    raw = f"<rss version='2.0'><channel>{first}<item><title>{mess}</title></item></channel></rss>"
    assert parse(raw.encode(), {}, URL).entries[0].title == "A"
