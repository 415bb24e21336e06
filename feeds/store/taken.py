"""What was taken back of what feeds had shown, for their tombstones (RFC 6721)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import public_id
from feeds.store.bulk import any_of
from feeds.store.tables import (
    article,
    article_author,
    article_topic,
    feed_page,
    sighting,
    source,
    tombstone,
)

TOLD = timedelta(days=30)  # before a feed's last change, so that time alone changes no feed
_MOST = 200  # of all, the newest


@dataclass(frozen=True, slots=True)
class Taken:
    """An article that was withdrawn after it was first emitted."""

    id: int
    at: datetime


def tag(authority: str, article_id: int) -> str:
    """Name an item as feeds did."""
    return f"tag:{authority}:article/{public_id(article_id)}"


def by_key(
    connection: sa.Connection, keys: Iterable[str], ancestors: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Taken, ...]]:
    """List what was taken back of the feeds that are asked for, newest first."""
    rows = connection.execute(
        sa.select(tombstone.c.article_id, tombstone.c.at, article.c.section)
        .join(article, article.c.id == tombstone.c.article_id)
        .where(article.c.emitted_at.is_not(None), article.c.state == "withdrawn")
        .order_by(tombstone.c.at.desc(), tombstone.c.article_id.desc())
        .limit(_MOST)
    ).all()
    if not rows:
        return {}
    wanted = set(keys)
    others = _listed_in(connection, [row.article_id for row in rows])
    for number, key in _told_in(connection, [key for key in wanted if key.startswith("story/")]):
        others[number].add(key)
    found: dict[str, list[Taken]] = defaultdict(list)
    for row in rows:
        above = ancestors.get(row.section, (row.section,) if row.section else ())
        sections = {f"section/{slug}" for slug in above}
        for key in ({"all"} | sections | others[row.article_id]) & wanted:
            found[key].append(Taken(row.article_id, row.at))
    return {key: tuple(gone) for key, gone in found.items()}


def of(connection: sa.Connection, ids: Iterable[int]) -> list[Taken]:
    """List those of some articles that were withdrawn, by time."""
    rows = connection.execute(
        sa.select(tombstone.c.article_id, tombstone.c.at)
        .where(any_of(tombstone.c.article_id, set(ids)))
        .order_by(tombstone.c.at, tombstone.c.article_id)
    )
    return [Taken(*row) for row in rows]


def _told_in(connection: sa.Connection, keys: Sequence[str]) -> list[tuple[int, str]]:
    """List what stories' feeds ever held: who is withdrawn stands in no story any more."""
    if not keys:
        return []
    ever = sa.select(sa.func.unnest(feed_page.c.article_ids), feed_page.c.key)
    return [
        (row[0], row[1]) for row in connection.execute(ever.where(any_of(feed_page.c.key, keys)))
    ]


def _listed_in(connection: sa.Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    """Name the authors', topics' and sources' feeds that articles were in."""
    queries = {
        "author": sa.select(article_author.c.article_id, article_author.c.slug),
        "topic": sa.select(article_topic.c.article_id, article_topic.c.slug),
        "source": sa.select(sighting.c.article_id, source.c.name).join(
            source, source.c.id == sighting.c.source_id
        ),
    }
    found: dict[int, set[str]] = defaultdict(set)
    for prefix, query in queries.items():
        for number, slug in connection.execute(query.where(any_of(query.selected_columns[0], ids))):
            found[number].add(f"{prefix}/{slug}")
    return found
