"""What a publisher shows at a moment: which pieces are out, in which version, and what is gone.

Pure: the start of the origin and the present time are arguments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from worker.demo.newsroom import Listing, Newsroom, Picture, Piece, Publisher


@dataclass(frozen=True, slots=True)
class Item:
    """A piece as its publisher shows it now; `via` is whom it took the text from.

    `key` is unique within the publisher. `scheme` and `query` vary the address of `path`.
    """

    key: str
    path: str
    title: str
    summary: str
    body: str
    authors: tuple[str, ...]
    category: str
    picture: Picture | None
    published: datetime
    updated: datetime
    via: Publisher | None = None
    scheme: str = "http"
    query: str = ""
    correction_note: str = ""

    def url(self, base_url: str) -> str:
        """Write the address that the feed gives for it."""
        if self.scheme == "https":
            base_url = urlsplit(base_url)._replace(scheme="https").geturl()
        return base_url + self.path + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A piece that its publisher took back."""

    key: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """A publisher's feed as data; items newest first, `modified` the youngest change in it."""

    publisher: Publisher
    items: tuple[Item, ...]
    tombstones: tuple[Tombstone, ...]
    modified: datetime


def edition(newsroom: Newsroom, name: str, started_at: datetime, now: datetime) -> Edition:
    """Compose what the publisher of that name lists now; raises `KeyError` for an unknown one."""
    publisher = newsroom.publisher(name)
    items = sorted(
        _items(newsroom, publisher, started_at, now),
        key=lambda item: (item.published, item.key),
        reverse=True,
    )
    tombstones = tuple(
        Tombstone(piece.slug, started_at + timedelta(seconds=piece.withdrawn_after_s or 0))
        for piece in newsroom.pieces
        if piece.source == name and is_withdrawn(piece, started_at, now)
    )
    changes = [item.updated for item in items] + [stone.when for stone in tombstones]
    return Edition(publisher, tuple(items), tombstones, max(changes, default=started_at))


def is_withdrawn(piece: Piece, started_at: datetime, now: datetime) -> bool:
    """Tell whether the publisher has taken the piece back by now."""
    if piece.withdrawn_after_s is None:
        return False
    return now >= started_at + timedelta(seconds=piece.withdrawn_after_s)


def show(newsroom: Newsroom, piece: Piece, started_at: datetime, now: datetime) -> Item:
    """Give the version of a piece that stands on its page now."""
    published = started_at - timedelta(minutes=piece.minutes)
    title, summary, body, updated, note = piece.title, piece.summary, piece.body, published, ""
    fix = piece.correction
    if fix is not None and now >= started_at + timedelta(seconds=fix.after_s):
        title, summary, body, note = fix.title, fix.summary, fix.body, fix.note
        updated = started_at + timedelta(seconds=fix.after_s)
    via = newsroom.publisher(piece.wire_of.partition("/")[0]) if piece.wire_of else None
    return Item(
        key=piece.slug,
        path=piece.path,
        title=title,
        summary=summary,
        body=body,
        authors=piece.authors,
        category=piece.category,
        picture=piece.picture,
        published=published,
        updated=updated,
        via=via,
        correction_note=note,
    )


def _items(
    newsroom: Newsroom, publisher: Publisher, started_at: datetime, now: datetime
) -> Iterator[Item]:
    for piece in newsroom.pieces:
        if piece.source == publisher.name and not is_withdrawn(piece, started_at, now):
            yield show(newsroom, piece, started_at, now)
    for listing in newsroom.listings:
        if listing.source == publisher.name:
            yield _listed(newsroom, listing, started_at)


def _listed(newsroom: Newsroom, listing: Listing, started_at: datetime) -> Item:
    piece = newsroom.piece(listing.of)
    published = started_at - timedelta(minutes=listing.minutes)
    return Item(
        key=f"lien-ket-{piece.slug}",
        path=piece.path,
        title=listing.title,
        summary=piece.summary,
        body=f"<p>{piece.summary}</p>",
        authors=(),
        category=piece.category,
        picture=piece.picture,
        published=published,
        updated=published,
        via=newsroom.publisher(piece.source),
        scheme=listing.scheme,
        query=listing.query,
    )
