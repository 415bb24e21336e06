"""What feeds say of themselves, by their keys."""

import pytest

from config.editorial import Editorial
from config.settings import Settings
from feeds.publish.head import block_name, head_of, page_path


@pytest.mark.parametrize(
    ("key", "title", "page"),
    [
        ("all", "{site}", ""),
        ("featured", "Nổi bật – {site}", ""),
        ("most-read", "Bài đọc nhiều – {site}", ""),
        ("section/nhan-quyen", "Nhân quyền – {site}", "section/nhan-quyen"),
        ("story/0000000000001", "Lũ về sớm – {site}", "story/0000000000001"),
        ("author/nobody", "author/nobody – {site}", "author/nobody"),
    ],
)
def test_a_feed_is_titled_and_mirrors_a_page(
    editorial: Editorial, key: str, title: str, page: str
) -> None:
    settings = Settings(public_url="https://news.example")
    head = head_of(editorial, settings, key, {"story/0000000000001": "Lũ về sớm"})
    assert head.title == title.format(site=editorial.site.title)
    assert head.page_url == f"https://news.example/{page}"
    assert page_path(key) == page
    assert head.is_whole == (key in ("featured", "most-read"))


def test_only_blocks_of_the_front_page_are_named_by_it(editorial: Editorial) -> None:
    assert block_name(editorial.site, "most-read", "en") == "Most read"
    assert block_name(editorial.site, "newest", "en") is None
