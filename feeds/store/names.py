"""Names of entries: which ids several entries of a source share, and what stands at an address."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.store.bulk import any_of, given, insert_given
from feeds.store.tables import alias, article, shared_guid, sighting

Pair = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored sighting: its name, and the title and text of its article."""

    name: str
    title: str
    text: str


def shared(connection: sa.Connection, pairs: Sequence[Pair]) -> set[Pair]:
    """Tell which ids of sources are known to name several entries."""
    asked = given([shared_guid.c.source_id, shared_guid.c.guid], pairs)
    same = (shared_guid.c.source_id == asked.c.source_id) & (shared_guid.c.guid == asked.c.guid)
    rows = connection.execute(
        sa.select(shared_guid.c.source_id, shared_guid.c.guid).join(asked, same)
    )
    return {(row.source_id, row.guid) for row in rows}


def share(connection: sa.Connection, pairs: Sequence[Pair]) -> None:
    """Note ids that name several entries."""
    if pairs:
        statement = insert_given(shared_guid, ["source_id", "guid"], sorted(set(pairs)))
        connection.execute(statement.on_conflict_do_nothing())


def at_addresses(connection: sa.Connection, pairs: Sequence[Pair]) -> dict[Pair, Stored]:
    """Find what a source lists at addresses (keys): one sighting of each, with its article."""
    asked = given([sighting.c.source_id, alias.c.identity], pairs)
    rows = connection.execute(
        sa.select(
            asked.c.source_id, asked.c.identity, sighting.c.guid, article.c.title, article.c.text
        )
        .join(alias, alias.c.identity == asked.c.identity)
        .join(
            sighting,
            (sighting.c.article_id == alias.c.article_id)
            & (sighting.c.source_id == asked.c.source_id),
        )
        .join(article, article.c.id == sighting.c.article_id)
        .order_by(sighting.c.guid.desc())
    )
    return {(row.source_id, row.identity): Stored(row.guid, row.title, row.text) for row in rows}


def told(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Stored]:
    """Read the titles and texts of articles, under the names that they show."""
    rows = connection.execute(
        sa.select(article.c.id, article.c.guid, article.c.title, article.c.text).where(
            any_of(article.c.id, ids)
        )
    )
    return {row.id: Stored(row.guid, row.title, row.text) for row in rows}


def rename(connection: sa.Connection, source_id: int, old: str, new: str) -> None:
    """Give a source's sighting another name; one that has the new name already stays alone."""
    if old == new:
        return
    there = connection.scalar(
        sa.select(sighting.c.guid).where(sighting.c.source_id == source_id, sighting.c.guid == new)
    )
    which = (sighting.c.source_id == source_id) & (sighting.c.guid == old)
    if there is None:
        connection.execute(sa.update(sighting).where(which).values(guid=new))
    else:
        connection.execute(sa.delete(sighting).where(which))
    connection.execute(
        sa.update(article)
        .where(article.c.source_id == source_id, article.c.guid == old)
        .values(guid=new)
    )
