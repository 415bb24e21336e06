"""Bytes to a parsed feed, whatever the dialect, and however it was broken on the way.

Theory: an entry that is lost silently is the worst error, for nobody misses it; then a broken
entry that takes its neighbours along. So what can't be read becomes a `BrokenEntry` with its
reason, entries beyond the cap are counted, and what was mended stands in the notes.
"""

from collections.abc import Mapping
from dataclasses import replace

from feeds.ingest.document import Document, open_document
from feeds.ingest.elements import hubs_of
from feeds.ingest.jsonfeed import read_json
from feeds.ingest.quick import read_quickly
from feeds.ingest.reference import read_by_reference
from feeds.ingest.rhythm import read_rhythm
from feeds.ingest.tree import grow
from feeds.ingest.trim import newest, trim
from feeds.model import ParsedFeed

MOST_ENTRIES = 500


def parse(raw: bytes, headers: Mapping[str, str], url: str, timezone: str = "UTC") -> ParsedFeed:
    """Read a document that was fetched from `url`.

    `headers` has lower-case names; `timezone` (IANA) counts for dates without a zone. Raises
    `NotAFeed` with the reason.
    """
    document = open_document(raw, headers)
    feed = _read(document, url, timezone)
    if document.lost:
        feed = replace(feed, notes=(*feed.notes, f"characters that can't be read: {document.lost}"))
    return _settled(feed, headers.get("content-language"))


def _read(document: Document, url: str, zone: str) -> ParsedFeed:
    if document.is_json:
        return read_json(document.text, url, zone)
    tree, dropped = trim(grow(document, url), zone, MOST_ENTRIES)
    feed = read_quickly(tree, url, zone)
    if feed is None:
        feed = read_by_reference(tree, url, zone)
    notes = (f"not well-formed: {tree.fault}",) if tree.fault else ()
    hubs = hubs_of(tree.root, url) if feed.hub_url and tree.root is not None else ()
    return replace(
        feed,
        notes=notes,
        dropped=dropped,
        rhythm=read_rhythm(tree.root),
        other_hubs=tuple(hub for hub in hubs if hub != feed.hub_url),
    )


def _settled(feed: ParsedFeed, language: str | None) -> ParsedFeed:
    """Keep the newest of too many entries; what is empty is set apart where drafts are made."""
    if feed.language is None and language:
        feed = replace(feed, language=language)
    every = feed.entries
    if len(every) <= MOST_ENTRIES:
        return feed
    kept = newest(every, [entry.published or entry.updated for entry in every], MOST_ENTRIES)
    return replace(
        feed,
        entries=tuple(kept),
        broken=feed.broken[:MOST_ENTRIES],
        dropped=feed.dropped + len(every) - len(kept),
    )
