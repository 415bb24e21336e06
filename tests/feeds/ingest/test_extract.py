import gzip
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import process_time

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import BadEntry
from feeds.ingest.extract import extract, read_page
from feeds.model import PageRules
from feeds.text.html import plain

URL = "https://bao.vn/tin"
PARAGRAPH = "Trong những năm qua, thành phố đã tăng cường công tác bảo vệ, chăm sóc trẻ em. " * 3
PAGE = f"""<html lang="vi"><head><meta property="og:title" content="Tin nóng">
<meta property="article:published_time" content="2026-10-05 07:00"></head><body>
<nav><a href="/">Trang chủ</a></nav><article><h1>Tin nóng</h1><p>{PARAGRAPH}</p>
<figure><img data-src="/a.jpg" src="/small.jpg">
<figcaption>Chú thích &lt;1&gt;</figcaption></figure>
<h2>Phần hai</h2><p>{PARAGRAPH} <a href="/b">nối</a></p></article>
<footer>©</footer></body></html>"""
LED = f"""<html><head><meta property="og:image" content="https://cdn.bao.vn/1200/a.jpg"></head><body>
<article><p>{PARAGRAPH}</p><figure><img src="https://cdn.bao.vn/600/a.jpg"><figcaption>Cầu mới.
Ảnh: Hồng Vân</figcaption></figure><p>{PARAGRAPH}</p></article></body></html>"""
PIECES = (
    "<p>chữ ",
    "<div class='article-body'>",
    "</div>",
    "<br><br>",
    "<br>",
    f"{PARAGRAPH}",
    "<i> nghiêng </i> ",
    "<a href='/x'>Xem thêm: bài khác</a>",
    "<ul><li>",
    "</ul>",
    "<blockquote class='twitter-tweet'>",
    "<figure><img src='/a.jpg'><figcaption>chú thích",
    "<table><tr><td>",
    "<h2>Tin liên quan</h2>",
    "<script>x</script>",
    "<img srcset='/a.png 1x, /b.png 2x'>",
)


def test_a_page_with_a_base_of_its_own_leads_where_it_led() -> None:
    based = PAGE.replace(
        "<head>", '<head><base href="https://cdn.vn/x/"><link rel="canonical" href="y">'
    )
    entry = extract(based.replace("/a.jpg", "a.jpg").replace('"/b"', '"b"').encode(), {}, URL).entry
    assert 'href="https://cdn.vn/x/b"' in entry.content
    assert 'src="https://cdn.vn/x/a.jpg"' in entry.content
    assert entry.url == URL


def test_an_article_is_extracted_with_its_pictures_and_captions() -> None:
    page = extract(PAGE.encode(), {}, URL, "Asia/Ho_Chi_Minh")
    entry = page.entry
    assert (entry.title, entry.url, entry.guid, entry.language) == ("Tin nóng", URL, None, "vi")
    assert entry.published == datetime(2026, 10, 5, tzinfo=UTC)
    assert "<h1>" not in entry.content
    assert "<h2>Phần hai</h2>" in entry.content
    assert "<figcaption>Chú thích &lt;1&gt;</figcaption></figure>" in entry.content
    assert plain(entry.content).count("Chú thích") == 1
    assert "Trang chủ" not in entry.content
    assert "Chú thích" not in page.text


def test_the_lead_image_has_the_caption_and_the_credit_of_its_figure() -> None:
    image = extract(LED.encode(), {}, URL).entry.image
    assert image is not None
    assert (image.url, image.caption, image.credit) == (
        "https://cdn.bao.vn/1200/a.jpg",
        "Cầu mới.",
        "Hồng Vân",
    )


def test_the_author_who_signs_below_the_text_is_found_and_the_line_goes() -> None:
    page = PAGE.replace("</article>", '<p style="text-align: right">Hồng Vân</p></article>')
    found = extract(page.encode(), {}, URL)
    assert found.entry.authors == ("Hồng Vân",)
    assert "Hồng Vân" not in found.text


def test_spaces_beside_marked_words_are_kept() -> None:
    marked = f"<p>{PARAGRAPH}</p>Một <i>hai</i> (ba) <b>bốn</b> năm.<br><br>{PARAGRAPH}<br>"
    text = extract(PAGE.replace("<h2>Phần hai</h2>", marked).encode(), {}, URL).text
    assert "Một hai (ba) bốn năm." in text


def test_a_page_that_asks_not_to_be_indexed_says_so() -> None:
    hidden = PAGE.replace("<head>", '<head><meta name="robots" content="noindex">')
    assert not extract(PAGE.encode(), {}, URL).is_noindex
    assert extract(hidden.encode(), {}, URL).is_noindex
    assert extract(PAGE.encode(), {"x-robots-tag": "noindex"}, URL).is_noindex


