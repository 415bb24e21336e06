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
    resolved_text,
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


BASE = "https://bao.vn/rss/tin"
ADDRESSES = [
    ("https://bao.vn/1?a=1&b=2", "https://bao.vn/1?a=1&b=2"),
    ("https://bao.vn/1?a=1&amp;b=2", None),
    ("http://bao.vn:8080", "http://bao.vn:8080"),
    ("/1", "https://bao.vn/1"),
    ("/a?b=1&c=/d", "https://bao.vn/a?b=1&c=/d"),
    ("/../1", None),
    ("//c.vn/1", None),
    ("1", "https://bao.vn/rss/1"),
    ("/", "https://bao.vn/"),
    ("?a=1", None),
    ("https://bao.vn/1#", None),
    ("https://bao.vn/a b", None),
    ("https://[::1]/", None),
    ("", None),
]


@pytest.mark.parametrize(("link", "address"), ADDRESSES)
def test_only_plain_addresses_pass(link: str, address: str | None) -> None:
    if address is None:
        with pytest.raises(Unknown):
            resolved(link, BASE)
    else:
        assert resolved(link, BASE) == address


def test_references_are_undone_in_the_text_of_a_link_alone() -> None:
    assert resolved_text("https://bao.vn/1?a=1&amp;b=2", BASE) == "https://bao.vn/1?a=1&b=2"
    assert resolved_text("/a?a&amp;b", BASE) == "https://bao.vn/a?a&b"


def test_an_id_may_be_any_uri() -> None:
    assert resolved_id("tag:bao.vn,2026:1", BASE) == "tag:bao.vn,2026:1"
    assert resolved_id("", BASE) == ""
    assert resolved_id("1", BASE) == "https://bao.vn/rss/1"
    with pytest.raises(Unknown):
        resolved_id("a b", BASE)


def test_a_person_is_a_name_an_address_or_both() -> None:
    assert person("An") == Person("An")
    assert person("a@bao.vn (An)") == Person("An", "a@bao.vn")
    assert person("a@bao.vn") == Person("", "a@bao.vn")
    with pytest.raises(Unknown):
        person("An <a@bao.vn>")


SLASH = "xmlns:s='http://purl.org/rss/1.0/modules/slash/'"
IGNORED = [
    f"<s:comments {SLASH}>3</s:comments>",
    "<site xmlns='com-wordpress:feed-additions:1'>1</site>",
    "<x:a xmlns:x='urn:x'><x:title>b</x:title></x:a>",
]
MEANT = [
    "<x/>",
    f"<s:x {SLASH}><title/></s:x>",
    "<title xmlns='com-wordpress:feed-additions:1'/>",
    "<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'/>",
    "<media:content xmlns:media='urn:x'/>",
]


@pytest.mark.parametrize("text", IGNORED)
def test_elements_without_a_meaning_are_passed_over(text: str) -> None:
    ignore(element(text))


@pytest.mark.parametrize("text", MEANT)
def test_elements_with_a_meaning_are_not(text: str) -> None:
    with pytest.raises(Unknown):
        ignore(element(text))


@pytest.mark.parametrize("text", ["<title>\x93</title>", "<title>&#147;</title>"])
def test_windows_characters_in_texts_are_read_as_such(text: str) -> None:
    rss = f"<rss><item>{text}<guid>\xe9</guid></item></rss>"
    root = element(rss)
    assert check(root, rss.encode()).findtext("item/title") == "“"
    assert root.findtext("item/title") == "\x93"
    text = "<a>&#1470; &#x930; é\xa0</a>"
    plain = element(text)
    assert check(plain, text.encode()) is plain


def test_windows_characters_in_an_id_are_left_to_the_reference() -> None:
    text = "<rss><guid>\x93</guid></rss>"
    with pytest.raises(Unknown):
        check(element(text), text.encode())
