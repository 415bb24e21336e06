"""Readers of feeds that others wrote, and what each of them has of an item."""

import csv
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import atoma
import fastfeedparser
import feedparser

_XML = frozenset({"rss", "atom"})
_NONE: frozenset[str] = frozenset()
_XML_FEED = r"""
use XML::Feed; use JSON::PP; binmode STDOUT, ':raw';
sub told { my $x = shift; utf8::decode($x) unless utf8::is_utf8($x); $x }  # Atom comes in octets
my $feed = XML::Feed->parse($ARGV[0]) or die XML::Feed->errstr;
print encode_json([map { {title => told($_->title), link => $_->link, id => $_->id,
  at => $_->issued->epoch, author => told($_->author),
  html => told($_->content->body), categories => [map { told($_) } $_->category]}
} $feed->entries]);
"""
_XML_FEEDPP = r"""
use XML::FeedPP; use JSON::PP; use Time::Piece; binmode STDOUT, ':raw';
sub told { my $x = shift // ''; utf8::decode($x) unless utf8::is_utf8($x); $x }
sub epoch { my $x = shift; Time::Piece->strptime($x =~ s/:(\d\d)$/$1/r, '%FT%T%z')->epoch }
my $feed = XML::FeedPP->new($ARGV[0]);
print encode_json([map { my $c = $_->category; {title => told($_->title), link => $_->link,
  id => $_->guid, at => epoch($_->pubDate), author => told($_->author),
  html => told($_->get('content:encoded') // $_->description),
  categories => [map { told($_) } ref $c ? @$c : $c]}
} $feed->get_item]);
"""
_RUBY = r"""
require 'rss'; require 'json'
feed = RSS::Parser.parse(File.read(ARGV[0], encoding: 'UTF-8'), true)  # true: strictly
told = feed.items.map do |e|
  if e.is_a?(RSS::Atom::Feed::Entry)
    {title: e.title.content, link: e.links.find { |l| l.rel == 'alternate' }.href, id: e.id.content,
     at: e.published.content.to_i, author: e.author.name.content, html: e.content.content,
     categories: e.categories.map(&:label)}
  else
    {title: e.title, link: e.link, id: e.guid.content, at: e.pubDate.to_i, author: e.dc_creator,
     html: e.content_encoded, categories: e.categories.map(&:content)}
  end
end
puts JSON.generate(told)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """An item as a reader has it; `None` for what it keeps of none."""

    title: str
    link: str
    id: str
    at: int
    author: str | None
    html: str
    categories: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: what it needs, what it reads, and what it does otherwise, each by format.

    `authors` is how many of several it names; `nameless` where it names none, `unsorted` where it
    keeps no categories, `by_term` where it shows their terms instead of their labels.
    """

    read: Callable[[Path, Any], list[Told]]
    needs: tuple[str, ...] = ()
    formats: frozenset[str] = _XML
    nameless: frozenset[str] = _NONE
    unsorted: frozenset[str] = _NONE
    by_term: frozenset[str] = _NONE
    authors: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(_ALL, 9))


_ALL = _XML | {"json"}


def is_there(reader: Reader) -> bool:
    """Tell whether a reader is installed: a program, and a line that it can run."""
    if not reader.needs:
        return True
    if shutil.which(reader.needs[0]) is None:
        return False
    return len(reader.needs) == 1 or subprocess.run(reader.needs).returncode == 0


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
    out = _run("sfeed", "https://news.example.org", stdin=path.read_bytes())
    rows = csv.reader(out.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    html = [(row, row[3].replace("\\n", "\n").replace("\\\\", "\\")) for row in rows]
    return [
        Told(row[1], row[2], row[5], int(row[0]), row[6], text, tuple(row[8].split("|")))
        for row, text in html
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


def _by_script(*command: str) -> Callable[[Path, Any], list[Told]]:
    def read(path: Path, origin: Any) -> list[Told]:
        found = json.loads(_run(*command, str(path)))
        return [Told(**{**one, "categories": tuple(one["categories"])}) for one in found]

    return read


def _by_fastfeedparser(path: Path, origin: Any) -> list[Told]:
    return [
        Told(
            one.title,
            one.link,
            one.id,
            int(datetime.fromisoformat(one.published).timestamp()),
            one.author,
            one.content[0]["value"],
            tuple(tag if isinstance(tag, str) else tag["term"] for tag in one.tags),
        )
        for one in fastfeedparser.parse(path.read_bytes()).entries
    ]


def _by_atoma(path: Path, origin: Any) -> list[Told]:
    body = path.read_bytes()
    if path.suffix == ".rss":
        return [
            Told(
                one.title,
                one.link,
                one.guid,
                int(one.pub_date.timestamp()),
                None,
                one.content_encoded,
                tuple(one.categories),
            )
            for one in atoma.parse_rss_bytes(body).items
        ]
    if path.suffix == ".json":
        return [
            Told(
                one.title,
                one.url,
                one.id_,
                int(one.date_published.timestamp()),
                None,
                one.content_html,
                tuple(one.tags),
            )
            for one in atoma.parse_json_feed_bytes(body).items
        ]
    return [
        Told(
            one.title.value,
            next(link.href for link in one.links if link.rel == "alternate"),
            one.id_,
            int(one.published.timestamp()),
            one.authors[0].name,
            one.content.value,
            tuple(tag.label for tag in one.categories),
        )
        for one in atoma.parse_atom_bytes(body).entries
    ]


def _run(*command: str, stdin: bytes = b"", folder: Path | None = None) -> str:
    env = {"HOME": str(folder or "/nonexistent"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(
        command, input=stdin, cwd=folder, env=env, check=True, timeout=60, capture_output=True
    )
    return done.stdout.decode()


_ATOM = frozenset({"atom"})
READERS: dict[str, Reader] = {
    "feedparser": Reader(_by_feedparser),
    "sfeed": Reader(_by_sfeed, ("sfeed",), by_term=_ATOM),
    "newsboat": Reader(_by_newsboat, ("newsboat",), unsorted=_XML),
    "XML::Feed": Reader(_by_script("perl", "-e", _XML_FEED), ("perl", "-MXML::Feed", "-e1")),
    "XML::FeedPP": Reader(
        _by_script("perl", "-e", _XML_FEEDPP), ("perl", "-MXML::FeedPP", "-e1"), by_term=_ATOM
    ),
    "Ruby's RSS": Reader(_by_script("ruby", "-e", _RUBY), ("ruby", "-rrss", "-e1")),
    "fastfeedparser": Reader(
        _by_fastfeedparser, formats=_ALL, by_term=_ATOM, authors={"rss": 9, "atom": 9, "json": 1}
    ),
    # atoma knows authors of RSS by <author> and of JSON Feed 1.0 only.
    "atoma": Reader(_by_atoma, formats=_ALL, nameless=frozenset({"rss", "json"})),
}
