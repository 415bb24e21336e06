"""Slips that would swallow the rest of a text."""

import pytest

from feeds.text.html import plain, sanitise
from feeds.text.slips import without_slips


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("a<iframe src='https://x.vn/'/> b", "a b"),
        ("a<iframe src='https://x.vn/'> b", "a b"),
        ("a<iframe src='https://x.vn/'> b</iframe> c", "a b c"),
        ("a<IFRAME src='https://x.vn/'><a href='/x'>b</a></IFRAME>", "ab"),
        ("a<iframe>Your browser does not support frames.</iframe>b", "ab"),
        ("a<iframe>Trình duyệt quá cũ</iframe>b", "ab"),
        ("a<iframe title='<'>b</iframe>c", "ac"),
        ("a<script/>b", "ab"),
        ("a<object data='x'> b</object>", "a b"),
        ("a<!-- -- x >b", "ab"),
        ("a<!-- x --><!-- y", "a"),
        ("a <!' <b>b</b>", "a <!' b"),
        ("<!DOCTYPE", "<!DOCTYPE"),
        ("<!doctype html><p>a", "a"),
        ("<math><mi>a</mi><mo>+</mo><annotation>b</annotation></math>", "a+"),
        ("<svg><title>a</title><text>b</text></svg>", "b"),
    ],
)
def test_what_follows_a_slip_is_not_lost(written: str, words: str) -> None:
    assert plain(written) == plain(sanitise(written)) == words


@pytest.mark.parametrize(
    "written",
    [
        "<p>a<br/>b <img src='x'/></p>",
        "a<!-- b -->c<![CDATA[d]]>",
        "a < b, a &lt;! b",
    ],
)
def test_anything_else_stays_as_it_is(written: str) -> None:
    assert without_slips(written) == written


@pytest.mark.parametrize(
    "scrap", ["<!--", "<iframe ", "<iframe>", "<iframe>browser", "<!", "/>", "<svg ", "</iframe"]
)
def test_masses_of_slips_cost_no_more_than_their_length(scrap: str) -> None:
    assert isinstance(without_slips(scrap * 60_000), str)


def test_words_after_an_icon_stay() -> None:
    assert sanitise('<p>a <svg><path d="M0"/></svg> b</p>') == "<p>a  b</p>"
