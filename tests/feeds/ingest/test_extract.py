import gzip
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import BadEntry
from feeds.ingest.extract import extract
from feeds.text.html import plain

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "html_scrapinghub"
URL = "https://bao.vn/tin"
PARAGRAPH = "Trong những năm qua, thành phố đã tăng cường công tác bảo vệ, chăm sóc trẻ em. " * 3
PAGE = f"""<html lang="vi"><head><meta property="og:title" content="Tin nóng">
<meta property="article:published_time" content="2026-10-05 07:00"></head><body>
<nav><a href="/">Trang chủ</a></nav><article><h1>Tin nóng</h1><p>{PARAGRAPH}</p>
<figure><img data-src="/a.jpg" src="/small.jpg">
<figcaption>Chú thích &lt;1&gt;</figcaption></figure>
<h2>Phần hai</h2><p>{PARAGRAPH} <a href="/b">nối</a></p></article>
<footer>©</footer></body></html>"""


def test_an_article_is_extracted_with_its_pictures_and_captions() -> None:
    entry = extract(PAGE.encode(), {}, URL, "Asia/Ho_Chi_Minh")
    assert (entry.title, entry.url, entry.guid, entry.language) == ("Tin nóng", URL, None, "vi")
    assert entry.published == datetime(2026, 10, 5, tzinfo=UTC)
    assert "<h1>" not in entry.content
    assert "<h2>Phần hai</h2>" in entry.content
    assert "<figcaption>Chú thích &lt;1&gt;</figcaption></figure>" in entry.content
    assert plain(entry.content).count("Chú thích") == 1
    assert "Trang chủ" not in entry.content


def test_the_charset_of_a_page_may_stand_in_its_meta_element() -> None:
    page = (
        f'<meta charset="windows-1258"><title>Tin</title><article><p>{"Café de Paris. " * 30}</p>'
    )
    assert "Café" in extract(page.encode("windows-1258"), {}, URL).content


def test_a_body_that_stands_only_in_json_ld_is_taken() -> None:
    data = orjson.dumps(
        {"@type": "NewsArticle", "headline": "T", "articleBody": PARAGRAPH}
    ).decode()
    page = f'<html><body><script type="application/ld+json">{data}</script></body></html>'
    assert extract(page.encode(), {}, URL).content == f"<p>{PARAGRAPH.strip()}</p>"


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


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    return Counter(zip(*(tokens[start:] for start in range(4)), strict=False))


def test_bodies_of_real_pages_are_found() -> None:
    truth = orjson.loads(gzip.decompress((SHARED / "ground-truth.json.gz").read_bytes()))
    scores = []
    for name, gold in islice(sorted(truth.items()), 15):
        raw = gzip.decompress((SHARED / "html" / f"{name}.html.gz").read_bytes())
        found = _shingles(plain(extract(raw, {}, gold["url"]).content))
        wanted = _shingles(gold["articleBody"])
        scores.append(2 * (found & wanted).total() / (found.total() + wanted.total()))
    assert sum(scores) / len(scores) > 0.9
