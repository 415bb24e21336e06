import json
from typing import Any

import pytest

from config.site import BLOCK_KINDS


@pytest.fixture
def found(web: Any, public: Any) -> dict[str, Any]:
    answer = web.ask(f"/article/{public('lead')}.json")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    made: dict[str, Any] = json.loads(answer.body)
    return made


def test_json_tells_the_article_with_the_publishers_address(
    web: Any, public: Any, found: dict[str, Any]
) -> None:
    assert found["id"] == public("lead")
    assert found["title"] == "Bảo vệ trẻ em ở Cần Thơ"
    assert found["url"] == "https://ben-do.example/lead.html"
    assert found["page"] == f"{web.url}/article/{public('lead')}"
    assert found["authors"] == [
        {"name": "Lam Ha", "slug": "lam-ha", "url": f"{web.url}/author/lam-ha"}
    ]
    assert found["section"] == {"slug": "nhan-quyen", "breadcrumb": ["Thời sự", "Nhân quyền"]}
    assert found["published"] == found["updated"] == "2026-03-02T04:50:00Z"
    assert found["source"] == {
        "name": "ben-do",
        "title": "Nhật báo Bến Đò",
        "url": "https://ben-do.example/feed.xml",
    }
    assert found["image"]["url"] == "https://images.example/song.jpg"
    assert found["html"] == "<p>Nội dung của bài Bảo vệ trẻ em ở Cần Thơ.</p>"


def test_every_block_is_there_and_each_item_says_why(
    web: Any, public: Any, found: dict[str, Any]
) -> None:
    assert set(found["blocks"]) == set(BLOCK_KINDS)
    first = found["blocks"]["same_topic"][0]
    assert first["title"] == "Bài số 1 về đồng bằng"
    assert first["why"] == "both: Cần Thơ"
    assert first["url"] == f"{web.url}/article/{public('other-1')}"
    assert first["source"] == "Thông tấn Cửu Long"
    assert first["published"] == "2026-03-02T04:39:00Z"
    assert set(first) == {
        "id",
        "title",
        "excerpt",
        "url",
        "image",
        "published",
        "source",
        "why",
    }


def test_no_article_stands_twice_nor_beside_itself(public: Any, found: dict[str, Any]) -> None:
    shown = [item["id"] for items in found["blocks"].values() for item in items]
    assert len(shown) == len(set(shown))
    assert public("lead") not in shown
    assert public("copy") not in shown


def test_a_duplicate_names_its_lead(web: Any, public: Any) -> None:
    copy = json.loads(web.ask(f"/article/{public('copy')}.json").body)
    assert copy["id"] == public("copy")
    assert copy["canonical"] == f"{web.url}/article/{public('lead')}"
    assert copy["also_by"][0]["page"] == copy["canonical"]
