"""Fetches: what became of each, for a source's last thirty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store.bulk import Rows, any_of
from feeds.store.tables import fetch_event, source

HISTORY = 30
# Old lines go when so many more have come: a delete for each fetch would cost more than its line.
PRUNE_EVERY = 10


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries of one fetch ended under each word."""

    entries: int = 0
    new: int = 0
    revised: int = 0
    sightings: int = 0
    rejected: int = 0
    quarantined: int = 0
    unchanged: int = 0
    links: int = 0


@dataclass(frozen=True, slots=True)
class FetchLine:
    """One fetch of a source; `why` says when the next one is due and for what reason.

    `note` says what was wrong with a document that could be read, and what was left out of it.
    """

    at: datetime
    outcome: str
    status: int | None
    counts: Counts
    ms: int
    error: str | None
    why: str = ""
    size: int = 0
    note: str = ""


_COUNTS = tuple(Counts.__dataclass_fields__)
_NAMES = ("source_id", "at", "outcome", "status", "bytes", "ms", "error", "why", "note", *_COUNTS)
_LINES = Rows(*(fetch_event.c[name] for name in _NAMES))
_APPEND = sa.insert(fetch_event).from_select(list(_NAMES), sa.select(_LINES.table))


def append(connection: sa.Connection, lines: Sequence[tuple[int, FetchLine]]) -> None:
    """Add fetches by source id."""
    rows = [
        (
            source_id,
            one.at,
            one.outcome,
            one.status,
            one.size,
            one.ms,
            one.error,
            one.why,
            one.note,
            *(getattr(one.counts, name) for name in _COUNTS),
        )
        for source_id, one in lines
    ]
    if rows:
        connection.execute(_APPEND, _LINES.packed(rows))


def prune(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Drop what is older than the last thirty fetches of each source."""
    if not ids:
        return
    newest = (
        sa.select(fetch_event.c.id)
        .where(fetch_event.c.source_id == source.c.id)
        .order_by(fetch_event.c.id.desc())
        .offset(HISTORY)
        .lateral("old")
    )
    old = (
        sa.select(newest.c.id)
        .select_from(source.join(newest, sa.true()))
        .where(any_of(source.c.id, ids))
    )
    connection.execute(sa.delete(fetch_event).where(fetch_event.c.id.in_(old)))


def history(connection: sa.Connection, source_id: int) -> list[FetchLine]:
    """List a source's last 30 fetches, newest first."""
    rows = connection.execute(
        sa.select(fetch_event)
        .where(fetch_event.c.source_id == source_id)
        .order_by(fetch_event.c.id.desc())
        .limit(HISTORY)
    )
    return [
        FetchLine(
            row.at,
            row.outcome,
            row.status,
            Counts(*(getattr(row, name) for name in _COUNTS)),
            row.ms,
            row.error,
            row.why,
            row.bytes,
            row.note,
        )
        for row in rows
    ]
