"""What one fetch of a source brought."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from feeds.ingest.draft import EARLIEST, entry_guid, entry_hash
from feeds.model import BrokenEntry, Entry, ParsedFeed, Source


@dataclass(frozen=True, slots=True)
class Incoming:
    """Entries of one source; `deleted` holds guids that the publisher took back.

    `full` maps names of entries to the same entries with their pages' full text. `links` are
    entries of which the source says no more than the address; `listed` holds the addresses of all
    that it lists, `None` where it doesn't claim to list all.
    """

    source: Source
    entries: tuple[Entry, ...]
    broken: tuple[BrokenEntry, ...] = ()
    deleted: tuple[str, ...] = ()
    full: Mapping[str, Entry] = field(default_factory=dict)
    links: tuple[Entry, ...] = ()
    listed: tuple[str, ...] | None = None

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

    def named(self) -> dict[str, Entry]:
        """Name each entry by its guid, or by its address where guid and address are not one to one.

        Of entries with one name the last edition counts, wherever it stands.
        """
        places = {(entry_guid(entry), entry.url) for entry in self.entries}
        shared = Counter(guid for guid, _ in places)
        named: dict[str, Entry] = {}
        for entry in self.entries:
            guid = entry_guid(entry)
            if shared[guid] > 1 and entry.url:
                guid = entry_guid(replace(entry, guid=None))
            named[guid] = max(named.get(guid, entry), entry, key=_edition)
        return named


def _edition(entry: Entry) -> tuple[datetime, bytes]:
    return (entry.updated or entry.published or EARLIEST, entry_hash(entry))
