"""Take in what sources brought: entries are ingested, bare addresses become links to fetch.

Where a source lists all that it has, what it lists no longer is remembered, and looked at with the
polls that follow, whether the list changes or not: each page decides whether it is gone
(docs/decisions/0012-what-is-a-take-down.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from feeds.ingest.draft import MOST_URL, entry_hash
from feeds.model import Source
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import Ingested, ingest
from feeds.store import doubts, links
from feeds.store.fetches import Counts
from feeds.urls import canonicalise, url_key

MOST_DOUBTED = 20  # in one poll of a source: a sitemap that lost its half is no hurry


def take_in(desk: Desk, connection: sa.Connection, incoming: Sequence[Incoming]) -> Ingested:
    """Ingest entries and hand on links, in the caller's transaction; raises as `ingest` does."""
    done = ingest(desk, connection, incoming)
    now = desk.clock()
    handed = {
        each.source.id: _hand_on(connection, each, done.counts[each.source.id], now)
        for each in incoming
        if each.links
    }
    for each in incoming:
        if each.listed:
            keys = sorted({url_key(url) for url in each.listed})
            doubts.note(connection, each.source.id, keys)
    return replace(done, counts=_merged(done.counts, handed))


def doubt(connection: sa.Connection, sources: Iterable[Source], now: datetime) -> None:
    """Have pages fetched that sitemaps list no longer, a few of each and each once a week."""
    whys = {one.id: f"{one.name} lists it no longer" for one in sources if one.kind == "sitemap"}
    doubted = doubts.due(connection, sorted(whys), MOST_DOUBTED, now)
    links.doubt(connection, doubted, whys, now)


def _merged(counts: Mapping[int, Counts], handed: Mapping[int, Counts]) -> dict[int, Counts]:
    return {**counts, **handed}


def _hand_on(connection: sa.Connection, each: Incoming, counts: Counts, now: datetime) -> Counts:
    """Hand on addresses; those that no row could hold are counted as set apart."""
    hashes = {
        url: entry_hash(entry)
        for entry in each.links
        if len(url := canonicalise(entry.url or "")) <= MOST_URL
    }
    changed = links.hand_on(connection, each.source.id, hashes, now)
    too_long = sum(len(canonicalise(entry.url or "")) > MOST_URL for entry in each.links)
    return replace(
        counts,
        entries=counts.entries + len(each.links),
        links=changed,
        quarantined=counts.quarantined + too_long,
        unchanged=counts.unchanged + len(each.links) - changed - too_long,
    )
