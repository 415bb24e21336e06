"""Bytes to a parsed feed, whatever the dialect, and however it was broken on the way.

Theory: an entry that is lost silently is the worst error, for nobody misses it; then a broken
entry that takes its neighbours along. So what can't be read becomes a `BrokenEntry` with its
reason, entries beyond the cap are counted, and what was mended stands in the notes.
"""

from collections.abc import Mapping
from dataclasses import replace

from feeds.ingest.document import Document, open_document
from feeds.ingest.jsonfeed import read_json
from feeds.ingest.quick import read_quickly
from feeds.ingest.reference import read_by_reference
from feeds.ingest.tree import grow
from feeds.ingest.trim import newest, trim
from feeds.model import BrokenEntry, Entry, ParsedFeed

MOST_ENTRIES = 500


def parse(raw: bytes, headers: Mapping[str, str], url: str, timezone: str = "UTC") -> ParsedFeed:
    """Read a document that was fetched from `url`.

    `headers` has lower-case names; `timezone` (IANA) counts for dates without a zone. Raises
    `NotAFeed` with the reason.
    """
    feed = _read(open_document(raw, headers), url, timezone)
    return _settled(feed, headers.get("content-language"))


def _read(document: Document, url: str, zone: str) -> ParsedFeed:
    if document.is_json:
        return read_json(document.text, url, zone)
    tree, dropped = trim(grow(document, url), zone, 2 * MOST_ENTRIES)
    feed = read_quickly(tree, url, zone)
    if feed is None:
        feed = read_by_reference(tree, url, zone)
    notes = (f"not well-formed: {tree.fault}",) if tree.fault else ()
    return replace(feed, notes=notes, dropped=dropped) if notes or dropped else feed


def _settled(feed: ParsedFeed, language: str | None) -> ParsedFeed:
    """Set entries without any substance apart, and keep the newest of too many."""
    if feed.language is None and language:
        feed = replace(feed, language=language)
    empty = [entry for entry in feed.entries if _is_empty(entry)]
    if not empty and len(feed.entries) <= MOST_ENTRIES:
        return feed
    full = [entry for entry in feed.entries if not _is_empty(entry)]
    kept = newest(full, [entry.published or entry.updated for entry in full], MOST_ENTRIES)
    broken = tuple(BrokenEntry(entry.guid or "", "no title, link or content") for entry in empty)
    return replace(
        feed,
        entries=tuple(kept),
        broken=(feed.broken + broken)[:MOST_ENTRIES],
        dropped=feed.dropped + len(full) - len(kept),
    )


def _is_empty(entry: Entry) -> bool:
    return not (entry.title or entry.url or entry.content or entry.summary)
