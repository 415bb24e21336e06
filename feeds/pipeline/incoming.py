"""What one fetch of a source brought."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Self

from feeds.ingest.draft import EARLIEST, entry_guid, entry_hash
from feeds.model import BrokenEntry, Entry, ParsedFeed, Source


@dataclass(frozen=True, slots=True)
class Incoming:
    """Entries of one source; `deleted` holds guids that the publisher took back.

    `full` maps names of entries to the same entries with their pages' full text; `told_by_pages`
    names those of which a page told what the feed doesn't. `links` are entries of which the source
    says no more than the address; `listed` holds the addresses of all that it lists, `None` where
    it doesn't claim to list all. `waiting_s` is set where entries were left out whose pages wait
    for their host, to the longest wait; `again_s` where pages failed that are tried again, to the
    shortest.
    """

    source: Source
    entries: tuple[Entry, ...]
    broken: tuple[BrokenEntry, ...] = ()
    deleted: tuple[str, ...] = ()
    full: Mapping[str, Entry] = field(default_factory=dict)
    told_by_pages: frozenset[str] = frozenset()
    links: tuple[Entry, ...] = ()
    listed: tuple[str, ...] | None = None
    waiting_s: float | None = None
    again_s: float | None = None

    @property
    def pages_wait_s(self) -> float | None:
        """Tell how long until pages of entries are asked for again; `None` where none is."""
        return min((one for one in (self.waiting_s, self.again_s) if one is not None), default=None)

    @classmethod
    def of(cls, source: Source, document: ParsedFeed) -> Self:
        """Say what a document brought; what a sitemap has only an address of is a link."""
        is_bare = document.kind.endswith("sitemap")
        links = [entry for entry in document.entries if is_bare and not entry.title]
        told = [entry for entry in document.entries if not (is_bare and not entry.title)]
        return cls(
            source,
            tuple(told),
            document.broken,
            document.deleted,
            links=tuple(links),
            listed=document.listed,
        )

    def named(self) -> Mapping[str, Entry]:
        """Name each entry by its guid, or by its address where guid and address are not one to one.

        Of entries with one name the last edition counts, wherever it stands.
        """
        return _named(self.entries)


@lru_cache(maxsize=64)  # each step of a batch asks for the same names
def _named(entries: tuple[Entry, ...]) -> Mapping[str, Entry]:
    guids = [entry_guid(entry) for entry in entries]
    places = {(guid, entry.url) for guid, entry in zip(guids, entries, strict=True)}
    shared = Counter(guid for guid, _ in places)
    named: dict[str, Entry] = {}
    for name, entry in zip(guids, entries, strict=True):
        guid = name
        if shared[guid] > 1 and entry.url:
            guid = entry_guid(replace(entry, guid=None))
        before = named.get(guid)
        named[guid] = entry if before is None else max(before, entry, key=_edition)
    return MappingProxyType(named)


def _edition(entry: Entry) -> tuple[datetime, bytes]:
    return (entry.updated or entry.published or EARLIEST, entry_hash(entry))
