"""Differences from feedparser have a kind, and kinds a reason."""

import pytest

from bench.eval.agreement import REASONS, UNEXPLAINED, compare

URL = "https://bao.vn/rss"


def rss(item: str) -> bytes:
    return f"<rss version='2.0'><channel><item>{item}</item></channel></rss>".encode()


CASES = [
    (rss("<title>a</title><guid>x</guid>"), ["id as sent", "relative id"]),
    (rss("<title>a</title><guid isPermaLink='false'>X/1 </guid>"), []),
    (rss("<title>a &amp;amp;amp; b</title><link>/1</link>"), []),
    (rss("<guid>/1</guid><title>b</title>"), ["id as sent", "relative id"]),
    (rss("<title>a</title><description>b &lt;iframe>c&lt;/iframe> d</description>"), []),
    (b"<html><body>404</body></html>", ["no feed"]),
    (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1"}]}', ["JSON Feed"]),
]


@pytest.mark.parametrize(("raw", "kinds"), CASES)
def test_a_difference_is_told_by_its_kind(raw: bytes, kinds: list[str]) -> None:
    found = [each.kind for each in compare("x", raw, URL)[1]]
    assert found == kinds
    assert all(kind in REASONS for kind in kinds)
    assert UNEXPLAINED not in REASONS
