"""Kinds of sources: what each one's address leads to, and addresses that moved to the feed."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.store.bulk import any_of, given
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
    found = sorted(found, key=lambda one: one.source_id)
    if not found:
        return
    taken = owners(connection, [one.url for one in found if one.url])
    stays = [one for one in found if not one.url or one.url in taken]
    if stays:
        rows = [(one.source_id, one.kind, one.why) for one in stays]
        new = given([source.c.id, source.c.kind, source.c.kind_why], rows)
        connection.execute(
            sa.update(source)
            .where(source.c.id == new.c.id)
            .values(kind=new.c.kind, kind_why=new.c.kind_why)
        )
    for one in found:
        if one.url and one.url not in taken:
            _move(connection, one, one.url)


def _move(connection: sa.Connection, one: Kind, url: str) -> None:
    values: dict[str, object] = {"kind": one.kind, "kind_why": one.why}
    if not owners(connection, [url]):  # another of the same batch may have it by now
        values |= {"url": url, "host": host_of(url)}
        values |= {"etag": None, "last_modified": None, "body_hash": None}
    connection.execute(sa.update(source).where(source.c.id == one.source_id).values(**values))


def reasons(connection: sa.Connection) -> dict[int, str]:
    """Map sources to the reason for their kind."""
    rows = connection.execute(sa.select(source.c.id, source.c.kind_why))
    return {row.id: row.kind_why for row in rows}
