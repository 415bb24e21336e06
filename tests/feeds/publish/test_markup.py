"""Markup by hand: whatever values hold, it is what lxml writes, to the byte."""

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import CDATA, Element, SubElement, _Element, fromstring, tostring

from feeds.model import Image
from feeds.publish.characters import is_safe
from feeds.publish.document import Elsewhere
from feeds.publish.elements import MEDIA
from feeds.publish.markup import attribute, content, picture, related, text, texts, written

NASTY = ["&", "<", ">", '"', "'", "\t", "\n", "\r", "]]>", "<![CDATA[", "&amp;"]
SAFE = (
    st.lists(st.text(st.characters(exclude_categories=("Cs",))) | st.sampled_from(NASTY))
    .map("".join)
    .filter(is_safe)
)


def _tree(tag: str, said: str | CDATA | None = None, **attributes: str) -> _Element:
    element = Element(tag, attributes)
    element.text = said
    return element


_bytes = partial(tostring, encoding="UTF-8")


@given(value=SAFE)
def test_values_are_escaped_as_lxml_escapes_them(value: str) -> None:
    assert f"<a>{text(value)}</a>".encode() == _bytes(_tree("a", value))
    assert f'<a b="{attribute(value)}"/>'.encode() == _bytes(_tree("a", b=value))
    literal = value if "]]>" in value or "\r" in value else CDATA(value)
    assert b"<a>" + content(value) + b"</a>" == _bytes(_tree("a", literal))


@given(values=st.lists(SAFE, min_size=1, max_size=4))
def test_values_are_escaped_together_as_each_alone(values: list[str]) -> None:
    assert list(texts(*values)) == [text(one) for one in values]


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_not_written(bad: str) -> None:
    with pytest.raises(ValueError, match=r"character|surrogate"):
        written(f"<a>{bad}", b"", "</a>")
    with pytest.raises(ValueError, match=r"character|surrogate"):
        written("<a>", content(f"x{bad}"), "</a>")


@given(publisher=SAFE, title=SAFE, url=SAFE)
def test_who_else_tells_it_is_a_link(publisher: str, title: str, url: str) -> None:
    said = f"{publisher}: {title}" if publisher else title
    link = _tree("link", href=url, rel="related", title=said)
    assert related("link", [Elsewhere(publisher, title, url)]).encode() == _bytes(link)


PICTURES = st.builds(
    Image,
    st.sampled_from(["https://i.example.com/a.JPG?w=1&h=2", 'x"y', "https://i.example.com/a"]),
    SAFE,
    SAFE,
    SAFE,
    st.none() | st.integers(0, 3000),
    st.none() | st.integers(0, 3000),
)


@given(image=PICTURES)
def test_a_picture_is_told_as_trees_tell_it(image: Image) -> None:
    root = Element("item", nsmap={"media": MEDIA})
    size = {name: str(value) for name in ("width", "height") if (value := getattr(image, name))}
    kind = {"type": "image/jpeg"} if ".JPG" in image.url else {}
    told: dict[str, Any] = {"url": image.url, "medium": "image", **kind, **size}
    whole = SubElement(root, f"{{{MEDIA}}}content", told)
    if caption := image.caption or image.alt:
        SubElement(whole, f"{{{MEDIA}}}description", type="plain").text = caption
    if image.credit:
        SubElement(whole, f"{{{MEDIA}}}credit").text = image.credit
    SubElement(root, f"{{{MEDIA}}}thumbnail", {"url": image.url, **size})
    assert f'<item xmlns:media="{MEDIA}">{picture(image)}</item>'.encode() == _bytes(root)


def _written(image: Image) -> _Element:
    return fromstring(f'<item xmlns:media="{MEDIA}">{picture(image)}</item>')


def test_picture_is_told_with_size_caption_and_credit() -> None:
    image = Image("https://i.example.com/a.JPG?w=1", "Ảnh", "AFP", width=800, height=600)
    content, thumbnail = _written(image)
    assert dict(content.attrib) == {
        "url": "https://i.example.com/a.JPG?w=1",
        "medium": "image",
        "type": "image/jpeg",
        "width": "800",
        "height": "600",
    }
    assert content.findtext(f"{{{MEDIA}}}description") == "Ảnh"
    assert content.findtext(f"{{{MEDIA}}}credit") == "AFP"
    assert thumbnail.tag == f"{{{MEDIA}}}thumbnail"
    assert thumbnail.get("url") == content.get("url")


def test_alternative_text_stands_in_for_a_missing_caption() -> None:
    content = _written(Image("https://i.example.com/a.png", alt="Một người"))[0]
    assert content.findtext(f"{{{MEDIA}}}description") == "Một người"


@pytest.mark.parametrize("url", ["https://i.example.com/a", "https://i.example.com/a.php?f=x.png"])
def test_what_is_not_known_is_not_told(url: str) -> None:
    content = _written(Image(url))[0]
    assert dict(content.attrib) == {"url": url, "medium": "image"}
    assert len(content) == 0
