from pathlib import Path

import pytest

from feeds.ingest.discover import discover

SHARED = Path(__file__).parents[3].parent / "shared" / "conformance" / "corpora"
PAGES = sorted((SHARED / "feedvalidator-testcases" / "feedfinder-tests").glob("*html*.html"))
URL = "https://bao.vn/tin/"

CASES = [
    (b"", []),
    (b"<p>no link", []),
    (b"\x00\xff\xfe", []),
    (b'<link rel="alternate" type="application/rss+xml" href="/rss">', ["https://bao.vn/rss"]),
    (
        b'<LINK REL="X ALTERNATE" TYPE="Application/Atom+XML; x" HREF=" a ">',
        ["https://bao.vn/tin/a"],
    ),
    (
        b'<base href="https://b.vn/"><link rel=alternate type=application/feed+json href=f>'
        b"<link rel=alternate type=application/feed+json href=f>",
        ["https://b.vn/f"],
    ),
    (b'<link rel="alternate" type="application/rss+xml" href="javascript:x">', []),
    (b'<link rel="alternate" type="text/html" href="/en">', []),
    (b'<!-- <link rel="alternate" type="application/rss+xml" href="/rss"> -->', []),
]


@pytest.mark.parametrize(("body", "found"), CASES)
def test_a_pages_feeds_are_found(body: bytes, found: list[str]) -> None:
    assert discover(body, URL) == found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_feed_of_each_page_of_the_suite_is_found(page: Path) -> None:
    found = discover(page.read_bytes(), f"http://diveintomark.org/tests/{page.name}")
    assert f"{page.stem}.xml" in [url.rpartition("/")[2] for url in found]
