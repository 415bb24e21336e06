"""The product in the forms that the conformance tools ask for."""

import pytest

from bench.adapters import canonical, discover


def test_a_page_gives_its_feeds() -> None:
    page = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    assert discover(page, "https://a.vn/x") == ["https://a.vn/feed"]


def test_an_address_is_written_in_our_way_or_refused() -> None:
    assert canonical("HTTP://a.vn:80/?utm_source=x") == "http://a.vn/"
    with pytest.raises(ValueError, match="no web address"):
        canonical("mailto:a@a.vn")
