"""Feeds that are drawn when they are asked for: archive pages, and stories nobody asked for yet.

A story's feed is stored from the first time on, so that from then on it is told like any other:
who asked gets now what the next build will store. An archive page is never stored: most are never
asked for, so what stands there and has no current item is rendered by whoever asks.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from config.editorial import Editorial
from config.settings import Settings
from feeds.model import parse_public_id
from feeds.pipeline.items import refresh
from feeds.publish.document import NEVER, FeedDocument, Place, Tombstone, document
from feeds.publish.etag import etag_of
from feeds.publish.feed_head import FeedHead
from feeds.publish.head import head_of, labels_of
from feeds.publish.pieces import frame
from feeds.store import articles, feeds, fragments, listing, pages, succession, taken, work
from feeds.store.feeds import FeedFile
from feeds.store.items import Shown
from feeds.store.tellings import story_of
from feeds.web import cache


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A feed that goes by another key."""

    key: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A feed of what was taken back."""


def story(
    connection: sa.Connection,
    editorial: Editorial,
    settings: Settings,
    place: cache.Place,
    now: datetime,
) -> FeedFile | Elsewhere | Gone | None:
    """Draw the feed of a story, and have it kept; `None` where no story goes by this key."""
    elsewhere = keep(connection, place.key, now)
    if elsewhere != place.key:
        return Elsewhere(elsewhere) if isinstance(elsewhere, str) else elsewhere
    ids = listing.newest(connection, place.key, settings.feed_items, {})
    head = _head(connection, editorial, settings, place.key)
    told = _told(connection, head, ids, now)
    made = FeedDocument(
        head=document(head, ()).head,
        updated=max((one.changed_at for one in told.values()), default=NEVER),
        items=(),
    )
    return _framed(connection, place.name, made, [told[one] for one in ids if one in told])


def keep(connection: sa.Connection, key: str, now: datetime) -> str | Gone | None:
    """Have a story's feed kept from now on; gives the key by which the story goes.

    `None` where no story goes by this key.
    """
    number = parse_public_id(key.removeprefix(succession.PREFIX))
    if number is None or not key.startswith(succession.PREFIX):
        return None
    lead = story_of(connection, number)
    if lead is None:
        standing = articles.standing(connection, number)
        return Gone() if standing is not None and standing.state != "public" else None
    if lead == number:
        work.mark(connection, "publish", [key], now)
    return succession.key_of(lead)


def only(found: FeedFile, wanted: Iterable[bool]) -> FeedFile:
    """Keep some of a feed's items, under a tag of their own."""
    kept = [at for at, is_wanted in enumerate(wanted) if is_wanted]
    marks = tuple(found.marks[at] for at in kept)
    told = [found.marks[at] for at in kept if found.items[at]]
    return replace(
        found,
        items=tuple(found.items[at] for at in kept),
        item_ids=tuple(found.item_ids[at] for at in kept),
        marks=marks,
        etag=etag_of(found.before, told, found.after),
    )


def archive_page(
    connection: sa.Connection,
    editorial: Editorial,
    settings: Settings,
    place: cache.Place,
    number: int,
    now: datetime,
) -> FeedFile | None:
    """Put an archive page together: its articles, the last to come first; withdrawn ones tombs."""
    page = pages.read(connection, place.key, number)
    if page is None:
        return None
    gone = taken.of(connection, page.ids)
    head = _head(connection, editorial, settings, place.key)
    told = _told(connection, head, page.ids, now)
    moments = [one.changed_at for one in told.values()] + [one.at for one in gone]
    updated = max(moments, default=NEVER)
    if page.told_at is None or page.told_at < updated:
        pages.note_told(connection, place.key, number, updated)
    made = FeedDocument(
        head=document(head, ()).head,
        updated=max(updated, page.told_at or updated),
        items=(),
        place=Place(number, number - 1 or None, number + 1 if page.is_followed else None),
        gone=tuple(Tombstone(taken.tag(head.tag_authority, one.id), one.at) for one in gone),
    )
    shown = [told[one] for one in reversed(page.ids) if one in told]
    return _framed(connection, place.name, made, shown)


def _head(
    connection: sa.Connection, editorial: Editorial, settings: Settings, key: str
) -> FeedHead:
    titles = listing.names(connection, [key])
    return head_of(editorial, settings, key, titles, labels_of(editorial))


def _told(
    connection: sa.Connection, head: FeedHead, ids: Collection[int], now: datetime
) -> dict[int, Shown]:
    """Have public articles told as they are now; their dates are fixed from now on."""
    told = refresh(connection, head, ids, now)
    feeds.fix(connection, [one.id for one in told.values() if not one.is_fixed], now)
    return told


def _framed(
    connection: sa.Connection, name: str, made: FeedDocument, told: Sequence[Shown]
) -> FeedFile:
    shown = [(one.id, one.hash) for one in told if one.hash is not None]
    bodies = fragments.bodies(connection, shown)
    before, after = frame(name, made)
    at = fragments.FORMATS.index(name)
    whole = FeedFile(
        etag="",
        modified_at=_whole_second(made.updated),
        before=before,
        items=tuple(bodies[one][at] for one in shown),
        after=after,
        between=fragments.BETWEEN[name],
        item_ids=tuple(number for number, _ in shown),
        marks=tuple(fragments.mark_of(mark, at) for _, mark in shown),
    )
    return only(whole, [True] * len(shown))


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