def test_an_address_that_the_page_names_elsewhere_is_told_and_not_taken() -> None:
    other = PAGE.replace("<head>", '<head><link rel="canonical" href="https://goc.vn/tin">')
    page = extract(other.encode(), {}, URL)
    assert (page.canonical, page.entry.url) == ("https://goc.vn/tin", URL)


def test_a_wall_is_reported_by_reading_and_refused_by_extracting() -> None:
    teaser = f"<title>T</title><article><p>{PARAGRAPH}</p></article><p>Đăng nhập để đọc tiếp</p>"
    assert read_page(teaser.encode(), {}, URL).wall
    with pytest.raises(BadEntry, match="an invitation to subscribe or log in"):
        extract(teaser.encode(), {}, URL)


def test_a_sources_own_rules_choose_body_title_author_and_date() -> None:
    page = f"""<div class="menu"><p>{PARAGRAPH}</p></div>
    <h3 class="t">Tít</h3><i class="by">PV An Nhi</i>
    <b class="d">05/10/2026 07:00</b><div class="detail"><p>Một. {PARAGRAPH}</p>
    <div class="box"><p>Hai. {PARAGRAPH}</p></div></div>"""
    rules = PageRules(".detail", "h3.t", ".by", ".d", (".box",))
    found = extract(page.encode(), {}, URL, "Asia/Ho_Chi_Minh", rules)
    assert "Một." in found.text
    assert "Hai." not in found.text
    assert (found.entry.title, found.entry.authors) == ("Tít", ("PV An Nhi",))
    assert found.entry.published == datetime(2026, 10, 5, tzinfo=UTC)


def test_the_charset_of_a_page_may_stand_in_its_meta_element() -> None:
    page = (
        f'<meta charset="windows-1258"><title>Tin</title><article><p>{"Café de Paris. " * 30}</p>'
    )
    assert "Café" in extract(page.encode("windows-1258"), {}, URL).text


def test_a_body_that_stands_only_in_json_ld_is_taken() -> None:
    data = orjson.dumps(
        {"@type": "NewsArticle", "headline": "T", "articleBody": PARAGRAPH}
    ).decode()
    page = f'<html><body><script type="application/ld+json">{data}</script></body></html>'
    found = extract(page.encode(), {}, URL)
    assert found.entry.content == f"<p>{PARAGRAPH.strip()}</p>"
    assert found.text == PARAGRAPH.strip()


@pytest.mark.parametrize(
    "page", [b"", b"<html></html>", b"<title>T</title><p>ng\xe1\xba\xafn</p>", b"\x00"]
)
def test_a_page_without_an_article_is_refused(page: bytes) -> None:
    with pytest.raises(BadEntry, match="no article text found on the page"):
        extract(page, {}, URL)


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_or_refused(raw: bytes) -> None:
    with pytest.raises(BadEntry):
        extract(raw, {}, URL)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_order_of_markup_is_read_without_a_crash(pieces: list[str]) -> None:
    page = read_page(f"<p>{PARAGRAPH}</p>{''.join(pieces)}".encode(), {}, URL)
    assert "\ue000" not in page.text + page.entry.content


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    return Counter(zip(*(tokens[start:] for start in range(4)), strict=False))


def test_bodies_of_real_pages_are_found(shared: Path) -> None:
    folder = shared / "data" / "html_scrapinghub"
    truth = orjson.loads(gzip.decompress((folder / "ground-truth.json.gz").read_bytes()))
    scores = []
    for name, gold in islice(sorted(truth.items()), 15):
        raw = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        found = _shingles(read_page(raw, {}, gold["url"]).text)
        wanted = _shingles(gold["articleBody"])
        scores.append(2 * (found & wanted).total() / (found.total() + wanted.total()))
    assert sum(scores) / len(scores) > 0.93


SHAPES = [
    "<blockquote><p>mười chữ một câu nói dài</p></blockquote>" * 4_000,
    "<figure><img src='/a.jpg'><figcaption>x</figcaption></figure>" * 4_000,
    "<p class='caption'>chữ</p>" * 4_000,
    f"<div class='article-body'><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></div>" * 300,
    "<div>" + "chữ số một<br><br>" * 8_000,
    "<div>" * 20_000,
    '<li>{"a":' * 40_000,
    "<head>" + '<h4>{"a":</h4>' * 16_000 + "</head><p>Words.</p>",
    "<head>" + '{"a":<br><br>' * 16_000 + "</head><p>Words.</p>",
]


@pytest.mark.parametrize("page", SHAPES, ids=range(len(SHAPES)))
def test_no_shape_of_a_page_takes_time_in_the_square_of_its_size(page: str) -> None:
    start = process_time()
    read_page(page.encode(), {}, URL)
    assert process_time() - start < 5, "about 1 s on an idle machine; the square would be minutes"
