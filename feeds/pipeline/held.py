"""Held: sources that tell known entries under new ids are set aside instead of flooding.

Theory: a publisher whose server makes up ids anew for each answer would bring every entry as if it
were new, for ever. A publisher who moves to https changes all ids once, and that is no flood. So
what counts is ids that are new, by more than the scheme, on entries whose address and title are
known from the same source. A person decides: `tinwire sources release` takes such ids as they come.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from feeds.errors import BadEntry
from feeds.ingest.draft import entry_guid
from feeds.model import Entry, Outcome, Source
from feeds.pipeline.answers import Fetched
from feeds.store import retold
from feeds.text.normalise import display
from feeds.urls import absolute, url_key

MOST_RETOLD = 0.8
_LEAST_ENTRIES = 5  # of fewer, one edit could look like a habit


def hold(connection: sa.Connection, fetched: Sequence[Fetched]) -> list[Fetched]:
    """Turn documents that are nothing but known entries under new ids into a reason to pause."""
    return [_held(connection, one) for one in fetched]


def _held(connection: sa.Connection, one: Fetched) -> Fetched:
    document, polled = one.document, one.polled
    is_first = polled.body_hash is None
    if document is None or is_first or polled.ids_change or len(document.entries) < _LEAST_ENTRIES:
        return one
    told = {entry_guid(entry): entry for entry in document.entries}
    new = retold.new_guids(connection, polled.source.id, list(told))
    if len(new) < MOST_RETOLD * len(document.entries):
        return one
    known = _known_again(connection, polled.source, [told[guid] for guid in new])
    if known < MOST_RETOLD * len(document.entries):
        return one
    why = f"{known} of {len(document.entries)} entries are known, and came under new ids"
    record = replace(one.record, outcome=Outcome.HELD, error=why, pause=True, document=None)
    return replace(one, record=record, document=None)


def _known_again(connection: sa.Connection, source: Source, entries: Sequence[Entry]) -> int:
    """Count entries that the source listed before, under the same address and title."""
    keys = {entry_guid(entry): _key(source, entry) for entry in entries}
    stored = retold.listed_as(connection, source.id, {key for key in keys.values() if key})
    found = 0
    for entry in entries:
        guid = entry_guid(entry)
        before = stored.get(keys[guid] or "", ())
        # Another scheme alone is the move to https.
        ids = {_bare(each.guid) for each in before}
        titles = {each.title for each in before}
        found += bool(before) and _bare(guid) not in ids and display(entry.title) in titles
    return found


def _key(source: Source, entry: Entry) -> str | None:
    url = absolute(source.url, entry.url or "")
    try:
        return url_key(url) if url else None
    except (ValueError, BadEntry):
        return None


def _bare(guid: str) -> str:
    return guid.removeprefix("http://").removeprefix("https://")
