import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree


def _asked(web: Any, url: str, more: str = "") -> Any:
    return web.ask(f"/oembed?url={quote(url, safe='')}{more}")


@pytest.mark.parametrize("path", ["/", "/section/nhan-quyen", "/source/ben-do", "/author/lam-ha"])
def test_a_list_becomes_its_sandboxed_frame(web: Any, path: str) -> None:
    answer = _asked(web, web.url + path)
    assert answer.headers["access-control-allow-origin"] == "*"
    found = json.loads(answer.body)
    assert (found["version"], found["type"]) == ("1.0", "rich")
    assert "allow-same-origin" not in found["html"]
    address = re.findall('src="([^"]+)"', found["html"])[0]
    assert web.ask(address.removeprefix(web.url)).status == 200


def test_an_article_becomes_its_headline(web: Any, public: Callable[[str], str]) -> None:
    found = json.loads(_asked(web, f"{web.url}/article/{public('lead')}").body)
    assert found["title"] == "Bảo vệ trẻ em ở Cần Thơ"
    assert found["html"].startswith("<blockquote")


def test_the_other_sites_sizes_are_respected(web: Any) -> None:
    found = json.loads(_asked(web, web.url + "/", "&maxwidth=320&maxheight=200").body)
    assert (found["width"], found["height"]) == (320, 200)
    assert 'width="320" height="200"' in found["html"]
    odd = json.loads(_asked(web, web.url + "/", "&maxwidth=-1&maxheight=x").body)
    assert (odd["width"], odd["height"]) == (600, 560)


def test_xml_says_what_json_says(web: Any) -> None:
    answer = _asked(web, web.url + "/section/nhan-quyen", "&format=xml")
    assert answer.headers["content-type"].startswith("text/xml")
    root = etree.fromstring(answer.body)
    found = json.loads(_asked(web, web.url + "/section/nhan-quyen").body)
    assert root.tag == "oembed"
    assert {child.tag: child.text for child in root} == {
        name: str(value) for name, value in found.items()
    }


def test_what_is_not_ours_is_not_found_and_other_formats_are_not_there(web: Any) -> None:
    for url in (
        "",
        "https://elsewhere.example/section/nhan-quyen",
        f"{web.url}/section/nowhere",
        f"{web.url}/article/zzz",
        f"{web.url}/healthz",
        f"{web.url}/source/%00",
        "javascript:alert(1)",
        "http://[",
    ):
        assert _asked(web, url).status == 404, url
    assert _asked(web, web.url + "/", "&format=yaml").status == 501


def test_pages_name_their_oembed(web: Any, public: Callable[[str], str]) -> None:
    for path in ("/", "/section/nhan-quyen", f"/article/{public('lead')}"):
        links = re.findall('<link[^>]+json.oembed"[^>]*href="([^"]+)"', web.ask(path).text)
        assert len(links) == 1
        assert web.ask(links[0].removeprefix(web.url)).status == 200
