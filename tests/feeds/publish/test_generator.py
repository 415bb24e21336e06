"""What RSS and Atom have in common: nothing is lost on the way, nothing moves, nothing breaks."""

from calendar import timegm
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import Article, Image
from feeds.publish.atom import render_atom
from feeds.publish.characters import xml_safe
from feeds.publish.document import FeedDocument, Person, document
from feeds.publish.feed_head import FeedHead
from feeds.publish.rss import render_rss

Render = Callable[[FeedDocument], bytes]
MOMENTS = st.timedeltas(timedelta(), timedelta(days=36500)).map(
    lambda gap: datetime(1990, 1, 1, tzinfo=UTC) + gap
)


def _is_mended_by_feedparser(text: str) -> bool:
    """Tell text that feedparser takes for UTF-8 read as Latin-1, and decodes once more."""
    kept = xml_safe(text).strip()
    return not kept.isascii() and all(ord(char) < 256 for char in kept)


# No C1 controls: XML may hold them, but feedparser reads them as windows-1252.
TEXT = st.text(
    st.characters(max_codepoint=0x7E) | st.characters(min_codepoint=0xA0, exclude_categories=())
).filter(lambda text: not _is_mended_by_feedparser(text)) | st.sampled_from(
    ["]]>", "a ]]> b", "<![CDATA[x]]>", "AT&T", "&amp;lt;", "\U0001f4f0 <b>", "\x00\x1b"]
)


@pytest.mark.parametrize("render", [render_rss, render_atom])
@settings(deadline=None)  # the machine may be busy
@given(titles=st.lists(TEXT, min_size=1, max_size=3), excerpt=TEXT, html=TEXT, moment=MOMENTS)
def test_what_feedparser_reads_is_what_was_rendered(
    head: FeedHead,
    make_article: Callable[..., Article],
    render: Render,
    titles: list[str],
    excerpt: str,
    html: str,
    moment: datetime,
) -> None:
    articles = [
        make_article(i, title=title, excerpt=excerpt, html=html, effective_at=moment)
        for i, title in enumerate(titles, start=1)
    ]
    built = document(head, articles)
    parsed = feedparser.parse(render(built), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    assert len(parsed.entries) == len(built.items) == len(articles)
    for entry, item in zip(parsed.entries, built.items, strict=True):
        assert (entry.title, entry.link, entry.id) == (item.title, item.link, item.id)
        assert timegm(entry.published_parsed) == int(item.published.timestamp())
        # RSS's description is HTML, Atom's summary plain text.
        is_html = render is render_rss
        assert entry.summary == (escape(item.summary, quote=False) if is_html else item.summary)
        assert not item.html or entry.content[0].value == item.html


@pytest.mark.parametrize("render", [render_rss, render_atom])
@pytest.mark.parametrize(
    "damage",
    [
        {"title": "\x00"},
        {"title": ""},
        {"summary": "\ud800"},
        {"html": "\x0b"},
        {"link": "http://localhost/\x00"},
        {"authors": (Person("\x00", "http://localhost/"),)},
        {"image": Image("https://img.example.com/\x01.png")},
        {"published": datetime(2026, 1, 1)},  # noqa: DTZ001 - that is what is wrong with it
    ],
    ids=lambda damage: str(damage)[:40],
)
def test_an_item_that_cannot_be_written_is_left_out_and_its_neighbours_stay(
    head: FeedHead, make_article: Callable[..., Article], render: Render, damage: dict[str, Any]
) -> None:
    built = document(head, [make_article(number) for number in (1, 2, 3)])
    newest, bad, oldest = built.items
    broken = replace(built, items=(newest, replace(bad, **damage), oldest))
    parsed = feedparser.parse(render(broken))
    assert not parsed.bozo
    assert [entry.id for entry in parsed.entries] == [newest.id, oldest.id]


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_same_rows_give_the_same_bytes_without_a_stamp_of_now(
    head: FeedHead, make_article: Callable[..., Article], render: Render
) -> None:
    articles = [make_article(number) for number in (1, 2, 3)]
    body = render(document(head, articles))
    assert body == render(document(head, articles[::-1]))
    assert str(datetime.now(UTC).date()).encode() not in body


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_a_feed_without_items_is_a_feed(head: FeedHead, render: Render) -> None:
    parsed = feedparser.parse(render(document(head, [])))
    assert not parsed.bozo
    assert parsed.entries == []
    assert parsed.feed.updated_parsed[:6] == (2020, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_publishers_time_zone_does_not_reach_the_bytes(
    head: FeedHead, make_article: Callable[..., Article], render: Render
) -> None:
    utc = make_article(1)
    hanoi = replace(utc, effective_at=utc.effective_at.astimezone(timezone(timedelta(hours=7))))
    assert render(document(head, [hanoi])) == render(document(head, [utc]))


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_the_generator_is_named_without_a_version(head: FeedHead, render: Render) -> None:
    body = render(document(head, []))
    assert b"<generator>Tinwire</generator>" in body
    assert b"feedgen" not in body
