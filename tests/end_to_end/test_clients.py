"""Readers that people use get back what a feed says: each independent of the other."""

import csv
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feeds.model import Image
from feeds.publish.atom import render_atom
from feeds.publish.document import (
    Category,
    Elsewhere,
    FeedDocument,
    FeedHead,
    FeedItem,
    Person,
    Place,
    Tombstone,
)
from feeds.publish.rss import render_rss

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
BASE = "https://news.example.org"
PERL = r"""
use XML::Feed; use JSON::PP; binmode STDOUT, ':raw';
sub told { my $x = shift; utf8::decode($x) unless utf8::is_utf8($x); $x }  # Atom comes in octets
my $feed = XML::Feed->parse($ARGV[0]) or die XML::Feed->errstr;
print encode_json([map { {title => told($_->title), link => $_->link, id => $_->id,
  at => $_->issued->epoch, author => told($_->author),
  html => told($_->content->body), categories => [map { told($_) } $_->category]}
} $feed->entries]);
"""


@dataclass(frozen=True, slots=True)
class Told:
    """An item as a reader has it; categories as it shows them, `None` where it shows none."""

    title: str
    link: str
    id: str
    at: int
    author: str
    html: str
    categories: tuple[str, ...] | None


Read = Callable[[Path, Any], list[Told]]


def _by_feedparser(path: Path, origin: Any) -> list[Told]:
    entries = feedparser.parse(path.read_bytes(), sanitize_html=False).entries
    return [
        Told(
            one.title,
            one.link,
            one.id,
            int(datetime(*one.published_parsed[:6], tzinfo=UTC).timestamp()),
            one.author,
            one.content[0].value,
            tuple(tag.label or tag.term for tag in one.tags),
        )
        for one in entries
    ]


def _by_sfeed(path: Path, origin: Any) -> list[Told]:
    out = _run("sfeed", BASE, stdin=path.read_bytes())
    rows = csv.reader(out.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        Told(row[1], row[2], row[5], int(row[0]), row[6], row[3], tuple(row[8].split("|")))
        for row in rows
    ]


def _by_newsboat(path: Path, origin: Any) -> list[Told]:
    folder = path.parent
    (folder / "urls").write_text(origin.serve(f"/{path.name}", path.read_bytes()) + "\n")
    (folder / "none").touch()
    _run("newsboat", "-u", "urls", "-c", "cache.db", "-C", "none", "-x", "reload", folder=folder)
    cache = sqlite3.connect(folder / "cache.db")
    rows = cache.execute(
        "SELECT title, url, guid, pubDate, author, content FROM rss_item"
    ).fetchall()
    cache.close()
    return [Told(*row, None) for row in rows]


def _by_perl(path: Path, origin: Any) -> list[Told]:
    found = json.loads(_run("perl", "-e", PERL, str(path)))
    return [Told(**{**one, "categories": tuple(one["categories"])}) for one in found]


def _run(*command: str, stdin: bytes = b"", folder: Path | None = None) -> str:
    env = {"HOME": str(folder or "/nonexistent"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(
        command, input=stdin, cwd=folder, env=env, check=True, timeout=60, capture_output=True
    )
    return done.stdout.decode()


READERS: dict[str, tuple[str, Read]] = {
    "feedparser": ("python3", _by_feedparser),
    "sfeed": ("sfeed", _by_sfeed),
    "newsboat": ("newsboat", _by_newsboat),
    "XML::Feed": ("perl", _by_perl),
}


def _is_there(name: str) -> bool:
    if shutil.which(READERS[name][0]) is None:
        return False
    return name != "XML::Feed" or not subprocess.run(["perl", "-MXML::Feed", "-e1"]).returncode


@pytest.mark.parametrize("render", [render_rss, render_atom])
@pytest.mark.parametrize("name", READERS)
def test_what_a_reader_gets_is_what_we_said(
    origin: Any, tmp_path: Path, name: str, render: Callable[[FeedDocument], bytes]
) -> None:
    """Title, link, id, date, author, content and categories come back the same."""
    if not _is_there(name):
        pytest.skip(f"{name} is not installed")
    built = _document()
    path = tmp_path / ("all.rss" if render is render_rss else "all.atom")
    path.write_bytes(render(built))
    found = {one.id: one for one in READERS[name][1](path, origin)}
    assert len(found) == len(built.items)
    for item in built.items:
        byline = ", ".join(author.name for author in item.authors)
        at = int(item.published.timestamp())
        labels = tuple(one.label for one in item.categories)
        expected = Told(item.title, item.link, item.id, at, byline, item.html, labels)
        assert _undone(found[item.id], name, item) == expected


def _undone(told: Told, name: str, item: FeedItem) -> Told:
    """Undo what newsboat and sfeed do to an item for their own lists."""
    labels = {one.term: one.label for one in item.categories}
    if name == "newsboat":  # it passes over categories
        assert told.categories is None
        return replace(told, html=told.html.strip(), categories=tuple(labels.values()))
    if name == "sfeed":  # of Atom's categories it shows the terms
        html = told.html.replace("\\n", "\n").replace("\\\\", "\\")
        shown = tuple(labels.get(one, one) for one in told.categories or ())
        return replace(told, html=html, categories=shown)
    return told


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
