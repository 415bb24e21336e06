"""Markup by hand: whatever values hold, it is what lxml writes, to the byte."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import CDATA, Element, _Element, tostring

from feeds.publish.characters import is_safe
from feeds.publish.markup import (
    attribute,
    content,
    escaped,
    image_suffix,
    image_type,
    text,
)

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
    assert list(escaped(values)) == [*map(text, values), *map(attribute, values)]


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_not_written(bad: str) -> None:
    with pytest.raises(ValueError, match=r"character|surrogate"):
        content(f"x{bad}")


def test_values_with_a_nul_are_not_escaped_together() -> None:
    with pytest.raises(ValueError, match="control character"):
        escaped(["a\0b", "c"])


@pytest.mark.parametrize(
    ("url", "suffix"),
    [
        ("https://i.example.com/a.JPG?w=1", ".jpg"),
        ("https://i.example.com/a", ""),
        ("https://i.example.com/a.php?f=x.png", ""),
    ],
)
def test_a_pictures_type_follows_from_its_path(url: str, suffix: str) -> None:
    assert image_suffix(url) == suffix
    assert image_type(url) == ("image/jpeg" if suffix else None)
