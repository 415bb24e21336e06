from config.editorial import Editorial
from feeds.web.structured import block_names


def test_blocks_are_named_in_the_readers_language_and_the_sites_order(
    editorial: Editorial,
) -> None:
    assert list(block_names(editorial.site, "vi").items())[:2] == [
        ("same_topic", "Cùng chủ đề"),
        ("featured", "Nổi bật"),
    ]
    assert block_names(editorial.site, "en")["most_read"] == "Most read"
    assert block_names(editorial.site, "fr")["most_read"] == "Bài đọc nhiều"
