"""Names: by what each entry of a source is known again, its id or its address.

An entry whose id turns out to be no name is handed on without it, and what was stored under the
id is renamed in the same transaction; so a document that is read at once and one that comes
entry by entry leave the same rows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from feeds.dedupe.identity import Telling, agree
from feeds.ingest.draft import entry_guid, plain_guid
from feeds.model import Entry
from feeds.pipeline.incoming import Incoming
from feeds.store import intake, names
from feeds.store.intake import Seen
from feeds.store.names import Pair
from feeds.text.html import plain
from feeds.urls import url_key


@dataclass(frozen=True, slots=True)
class _Named:
    source_id: int
    name: str
    entry: Entry
    key: str

    @property
    def pair(self) -> Pair:
        return self.source_id, self.name

    @property
    def by_address(self) -> str:
        return entry_guid(replace(self.entry, guid=None))


def settle_names(
    connection: sa.Connection, incoming: Sequence[Incoming]
) -> tuple[list[Incoming], dict[Pair, Seen]]:
    """Drop ids that name nothing, and look up what is stored under the names that are left."""
    incoming = [_by_itself(connection, each) for each in incoming]
    named = list(_named(incoming))
    seen = intake.seen(connection, [one.pair for one in named])
    addressed = [one for one in named if one.key]
    moved = [one for one in addressed if one.entry.guid and one.pair in seen]
    dropped = _shared(connection, moved, seen)
    dropped |= _unsteady(connection, [one for one in addressed if one.pair not in seen])
    if not dropped:
        return list(incoming), seen
    settled = [_without(each, dropped) for each in incoming]
    return settled, intake.seen(connection, [one.pair for one in _named(settled)])


def _by_itself(connection: sa.Connection, each: Incoming) -> Incoming:
    """Drop the ids that the document itself shows to be none: one of many, or many of one."""
    addresses: dict[str, set[str]] = defaultdict(set)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in each.entries:
        key = _key(entry.url)
        if key and entry.guid:
            addresses[plain_guid(entry.guid)].add(key)
            entries[key].append(entry)
    shared = {(each.source.id, guid) for guid, keys in addresses.items() if len(keys) > 1}
    names.share(connection, list(shared))
    for (source_id, guid), stored in intake.seen(connection, list(shared)).items():
        names.rename(connection, source_id, guid, _address_name(stored.url) or guid)
    twins = {(each.source.id, name) for group in entries.values() for name in _twins(group)}
    return _without(each, shared | twins) if shared or twins else each


def _twins(group: Sequence[Entry]) -> set[str]:
    """Name the entries of one address, where they have several ids and say the same."""
    found = {entry_guid(entry) for entry in group}
    if len(found) == 1:
        return set()
    said = names.Stored("", group[0].title, plain(group[0].content or group[0].summary))
    return found if all(_agree(entry, said) for entry in group) else set()


def _named(incoming: Sequence[Incoming]) -> Iterator[_Named]:
    for each in incoming:
        for name, entry in each.named().items():
            yield _Named(each.source.id, name, entry, _key(entry.url))


def _key(url: str | None) -> str:
    try:
        return url_key(url) if url else ""
    except ValueError:
        return ""


def _address_name(url: str) -> str:
    """Name an entry as one without an id is named; nothing where it has no address either."""
    return entry_guid(Entry(guid=None, url=url, title="")) if _key(url) else ""


def _shared(
    connection: sa.Connection, found: Sequence[_Named], seen: Mapping[Pair, Seen]
) -> set[Pair]:
    """Find ids that are stored for another address and another article: they name several."""
    moved = [one for one in found if _key(seen[one.pair].url) not in ("", one.key)]
    if not moved:
        return set()
    told = names.told(connection, [seen[one.pair].article_id for one in moved])
    shared = [one for one in moved if not _agree(one.entry, told.get(seen[one.pair].article_id))]
    names.share(connection, [one.pair for one in shared])
    for one in shared:
        names.rename(connection, one.source_id, one.name, _address_name(seen[one.pair].url))
    return {one.pair for one in shared}


def _unsteady(connection: sa.Connection, found: Sequence[_Named]) -> set[Pair]:
    """Find ids that are new although the source lists the article at this address already."""
    if not found:
        return set()
    dropped = names.shared(connection, [one.pair for one in found])
    there = names.at_addresses(connection, [(one.source_id, one.key) for one in found])
    for one in found:
        stored = there.get((one.source_id, one.key))
        if stored is None or one.pair in dropped or not _agree(one.entry, stored):
            continue
        if stored.name != one.by_address:
            names.rename(connection, one.source_id, stored.name, one.by_address)
        dropped.add(one.pair)
    return dropped


def _agree(entry: Entry, stored: names.Stored | None) -> bool:
    if stored is None:
        return True
    own = Telling(entry.title, plain(entry.content or entry.summary))
    return agree(own, Telling(stored.title, stored.text))


def _without(each: Incoming, dropped: set[Pair]) -> Incoming:
    def settled(entry: Entry) -> Entry:
        unsteady = (each.source.id, entry_guid(entry)) in dropped
        return replace(entry, guid=None) if unsteady else entry

    return replace(each, entries=tuple(map(settled, each.entries)))
