"""Succession: where the stories stand whose feeds are kept; stories grow, merge, and lose leads."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from feeds.model import parse_public_id, public_id
from feeds.store.bulk import literal

PREFIX = "story/"


def key_of(lead_id: int) -> str:
    """Name the feed of the story that an article leads."""
    return f"{PREFIX}{public_id(lead_id)}"


def heirs(connection: sa.Connection, keys: Iterable[str]) -> dict[str, str | None]:
    """Map feeds of stories that stand under another name now to its feed; `None`: to none.

    A lead that stands alone now keeps its feed. Of a lead that was withdrawn, the earliest of its
    articles that is left says where they are told.
    """
    asked = {
        number: key
        for key in keys
        if key.startswith(PREFIX) and (number := parse_public_id(key.removeprefix(PREFIX)))
    }
    if not asked:
        return {}
    rows = connection.execute(_PLACES, {"ids": literal(asked), "keys": list(asked.values())})
    places: Mapping[int, int | None] = {row.id: row.place for row in rows}
    return {
        key: None if (place := places[number]) is None else key_of(place)
        for number, key in asked.items()
        if places[number] != number
    }


# An article is told by its group's lead, and that by its story's.
_PLACE = "coalesce(a.story_id, l.story_id, a.duplicate_of, a.id)"
_PLACES = sa.text(
    f"""
    SELECT asked.id, coalesce(
      (SELECT {_PLACE} FROM article a LEFT JOIN article l ON l.id = a.duplicate_of
       WHERE a.id = asked.id AND a.state = 'public'),
      (SELECT {_PLACE} FROM feed f CROSS JOIN LATERAL unnest(f.item_ids) item(id)
       JOIN article a ON a.id = item.id LEFT JOIN article l ON l.id = a.duplicate_of
       WHERE f.key = asked.key AND a.state = 'public' AND coalesce(a.story_id, l.story_id) > 0
       ORDER BY a.effective_at, a.id LIMIT 1)) AS place
    FROM unnest(CAST(:ids AS bigint[]), CAST(:keys AS text[])) asked(id, key)
    """
)
