from pathlib import Path

import pytest

from feeds.ingest.discover import candidates, common_places, discover

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


def named(*links: tuple[str, str]) -> bytes:
    return "".join(
        f'<link rel=alternate type=application/rss+xml href="{url}" title="{title}">'
        for url, title in links
    ).encode()


CHOICES = {
    "what stands first": ((("/a", ""), ("/b", "")), URL, "https://bao.vn/a"),
    "not of comments": ((("/comments/feed/", ""), ("/b", "")), URL, "https://bao.vn/b"),
    "not of bình luận": ((("/a", "Bình luận"), ("/b", "Tin")), URL, "https://bao.vn/b"),
    "the page's section": (
        (("/rss/a.rss", ""), ("/rss/tin.rss", "")),
        URL,
        "https://bao.vn/rss/tin.rss",
    ),
    "the front page": ((("/a", ""), ("/b/a.vn", "")), "https://a.vn/", "https://a.vn/a"),
}


@pytest.mark.parametrize(("links", "page", "chosen"), CHOICES.values(), ids=CHOICES)
def test_of_several_feeds_one_is_meant_and_says_why(
    links: tuple[tuple[str, str], ...], page: str, chosen: str
) -> None:
    found = candidates(named(*links), page)
    assert found[0].url == chosen
    assert {one.url for one in found} == set(discover(named(*links), page))
    assert all(one.why for one in found)


def test_common_places_begin_below_the_page() -> None:
    found = common_places("https://bao.vn/tin?x=1#y")
    assert found[0] == "https://bao.vn/tin/feed/"
    assert "https://bao.vn/rss.xml" in found
    assert len(found) == len(set(found)) <= 10
