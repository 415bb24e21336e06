import pytest
from lxml import etree

from feeds.foreign import Enclosure, Extras
from feeds.ingest.extras import read_count, read_extras

URL = "https://bao.vn/rss"
SPACES = (
    "xmlns:atom='http://www.w3.org/2005/Atom' "
    "xmlns:slash='http://purl.org/rss/1.0/modules/slash/' "
    "xmlns:thr='http://purl.org/syndication/thread/1.0' "
    "xmlns:cc='http://web.resource.org/cc/' "
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
)
CASES = [
    (
        "<enclosure url='/1.mp3' type='audio/mpeg' length='42'/><enclosure url='javascript:x'/>",
        Extras(enclosures=(Enclosure("https://bao.vn/1.mp3", "audio/mpeg", 42),)),
    ),
    (
        "<atom:link rel='enclosure' href='https://a.vn/1' length='many'/>",
        Extras(enclosures=(Enclosure("https://a.vn/1"),)),
    ),
    (
        "<enclosure xml:base='https://a.vn/b/' url='c'/>",
        Extras(enclosures=(Enclosure("https://a.vn/b/c"),)),
    ),
    (
        "<comments>https://bao.vn/1#c</comments><slash:comments>3</slash:comments>",
        Extras(comments_url="https://bao.vn/1#c", comment_count=3),
    ),
    (
        "<atom:link rel='replies' href='/1/r'/><thr:total>5</thr:total>",
        Extras(comments_url="https://bao.vn/1/r", comment_count=5),
    ),
    ("<cc:license rdf:resource='https://cc.org/by'/>", Extras(licence_url="https://cc.org/by")),
    (
        "<atom:link rel='license' href='https://cc.org/by'/>",
        Extras(licence_url="https://cc.org/by"),
    ),
    ("<itunes:subtitle>a &amp;amp; b</itunes:subtitle>", Extras(subtitle="a & b")),
    ("<title>x</title><atom:link href='/1'/>", Extras()),
]


@pytest.mark.parametrize(("inner", "extras"), CASES)
def test_what_stands_beside_the_text_is_read(inner: str, extras: Extras) -> None:
    assert read_extras(etree.fromstring(f"<item {SPACES}>{inner}</item>"), URL) == extras


COUNTS = [("7", 7), (" 7 ", 7), ("-1", None), ("٣", None), ("9" * 99, None), (None, None)]


@pytest.mark.parametrize(("text", "count"), COUNTS)
def test_a_count_is_a_plain_number(text: str | None, count: int | None) -> None:
    assert read_count(text) == count
