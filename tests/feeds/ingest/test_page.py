"""A page as a tree: opened from any bytes, its blocks, names and texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from feeds.errors import BadEntry
from feeds.ingest.page import (
    base_of,
    blocks,
    drop,
    holds_place,
    is_longer,
    key,
    names_of,
    open_page,
    words_of,
)


def test_a_page_is_decoded_by_its_own_declaration_and_loses_what_no_text_may_carry() -> None:
    root = open_page("<meta charset=windows-1258><p>Ca\x01f\xe9</p>".encode("latin-1"), {})
    assert words_of(root) == "Café"


def test_nothing_is_no_page() -> None:
    with pytest.raises(BadEntry, match="no article text"):
        open_page(b"", {})


FILES = [
    (b"%PDF-1.4 " + b"words " * 200, "text/html"),
    (b"words " * 200, "application/pdf"),
    (b"\x89PNG\r\n", ""),
    (b'{"text": "' + b"words " * 200, "application/json; charset=utf-8"),
    (b"PK\x03\x04", "application/octet-stream"),
    (b"ID3", "audio/mpeg"),
]


@pytest.mark.parametrize(("raw", "declared"), FILES)
def test_a_file_of_another_kind_is_no_page(raw: bytes, declared: str) -> None:
    with pytest.raises(BadEntry, match="a file of another kind"):
        open_page(raw, {"content-type": declared})


@pytest.mark.parametrize("declared", ["application/octet-stream", "image/jpeg", "application/json"])
def test_what_begins_as_markup_is_a_page_whatever_its_server_says(declared: str) -> None:
    assert words_of(open_page(b"\xef\xbb\xbf<p>Tin</p>", {"content-type": declared})) == "Tin"
    assert words_of(open_page(b"Tin", {"content-type": "application/xhtml+xml"})) == "Tin"


def test_pictures_of_amp_are_pictures() -> None:
    root = open_page(b'<p>a<amp-img src="/1.jpg"><noscript><img src="/2.jpg"></noscript></p>', {})
    assert [each.get("src") for each in root.iter("img")] == ["/1.jpg", "/2.jpg"]


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("", "https://bao.vn/a/tin"),
        ('<base target="_blank"><base href="/b/"><base href="/c/">', "https://bao.vn/b/"),
        ('<base href="https://cdn.vn/x/">', "https://cdn.vn/x/"),
        ('<base href="javascript:x">', "https://bao.vn/a/tin"),
    ],
)
def test_relative_addresses_are_against_the_base_that_a_page_names(head: str, base: str) -> None:
    root = html.document_fromstring(f"<html><head>{head}</head><body></body></html>")
    assert base_of(root, "https://bao.vn/a/tin") == base


PLACES = ["https://s0.wp.com/i/blank.jpg", "/x_blank.png?v=1", "/social_placeholder.png"]
PLACES += ["/ajax-loader.gif", "pixel.gif", "/1x1.png", "/no-image.jpg", "/lazyload.gif"]
PICTURES = ["/google-pixel.jpg", "/loading-dock.jpg", "/blank-space.jpg", "/a.jpg", "/blank/a.jpg"]


@pytest.mark.parametrize("address", PLACES)
def test_what_holds_a_pictures_place_is_told_by_its_name(address: str) -> None:
    assert holds_place(address)


@pytest.mark.parametrize("address", [*PICTURES, ""])
def test_a_picture_of_something_holds_no_place(address: str) -> None:
    assert not holds_place(address)


def test_only_the_innermost_blocks_hold_text() -> None:
    root = html.fromstring("<div><blockquote><p>a</p></blockquote><ul><li>b</li></ul></div>")
    assert [block.tag for block in blocks(root)] == ["p", "li"]


@pytest.mark.parametrize(
    ("markup", "names"),
    [
        ('<p class="articleBody detail_text" id="X1">', "article-body detail-text x1"),
        ("<p>", ""),
    ],
)
def test_publishers_names_are_brought_to_one_spelling(markup: str, names: str) -> None:
    assert names_of(html.fragment_fromstring(markup)) == names


def test_what_follows_a_dropped_element_stays() -> None:
    root = html.fromstring("<p>a<b>x</b>b<i>y</i><b>z</b>c</p>")
    for element in list(root.iter("b")):
        drop(element)
    assert html.tostring(root, encoding="unicode") == "<p>ab<i>y</i>c</p>"
    drop(root)


@given(st.text())
def test_a_key_is_its_own_key_and_ignores_space(text: str) -> None:
    assert key(key(text)) == key(text)
    assert key(text.replace(" ", "\n ")) == key(text)


BEYOND_MEASURE = [
    ("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x</p>", "a tag of more than"),
    ("<b>" * 50_001, "a page of more than 50000 tags"),
]


@pytest.mark.parametrize(("page", "why"), BEYOND_MEASURE)
def test_a_page_beyond_all_measure_is_refused_before_it_is_parsed(page: str, why: str) -> None:
    with pytest.raises(BadEntry, match=why):
        open_page(page.encode(), {})


def test_pictures_written_into_a_page_are_no_long_tags() -> None:
    page = f'<p>a<img src="data:image/png;base64,{"A" * 100_000}" alt="b"></p>'
    assert open_page(page.encode(), {}).find(".//img") is not None


@pytest.mark.parametrize(("most", "longer"), [(4, True), (5, False)])
def test_longer_is_told_without_white_space(most: int, longer: bool) -> None:
    assert is_longer(html.fromstring("<p> ab <b> cde </b></p>"), most) is longer
