"""Sitemaps: what a site lists, with as much as it says of each address."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FetchFailed, NotAFeed
from feeds.ingest.parse import MOST_ENTRIES
from feeds.ingest.sitemap import Index, Part, freshest, joined, read_sitemap
from feeds.model import Image, ParsedFeed

URL = "https://bao.vn/sitemap.xml"
PLAIN = "http://www.sitemaps.org/schemas/sitemap/0.9"
SPACES = (
    f'xmlns="{PLAIN}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?><urlset {SPACES}><url>
<loc> https://bao.vn/tin/1.html </loc><lastmod>2026-11-20T09:00:00+07:00</lastmod>
<news:news><news:publication><news:name>Báo</news:name><news:language>vi</news:language>
</news:publication><news:publication_date>2026-11-20T08:00:00+07:00</news:publication_date>
<news:title>Cảng &amp; biển</news:title><news:keywords>cảng, biển , cảng</news:keywords></news:news>
<image:image><image:loc>/a.jpg</image:loc><image:caption>Tàu</image:caption></image:image></url>
</urlset>"""


def read(text: str | bytes) -> ParsedFeed | Index | None:
    raw = text if isinstance(text, bytes) else text.encode()
    return read_sitemap(raw, {}, URL, "Asia/Ho_Chi_Minh")


def listed(text: str | bytes) -> ParsedFeed:
    found = read(text)
    assert isinstance(found, ParsedFeed)
    return found


def plain(*urls: str, modified: str = "") -> str:
    items = "".join(f"<url><loc>{url}</loc>{modified}</url>" for url in urls)
    return f'<urlset xmlns="{PLAIN}">{items}</urlset>'


def test_a_news_sitemap_gives_titles_dates_languages_and_pictures() -> None:
    found = listed(NEWS)
    (entry,) = found.entries
    assert (entry.url, entry.title) == ("https://bao.vn/tin/1.html", "Cảng & biển")
    assert entry.published == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert (entry.language, entry.categories) == ("vi", ("cảng", "biển"))
    assert entry.image == Image("https://bao.vn/a.jpg", caption="Tàu")
    assert found.listed is None, "it drops what is older than two days"


def test_a_plain_sitemap_gives_addresses_and_says_that_they_are_all() -> None:
    found = listed(
        plain("https://bao.vn/1", "https://bao.vn/2", modified="<lastmod>2026</lastmod>")
    )
    assert [entry.url for entry in found.entries] == ["https://bao.vn/1", "https://bao.vn/2"]
    assert {entry.title for entry in found.entries} == {""}
    assert found.listed == ("https://bao.vn/1", "https://bao.vn/2")


def test_what_is_no_address_is_set_apart_with_its_reason() -> None:
    found = listed(plain("javascript:x", "https://bao.vn/2"))
    assert [one.why for one in found.broken] == ["no web address: 'javascript:x'"]
    assert found.listed is None, "who knows what that line meant"


def test_the_newest_of_too_many_win_and_the_rest_are_counted() -> None:
    many = "".join(
        f"<url><loc>https://bao.vn/{n}</loc><lastmod>2026-11-{1 + n % 20:02}</lastmod></url>"
        for n in range(MOST_ENTRIES + 100)
    )
    found = listed(f"<urlset>{many}</urlset>")
    assert (len(found.entries), found.dropped) == (MOST_ENTRIES, 100)
    assert found.listed is not None
    assert len(found.listed) == MOST_ENTRIES + 100


def test_a_gzipd_file_is_unpacked_and_a_bomb_is_not() -> None:
    assert listed(gzip.compress(NEWS.encode())) == listed(NEWS)
    with pytest.raises(FetchFailed):
        read(gzip.compress(b"<urlset>" + b" " * (9 * 2**20) + b"</urlset>"))


def test_an_index_names_its_parts() -> None:
    raw = (
        f'<sitemapindex xmlns="{PLAIN}"><sitemap><loc>/a.xml</loc><lastmod>2026-11-20</lastmod>'
        "</sitemap><sitemap><loc>ftp://x/</loc></sitemap><sitemap><loc>/b.xml.gz</loc></sitemap>"
        "</sitemapindex>"
    )
    found = read(raw)
    assert isinstance(found, Index)
    assert [part.url for part in found.parts] == ["https://bao.vn/a.xml", "https://bao.vn/b.xml.gz"]
    assert not found.is_dated


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=UTC)


def test_the_newest_parts_come_first_and_archives_are_left_alone() -> None:
    index = Index((Part("old", day(1)), Part("newer", day(19)), Part("newest", day(20))))
    assert [part.url for part in freshest(index, 9)] == ["newest", "newer"]
    assert [part.url for part in freshest(index, 1)] == ["newest"]


def test_parts_without_dates_count_from_the_end() -> None:
    index = Index((Part("1", None), Part("2", None), Part("3", None)))
    assert [part.url for part in freshest(index, 2)] == ["3", "2"]


@given(st.permutations([plain("https://bao.vn/1"), plain("https://bao.vn/2"), NEWS]))
def test_the_order_of_the_parts_changes_no_entry(parts: list[str]) -> None:
    found = joined([listed(part) for part in parts], is_whole=True)
    assert {entry.url for entry in found.entries} == {
        "https://bao.vn/1",
        "https://bao.vn/2",
        "https://bao.vn/tin/1.html",
    }
    assert found.listed is None, "one of them is of news"


def test_other_documents_are_none_of_ours() -> None:
    assert read('<rss version="2.0"><channel/></rss>') is None
    with pytest.raises(NotAFeed):
        read('<!DOCTYPE a [<!ENTITY x "y">]><urlset/>')
