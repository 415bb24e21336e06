"""Where the feeds that are served come from: whole, as a choice of items, or as an archive page."""

from collections.abc import Callable
from dataclasses import replace

import anyio
import anyio.to_thread
import sqlalchemy as sa

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import Clock
from feeds.publish.links import feed_links
from feeds.store import aliases, feeds
from feeds.store.feeds import FeedFile
from feeds.web import cache
from feeds.web.choice import read_query
from feeds.web.chosen import chosen
from feeds.web.conditional import http_date
from feeds.web.drawn import Elsewhere, Gone, archive_page, story

# Fewer than the pool has connections, so that cold feeds leave some to the pages.
_READERS = 4


def loader(engine: sa.Engine, editorial: Editorial, settings: Settings, clock: Clock) -> cache.Load:
    """Make the cache's way to the database: read in a thread."""
    limiter = anyio.CapacityLimiter(_READERS)

    def read(place: cache.Place) -> cache.Version | None:
        with engine.begin() as connection:
            return _read(connection, editorial, settings, place, clock)

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
    connection: sa.Connection,
    editorial: Editorial,
    settings: Settings,
    place: cache.Place,
    clock: Clock,
) -> cache.Version | None:
    choice = read_query(place.query)
    stored = feeds.file(connection, place.key, place.name)
    found: FeedFile | Elsewhere | Gone | None = stored
    if stored is None or stored.gone_at is not None:
        found = _elsewhere(connection, place.key, stored)
        if found is None:
            found = story(connection, editorial, settings, place, clock())
    if not isinstance(found, FeedFile):
        return _absent(found)
    if choice.page is not None:
        page = archive_page(connection, editorial, settings, place, choice.page, clock())
        # Undated: what a page tells may become what it once was, and its tag alone says so.
        return None if page is None else replace(version_of(page), modified=None, last_modified="")
    if place.query:
        found = chosen(connection, editorial, settings, place, found, choice)
    hubs = () if place.query else settings.hub_urls
    return version_of(
        found, feed_links(settings.public_url, hubs, place.key, place.name, place.query)
    )


def version_of(found: FeedFile, links: str = "") -> cache.Version:
    """Make what is served of a feed as it is stored; `links` is the value of Link, if any."""
    modified = found.modified_at
    return cache.Version(
        found.body, found.etag, modified, http_date(modified), links=links, parts=found
    )


def _elsewhere(
    connection: sa.Connection, key: str, was: FeedFile | None
) -> Elsewhere | Gone | None:
    new = aliases.renamed(connection, key)
    if new is not None:
        return Elsewhere(new)
    return None if was is None else Gone()


def _absent(found: Elsewhere | Gone | None) -> cache.Version | None:
    if isinstance(found, Elsewhere):
        return cache.Version(b"", "", None, "", status=301, moved_to=found.key)
    if isinstance(found, Gone):
        return cache.Version(b"This feed was taken back.\n", "", None, "", status=410)
    return None
