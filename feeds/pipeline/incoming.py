"""What one fetch of a source brought."""

from dataclasses import dataclass

from feeds.model import BrokenEntry, Entry, Source


@dataclass(frozen=True, slots=True)
class Incoming:
    """Entries of one source; `deleted` holds guids that the publisher took back."""

    source: Source
    entries: tuple[Entry, ...]
    broken: tuple[BrokenEntry, ...] = ()
    deleted: tuple[str, ...] = ()
