from typing import Any

import pytest

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import utc_now
from feeds.web.assets import Assets
from feeds.web.front import Front
from feeds.web.lists import name_of, newest_teasers


@pytest.fixture
def front(stock: Any, editorial: Editorial) -> Front:
    return Front(stock.engine, editorial, Settings(), utc_now, Assets())


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("all", "Tinwire"),
        ("section/nhan-quyen", "Human rights"),
        ("topic/giao-duc", "Education"),
        ("author/lam-ha", "Lam Ha"),
        ("source/cuu-long", "Thông tấn Cửu Long"),
        ("section/none", None),
        ("author/none", None),
        ("author/a\0b", None),
        ("section", None),
        ("", None),
    ],
)
def test_a_key_is_named_in_the_readers_language(front: Front, key: str, name: str | None) -> None:
    with front.reading() as connection:
        assert name_of(front, connection, key, "en") == name


def test_lists_are_newest_first_and_only_a_sources_own_holds_duplicates(front: Front) -> None:
    with front.reading() as connection:
        section = newest_teasers(connection, "section/thoi-su", 3, front.descendants)
        source = newest_teasers(connection, "source/cuu-long", 3, front.descendants)
    assert [teaser.title for teaser in section] == [
        "Bảo vệ trẻ em ở Cần Thơ",
        "Bài số 1 về đồng bằng",
        "Bài số 2 về đồng bằng",
    ]
    assert [teaser.title for teaser in source] == [
        "Trẻ em Cần Thơ được bảo vệ",
        "Bài số 1 về đồng bằng",
        "Bài số 3 về đồng bằng",
    ]
    assert {teaser.source_title for teaser in source} == {"Thông tấn Cửu Long"}
