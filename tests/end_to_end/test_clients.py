"""Readers that people use get back what a feed says: each independent of the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.model import Image
from feeds.publish.atom import render_atom
from feeds.publish.document import (
    Category,
    Elsewhere,
    FeedDocument,
    FeedItem,
    Person,
    Place,
    Tombstone,
)
from feeds.publish.feed_head import FeedHead
from feeds.publish.jsonfeed import render_json
from feeds.publish.rss import render_rss
from tests.readers import READERS, Reader, Told, is_there

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
BASE = "https://news.example.org"
FORMATS = {"rss": render_rss, "atom": render_atom, "json": render_json}
CASES = [(name, fmt) for name, one in READERS.items() for fmt in FORMATS if fmt in one.formats]


@pytest.mark.parametrize(("name", "fmt"), CASES)
def test_what_a_reader_gets_is_what_we_said(
    origin: Any, tmp_path: Path, name: str, fmt: str
) -> None:
    """Title, link, id, date, author, content and categories come back the same."""
    reader = READERS[name]
    if not is_there(reader):
        pytest.skip(f"{name} is not installed")
    built = _document()
    path = tmp_path / f"all.{fmt}"
    path.write_bytes(FORMATS[fmt](built))
    found = {one.id: one for one in reader.read(path, origin)}
    assert len(found) == len(built.items)
    for item in built.items:
        expected = _expected(item, reader, fmt)
        told = found[item.id]
        assert replace(told, html=told.html.strip()) == expected


def _expected(item: FeedItem, reader: Reader, fmt: str) -> Told:
    """Say what a reader should have; some keep the first of several authors, or no categories."""
    authors = [author.name for author in item.authors]
    by_term = fmt in reader.by_term
    terms = [one.term if by_term else one.label for one in item.categories]
    return Told(
        title=item.title,
        link=item.link,
        id=item.id,
        at=int(item.published.timestamp()),
        author=None if fmt in reader.nameless else ", ".join(authors[: reader.authors[fmt]]),
        html=item.html,
        categories=None if fmt in reader.unsorted else tuple(terms),
    )


def _document() -> FeedDocument:
    head = FeedHead(
        "all", "Tin & Tức", "Mọi tin", f"{BASE}/", BASE, "vi", "example.org,2026",
        hub_urls=(f"{BASE}/hub",),
    )  # fmt: skip
    titles = ["“LÐ-TB&XH” vào cuộc, 1 < 2", "\U0001f4f0 Nước mặn", "Trẻ em ]]> lũ"]
    items = tuple(_item(number, title) for number, title in enumerate(titles, start=1))
    gone = (Tombstone("tag:example.org,2026:article/x", AT),)
    return FeedDocument(head, AT, items, place=Place(None, 3), gone=gone)


def _item(number: int, title: str) -> FeedItem:
    categories = (
        Category("nhan-quyen", f"{BASE}/section", "Nhân quyền"),
        Category("tre-em", f"{BASE}/topic", "Trẻ em & <gia đình>"),
    )
    people = (Person("An Nguyễn", f"{BASE}/author/an"), Person("B Trần", f"{BASE}/author/b"))
    return FeedItem(
        id=f"tag:example.org,2026:article/{number}",
        link=f"{BASE}/article/{number}",
        title=title,
        summary=f"Tóm tắt {number} & 3 < 4",
        html=f'<p>Bài {number}: <a href="https://e.com/?a=1&amp;b=2">nhà báo</a></p>',
        published=AT + timedelta(hours=number),
        updated=AT + timedelta(hours=number),
        language="vi",
        external_url=f"https://bao.example.com/{number}",
        image=Image("https://i.example.com/a.jpg", caption="Ảnh", credit="AFP"),
        authors=people[: 1 + number % 2],
        categories=categories[: 1 + number % 2],
        source_title="Báo & Con",
        source_url="https://bao.example.com/feed.xml",
        also_by=(Elsewhere("Báo B", "Tin kia", "https://b.example.com/1"),) * (number % 2),
    )
