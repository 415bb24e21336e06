"""Retold: whether a source told its entries before, under other ids."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.store.bulk import any_of, given
from feeds.store.tables import alias, article, sighting


@dataclass(frozen=True, slots=True)
class Told:
    """An entry that a source listed before: its id, and its article's title."""

    guid: str
    title: str


def new_guids(connection: sa.Connection, source_id: int, guids: Sequence[str]) -> list[str]:
    """List the ids that a source never used before."""
    asked = given([sighting.c.guid], [(guid,) for guid in guids])
    is_known = sa.exists().where(sighting.c.source_id == source_id, sighting.c.guid == asked.c.guid)
    return list(connection.scalars(sa.select(asked.c.guid).where(~is_known)))


def listed_as(
    connection: sa.Connection, source_id: int, identities: Iterable[str]
) -> dict[str, tuple[Told, ...]]:
    """Map addresses' keys to what a source listed under them."""
    rows = connection.execute(
        sa.select(alias.c.identity, sighting.c.guid, article.c.title)
        .join(sighting, sighting.c.article_id == alias.c.article_id)
        .join(article, article.c.id == alias.c.article_id)
        .where(any_of(alias.c.identity, identities), sighting.c.source_id == source_id)
    )
    found: dict[str, list[Told]] = defaultdict(list)
    for row in rows:
        found[row.identity].append(Told(row.guid, row.title))
    return {identity: tuple(told) for identity, told in found.items()}
