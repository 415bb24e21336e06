import pytest
from lxml import etree

from feeds.foreign import Person
from feeds.ingest.plainly import (
    Unknown,
    check,
    fixed,
    ignore,
    person,
    plain_text,
    resolved,
    resolved_id,
)


def element(text: str) -> etree._Element:
    return etree.fromstring(text)


def test_text_is_plain_without_children_and_unknown_attributes() -> None:
    assert plain_text(None) == ""
    assert plain_text(element("<a> x\n</a>")) == "x"
    assert plain_text(element("<a b='1'>x</a>"), frozenset("b")) == "x"
    for odd in ("<a b='1'>x</a>", "<a>x<b/></a>"):
        with pytest.raises(Unknown):
            plain_text(element(odd))


def test_utf_8_encoded_twice_is_undone() -> None:
    assert fixed("Ã¡") == "á"
    assert fixed("á") == "á"
    assert fixed("đ Ã¡") == "đ Ã¡"


ADDRESSES = [
    ("https://bao.vn/1?a=1&amp;b=2", "https://bao.vn/1?a=1&b=2"),
    ("http://bao.vn:8080", "http://bao.vn:8080"),
    ("/1", None),
    ("https://bao.vn/1#", None),
    ("https://bao.vn/a b", None),
    ("https://[::1]/", None),
    ("", None),
]


@pytest.mark.parametrize(("link", "address"), ADDRESSES)
def test_only_plain_addresses_pass(link: str, address: str | None) -> None:
    if address is None:
        with pytest.raises(Unknown):
            resolved(link)
    else:
        assert resolved(link) == address


def test_an_id_may_be_any_uri() -> None:
    assert resolved_id("tag:bao.vn,2026:1") == "tag:bao.vn,2026:1"
    assert resolved_id("") == ""
    with pytest.raises(Unknown):
        resolved_id("1")


def test_a_person_is_a_name_an_address_or_both() -> None:
    assert person("An") == Person("An")
    assert person("a@bao.vn (An)") == Person("An", "a@bao.vn")
    assert person("a@bao.vn") == Person("", "a@bao.vn")
    with pytest.raises(Unknown):
        person("An <a@bao.vn>")


def test_only_known_elements_are_passed_over() -> None:
    slash = "xmlns='http://purl.org/rss/1.0/modules/slash/'"
    ignore(element(f"<comments {slash}>3</comments>"))
    ignore(element("<site xmlns='com-wordpress:feed-additions:1'>1</site>"))
    for odd in (
        "<x/>",
        f"<x {slash}><title/></x>",
        "<title xmlns='com-wordpress:feed-additions:1'/>",
    ):
        with pytest.raises(Unknown):
            ignore(element(odd))


@pytest.mark.parametrize("text", ["<a>\x93</a>", "<a>&#147;</a>", "<a>&#x93;</a>"])
def test_windows_characters_are_not_plain(text: str) -> None:
    with pytest.raises(Unknown):
        check(element("<rss/>"), text)
    check(element("<rss/>"), "<a>&#1470; &#x930; é\xa0</a>")
