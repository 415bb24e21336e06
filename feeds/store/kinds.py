"""Kinds of sources: what each one's address leads to, and addresses that moved to the feed."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.store.bulk import any_of
from feeds.store.tables import source
from feeds.urls import host_of


@dataclass(frozen=True, slots=True)
class Kind:
    """What a source showed itself to be, with the reason; `url` is where it is polled from now."""

    source_id: int
    kind: str
    why: str
    url: str | None = None


def owners(connection: sa.Connection, urls: Iterable[str]) -> dict[str, str]:
    """Map addresses that a source has already to its name."""
    rows = connection.execute(
        sa.select(source.c.url, source.c.name).where(any_of(source.c.url, urls))
    )
    return {row.url: row.name for row in rows}


def note(connection: sa.Connection, found: Iterable[Kind]) -> None:
    """Store kinds; a source that moves forgets the validators of its old address.

    It stays where it is when another source took the address meanwhile.
    """
    for one in sorted(found, key=lambda one: one.source_id):
        taken = owners(connection, [one.url]) if one.url else {}
        values: dict[str, object] = {"kind": one.kind, "kind_why": one.why}
        if one.url and not taken:
            values |= {"url": one.url, "host": host_of(one.url)}
            values |= {"etag": None, "last_modified": None, "body_hash": None}
        connection.execute(sa.update(source).where(source.c.id == one.source_id).values(**values))


def reasons(connection: sa.Connection) -> dict[int, str]:
    """Map sources to the reason for their kind."""
    rows = connection.execute(sa.select(source.c.id, source.c.kind_why))
    return {row.id: row.kind_why for row in rows}
