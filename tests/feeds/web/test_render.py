import pytest

from feeds.web.render import feed_path, web_address


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b", "https://a.example/b"),
        ("http://a.example", "http://a.example"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_become_links(url: str | None, shown: str) -> None:
    assert web_address(url) == shown


def test_a_feeds_path_keeps_its_slashes_and_escapes_the_rest() -> None:
    assert feed_path("section/nhan-quyen", "rss") == "/feeds/section/nhan-quyen.rss"
    assert feed_path('author/a b"', "json") == "/feeds/author/a%20b%22.json"
