"""Where the feeds that are served come from: whole, as a choice of items, or as an archive page."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import anyio
import anyio.to_thread
import sqlalchemy as sa

from config.editorial import Editorial
from config.settings import Settings
from feeds.publish.document import NEVER, FeedDocument, Place, Tombstone, document
from feeds.publish.etag import etag_of
from feeds.publish.head import head_of
from feeds.publish.links import feed_links
from feeds.publish.pieces import frame
from feeds.store import aliases, choosing, feeds, fragments, listing, pages, taken
from feeds.store.feeds import FeedFile
from feeds.web import cache
from feeds.web.choice import Choice, read_query
from feeds.web.conditional import http_date

# Fewer than the pool has connections, so that cold feeds leave some to the pages.
_READERS = 4
# feedgen writes its dates under a changed locale of the whole process.
_feedgen = threading.Lock()


def loader(engine: sa.Engine, editorial: Editorial, settings: Settings) -> cache.Load:
    """Make the cache's way to the database: read in a thread."""
    limiter = anyio.CapacityLimiter(_READERS)

    def read(place: cache.Place) -> cache.Version | None:
        with engine.connect() as connection:
            return _read(connection, editorial, settings, place)

    async def load(place: cache.Place) -> cache.Version | None:
        return await anyio.to_thread.run_sync(read, place, limiter=limiter)

    return load


def past_of(engine: sa.Engine, key: str) -> Callable[[], dict[str, frozenset[bytes]]]:
    """Make a reader of what a feed held in its last versions."""

    def read() -> dict[str, frozenset[bytes]]:
        with engine.connect() as connection:
            return feeds.past(connection, key)

    return read


def _read(
    connection: sa.Connection, editorial: Editorial, settings: Settings, place: cache.Place
) -> cache.Version | None:
    choice = read_query(place.query)
    found = feeds.file(connection, place.key, place.name)
    if found is None or found.gone_at is not None:
        return _absent(connection, place.key, found)
    if choice.page is not None:
        page = _page(connection, editorial, settings, place, choice.page)
        return None if page is None else version_of(page)
    if place.query:
        found = _chosen(connection, found, choice)
        return version_of(found)
    return version_of(
        found, feed_links(settings.public_url, settings.hub_urls, place.key, place.name)
    )


def version_of(found: FeedFile, links: str = "") -> cache.Version:
    """Make what is served of a feed as it is stored; `links` is the value of Link, if any."""
    modified = found.modified_at
    return cache.Version(
        found.body, found.etag, modified, http_date(modified), links=links, parts=found
    )


def _absent(connection: sa.Connection, key: str, found: FeedFile | None) -> cache.Version | None:
    new = aliases.renamed(connection, key)
    if new is not None:
        return cache.Version(b"", "", None, "", status=301, moved_to=new)
    if found is not None:
        return cache.Version(b"This feed was taken back.\n", "", None, "", status=410)
    return None


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


def _chosen(connection: sa.Connection, found: FeedFile, choice: Choice) -> FeedFile:
    facts = choosing.facts(connection, found.item_ids)
    stories: set[int] = set()
    wanted: list[bool] = []
    for number in found.item_ids:
        fact = facts.get(number)
        is_wanted = fact is not None and _fits(fact, choice, stories)
        wanted.append(is_wanted and (choice.limit is None or sum(wanted) < choice.limit))
    return only(found, wanted)


def _fits(fact: choosing.Fact, choice: Choice, stories: set[int]) -> bool:
    if choice.lang is not None and fact.language.partition("-")[0].lower() != choice.lang:
        return False
    if choice.since is not None and fact.updated_at < choice.since:
        return False
    if choice.stories and fact.story_id is not None:
        if fact.story_id in stories:
            return False
        stories.add(fact.story_id)
    return True


def _page(
    connection: sa.Connection,
    editorial: Editorial,
    settings: Settings,
    place: cache.Place,
    number: int,
) -> FeedFile | None:
    """Put an archive page together: its articles, the last to come first; withdrawn ones tombs."""
    ids, is_followed = pages.read(connection, place.key, number)
    if not ids:
        return None
    gone = taken.of(connection, ids)
    names = fragments.newest(connection, ids)
    shown = [(one, names[one]) for one in reversed(ids) if one in names]
    facts = choosing.facts(connection, ids)
    head = head_of(editorial, settings, place.key, listing.names(connection, [place.key]))
    moments = [fact.updated_at for fact in facts.values()] + [one.at for one in gone]
    made = FeedDocument(
        head=document(head, ()).head,
        updated=max(moments, default=NEVER),
        items=(),
        place=Place(number, number - 1 or None, number + 1 if is_followed else None),
        gone=tuple(Tombstone(taken.tag(head.tag_authority, one.id), one.at) for one in gone),
    )
    return _framed(place.name, made, shown, fragments.bodies(connection, shown))


def _framed(
    name: str,
    made: FeedDocument,
    shown: Sequence[fragments.Name],
    bodies: Mapping[fragments.Name, fragments.Bodies],
) -> FeedFile:
    with _feedgen:
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
