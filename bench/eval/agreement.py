"""Where the product and feedparser read the same feed differently, and why.

Theory: feedparser is right where it reads what the publisher wrote, and its tests say so. Where
we read otherwise on purpose, the difference has a kind, and the kind a reason; what has no kind
is `unexplained`, and is looked at.
"""

import re
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any

import feedparser

from feeds.errors import NotAFeed
from feeds.ingest.parse import parse
from feeds.model import Entry
from feeds.text.html import plain, sanitise
from feeds.urls import absolute

UNEXPLAINED = "unexplained"
REASONS = {
    "id as sent": "feedparser resolves ids against the base; an id is kept character by character",
    "relative id": "a relative id is no address: without a link the entry has none",
    "original address": "the address that FeedBurner replaced is preferred to its redirect",
    "address normalised": "the same address, spelt as the URL standard spells it",
    "newest": "of a document with more than 500 entries the newest are taken; the rest are counted",
    "no feed": "an error page served as a feed is refused, with the reason",
    "JSON Feed": "feedparser reads none",
    "mended": "the document is mended first, so nothing after its fault is lost",
    "another content": "the longest content is taken, not the first, often a picture's caption",
    "text is text": "what looks like HTML in an Atom text is shown as written (RFC 4287 §3.1.1.1)",
    "words of a title": "markup and doubly escaped entities in a title are resolved",
    "date": "feedparser reads no date there, or takes the day's start for a time it can't read",
}
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one entry, as read by both; `kind` is a key of `REASONS`."""

    feed: str
    place: int
    field: str
    ours: str
    theirs: str
    kind: str


def compare(name: str, raw: bytes, url: str) -> tuple[int, list[Difference]]:
    """Read a feed both ways; gives the number of feedparser's entries, and what differs."""
    theirs = feedparser.parse(BytesIO(raw), response_headers={"content-location": url})
    try:
        feed = parse(raw, {}, url)
    except NotAFeed as exc:
        kind = "no feed" if not theirs.entries else UNEXPLAINED
        return 0, [Difference(name, -1, "feed", exc.message, str(len(theirs.entries)), kind)]
    counts = len(feed.entries), len(theirs.entries)
    if counts[0] != counts[1]:
        kind = "mended" if feed.notes and counts[0] > counts[1] else UNEXPLAINED
        if feed.kind.startswith("json"):
            kind = "JSON Feed"
        if counts[0] + feed.dropped == counts[1]:
            kind = "newest"
        return counts[1], [Difference(name, -1, "entries", str(counts[0]), str(counts[1]), kind)]
    found = (
        Difference(name, place, *difference)
        for place, (ours, other) in enumerate(zip(feed.entries, theirs.entries, strict=True))
        for difference in _differences(ours, other)
    )
    return counts[1], list(found)


def _differences(ours: Entry, theirs: Any) -> Iterator[tuple[str, str, str, str]]:
    for field, read in _FIELDS.items():
        kind = read(ours, theirs)
        if kind:
            yield (field, *kind)


def _id(ours: Entry, theirs: Any) -> tuple[str, str, str] | None:
    guid, other = ours.guid or "", str(theirs.get("id") or "")
    return None if guid == other else (guid, other, "id as sent" if guid else UNEXPLAINED)


def _link(ours: Entry, theirs: Any) -> tuple[str, str, str] | None:
    link, other = ours.url or "", str(theirs.get("link") or "")
    if link == other:
        return None
    if theirs.get("feedburner_origlink") == link:
        return link, other, "original address"
    if not link:
        return link, other, "relative id"
    same = absolute(None, link) == absolute(None, other)
    return link, other, "address normalised" if same else UNEXPLAINED


def _title(ours: Entry, theirs: Any) -> tuple[str, str, str] | None:
    title, other = ours.title, str(theirs.get("title") or "")
    if _bare(title) == _bare(plain(other)) or _bare(title) == _bare(other):
        return None
    resolved = _bare(unescape(plain(other)))
    kind = "words of a title" if _bare(title) == resolved else UNEXPLAINED
    return title, other, kind


def _text(ours: Entry, theirs: Any) -> tuple[str, str, str] | None:
    text = _words(ours.content or ours.summary)
    contents = [_words(each.get("value") or "") for each in theirs.get("content") or ()]
    summary = _words(theirs.get("summary") or "")
    other = (contents or [summary])[0]
    if text == other or (not ours.content and text == summary):
        return None
    if text in (*contents, summary):
        return text, other, "another content"
    return text, other, "text is text" if _bare(unescape(text)) == other else UNEXPLAINED


def _date(name: str) -> Callable[[Entry, Any], tuple[str, str, str] | None]:
    def read(ours: Entry, theirs: Any) -> tuple[str, str, str] | None:
        moment: datetime | None = getattr(ours, name)
        parsed = dict(theirs).get(f"{name}_parsed")  # feedparser's own answers with others
        other = datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
        if moment == other:
            return None
        return str(moment), str(other), "date" if moment else UNEXPLAINED

    return read


_FIELDS: dict[str, Callable[[Entry, Any], tuple[str, str, str] | None]] = {
    "id": _id,
    "link": _link,
    "title": _title,
    "text": _text,
    "published": _date("published"),
    "updated": _date("updated"),
}


def _words(html: str) -> str:
    return _bare(plain(sanitise(html, "https://x.invalid/")))


def _bare(text: str) -> str:
    return _SPACE.sub("", text)
