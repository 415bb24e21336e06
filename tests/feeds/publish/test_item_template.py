"""Items by template: byte for byte what feedgen writes of the same item, whatever it says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import Image
from feeds.publish.atom import atom_drawn, atom_entry
from feeds.publish.characters import is_safe
from feeds.publish.document import Category, Elsewhere, FeedItem, Person
from feeds.publish.item_template import lines
from feeds.publish.rss import rss_drawn, rss_item

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NASTY = ["&", "<", ">", '"', "'", "\t", "\n", "\r", "]]>", "<![CDATA[", "&amp;", "</item>"]
# Also what stands for values in templates: numbers and letters that no one else writes.
MARKS = [
    "\ue0f11\ue0f2",
    "\ue0f3",
    "\ue0f18\ue0f2.jpg",
    "902304057013",
    "2001-02-03T04:05:06+00:00",
]
SAFE = (
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",))) | st.sampled_from(NASTY + MARKS),
        max_size=3,
    )
    .map("".join)
    .filter(is_safe)
)
SAID = SAFE.map(lambda said: said or "x")
URLS = st.sampled_from(["https://e.example/a?x=1&y=2", "http://e.example/%C7", "https://e.example"])
PICTURES = st.builds(
    Image,
    st.sampled_from(["https://i.example/a.JPG?w=1&h=2", "https://i.example/b.png", "http://i/a"]),
    SAFE,
    SAFE,
    SAFE,
    st.none() | st.integers(0, 3000),
    st.none() | st.integers(0, 3000),
)
MOMENTS = st.integers(0, 10**9).map(lambda n: NOON - timedelta(seconds=n, microseconds=n % 7))
ITEMS = st.builds(
    FeedItem,
    id=SAID,
    link=URLS,
    title=SAID,
    summary=SAID,
    html=SAFE,
    published=MOMENTS,
    updated=MOMENTS,
    language=st.sampled_from(["vi", "en", ""]),
    external_url=st.none() | URLS,
    image=st.none() | PICTURES,
    authors=st.lists(st.builds(Person, SAID, URLS), max_size=3).map(tuple),
    categories=st.lists(st.builds(Category, SAID, URLS, SAID), max_size=3).map(tuple),
    source_title=SAFE,
    source_url=st.none() | URLS,
    also_by=st.lists(st.builds(Elsewhere, SAFE, SAID, URLS), max_size=3).map(tuple),
)


@settings(deadline=None, max_examples=200)
@given(item=ITEMS)
def test_an_item_is_what_feedgen_writes(item: FeedItem) -> None:
    assert rss_item(item) == rss_drawn(item, lines(item))
    assert atom_entry(item) == atom_drawn(item, lines(item))


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize("field", ["title", "html", "summary", "id"])
@pytest.mark.parametrize("write", [rss_item, atom_entry])
def test_what_xml_cannot_hold_is_not_written(write: Any, field: str, bad: str) -> None:
    whole = FeedItem("x", "http://e/", "x", "x", "x", NOON, NOON, "vi")
    assert write(whole)
    with pytest.raises(ValueError, match=r"character|surrogate"):
        write(replace(whole, **{field: f"a{bad}"}))


@pytest.mark.parametrize("write", [rss_item, atom_entry])
def test_an_item_without_a_title_is_not_written(write: Any) -> None:
    with pytest.raises(ValueError, match="no title"):
        write(FeedItem("x", "http://e/", "", "x", "x", NOON, NOON, "vi"))


def test_who_answers_is_named_by_name_or_host() -> None:
    item = FeedItem("x", "http://e/", "x", "x", "", NOON, NOON, "vi")
    assert lines(item).byline == "e"
    assert lines(replace(item, external_url="http://bao.vn/1")).byline == "bao.vn"
    assert lines(replace(item, source_title="Báo")).byline == "Báo"
    people = (Person("An", "http://e/a"), Person("Bình", "http://e/b"))
    assert lines(replace(item, authors=people)).byline == "An, Bình"
