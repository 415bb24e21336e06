"""Which characters XML 1.0 (§2.2) can't hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.publish.characters import xml_safe


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b", "ab"),
        ("a\x0bb\x1f", "ab"),
        ("a\ud800b", "ab"),
        ("a\ufffeb\uffff", "ab"),
        ("a\tb\nc", "a\tb\nc"),
        ("\U0001f4f0 ]]> & <", "\U0001f4f0 ]]> & <"),
    ],
)
def test_only_forbidden_characters_go(text: str, clean: str) -> None:
    assert xml_safe(text) == clean


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_left_survives_a_trip_through_xml(text: str) -> None:
    element = etree.Element("x")
    element.text = xml_safe(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == xml_safe(text)
