"""Listing: which articles a feed holds, and which feeds an article is in.

Keys: `all`, `featured`, `most-read`, `section/…`, `topic/…`, `author/…`, `source/…`, and `story/…`
with the public id of the story's lead. A section's feed holds its descendants' articles. An article
is listed once it is related, while it is public, and when it leads its group of duplicates; a
source's own feed lists what that source showed, duplicate or not.

A story's feed is kept from the day on which somebody asked for it: hardly any is ever read, and
there is a story for every second or third article.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.model import parse_public_id
from feeds.store import succession
from feeds.store.bulk import any_of
from feeds.store.tables import (
    article,
    article_author,
    article_topic,
    author,
    feed,
    sighting,
    source,
    warmth,
)

CHOSEN = 20  # articles of `featured` and of `most-read`
SHOWN = (article.c.state == "public") & article.c.related_at.is_not(None)


def keys_of(
    connection: sa.Connection, ids: Iterable[int], ancestors: Mapping[str, Sequence[str]]
) -> set[str]:
    """Name every feed that holds or may hold these articles.

    `ancestors` of each section, itself too.
    """
    chosen = sorted(set(ids))
    if not chosen:
        return set()
    keys = {"all", "featured"} | _read_and_told(connection, chosen)
    sections = sa.select(article.c.section).distinct().where(any_of(article.c.id, chosen))
    for slug in connection.scalars(sections):
        keys |= {f"section/{name}" for name in ancestors.get(slug, (slug,) if slug else ())}
    authors = (
        sa.select(article_author.c.slug)
        .distinct()
        .where(any_of(article_author.c.article_id, chosen))
    )
    topics = (
        sa.select(article_topic.c.slug).distinct().where(any_of(article_topic.c.article_id, chosen))
    )
    sources = (
        sa.select(source.c.name)
        .distinct()
        .join(sighting, sighting.c.source_id == source.c.id)
        .where(any_of(sighting.c.article_id, chosen))
    )
    for prefix, query in (("author", authors), ("topic", topics), ("source", sources)):
        keys |= {f"{prefix}/{slug}" for slug in connection.scalars(query)}
    return keys


def _read_and_told(connection: sa.Connection, ids: Sequence[int]) -> set[str]:
    """Name `most-read` where articles were read, and the kept feeds of stories they tell or led."""
    stories = sa.select(article.c.story_id).where(
        any_of(article.c.id, ids), article.c.story_id.is_not(None)
    )
    was_read = sa.select(sa.null()).where(sa.exists().where(any_of(warmth.c.article_id, ids)))
    found = set(connection.scalars(stories.union_all(was_read)))
    keys = {succession.key_of(one) for one in {*ids, *found} if one is not None}
    kept = connection.scalars(sa.select(feed.c.key).where(any_of(feed.c.key, keys)))
    return {*kept, *(["most-read"] if None in found else [])}


def newest(
    connection: sa.Connection, key: str, limit: int, descendants: Mapping[str, Sequence[str]]
) -> list[int]:
    """List the newest articles of a feed, newest first; `descendants` as in `newest_of`."""
    return newest_of(connection, [key], limit, descendants)[key]


def newest_of(
    connection: sa.Connection,
    keys: Iterable[str],
    limit: int,
    descendants: Mapping[str, Sequence[str]],
) -> dict[str, list[int]]:
    """List the newest articles of feeds, newest first; an empty list for an unknown key.

    `descendants` of each section, itself too. One statement for all feeds of a kind.
    """
    found: dict[str, list[NDArray[np.void]]] = {key: [] for key in keys}
    by_kind: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in found:
        kind, _, slug = key.partition("/")
        slugs = descendants.get(slug, (slug,)) if kind == "section" else (slug,)
        if kind == "story":
            slugs = (str(parse_public_id(slug) or 0),)
        by_kind[kind] += [(key, one) for one in slugs]
    for kind, asked in by_kind.items():
        if kind in _NEWEST:
            names, slugs = zip(*asked, strict=True)
            chosen = {"keys": list(names), "slugs": list(slugs), "most": limit}
            for key, rows in connection.execute(_NEWEST[kind], chosen).all():
                found[key].append(np.frombuffer(rows, dtype=_DATED))
    return {key: _first(rows, limit) for key, rows in found.items()}


_DATED = [("at", ">i8"), ("id", ">i8")]


def _first(parts: Sequence[NDArray[np.void]], limit: int) -> list[int]:
    """Take the newest of a feed's rows, each article once."""
    if not parts:
        return []
    rows = np.concatenate(parts)
    ordered: list[int] = rows["id"][np.lexsort((rows["id"], rows["at"]))[::-1]].tolist()
    return list(dict.fromkeys(ordered))[:limit]


def _newest(inner: str) -> sa.TextClause:
    """Take the newest of each slug by its own index, whatever the planner knows of the tables.

    A key's rows come as one string of bytes: there are hundreds of each, read twenty times faster.
    """
    return sa.text(
        f"""
        SELECT asked.key, string_agg(timestamptz_send(one.effective_at) || int8send(one.id), '')
        FROM unnest(CAST(:keys AS text[]), CAST(:slugs AS text[])) asked(key, slug)
        CROSS JOIN LATERAL ({inner} LIMIT :most) one GROUP BY asked.key
        """
    )


def _joined(table: str) -> str:
    """List what a table names that holds the articles' dates, and is indexed by them.

    OFFSET hides the condition from the planner, which else may read a whole index that has it.
    """
    return f"""
      SELECT t.article_id AS id, t.effective_at FROM {table} t
      CROSS JOIN LATERAL (
        SELECT state, related_at, duplicate_of FROM article WHERE id = t.article_id OFFSET 0
      ) a
      WHERE t.slug = asked.slug AND {_LISTED} ORDER BY t.effective_at DESC, t.article_id DESC
    """


_SHOWN = "a.state = 'public' AND a.related_at IS NOT NULL"
_LISTED = f"{_SHOWN} AND a.duplicate_of IS NULL"
_ALL = f"""
  SELECT a.id, a.effective_at FROM article a
  WHERE {_LISTED} ORDER BY a.effective_at DESC, a.id DESC
"""
_SECTION = f"""
  SELECT a.id, a.effective_at FROM article a
  WHERE {_LISTED} AND a.section = asked.slug ORDER BY a.effective_at DESC, a.id DESC
"""
# By when the source listed them; an article may have two sightings of one source.
_SOURCE = f"""
  SELECT sighted.id, sighted.effective_at FROM (
    SELECT a.id, a.effective_at FROM sighting s
    CROSS JOIN LATERAL (
      SELECT id, effective_at, state, related_at FROM article WHERE id = s.article_id OFFSET 0
    ) a
    WHERE s.source_id = (SELECT id FROM source WHERE name = asked.slug) AND {_SHOWN}
    ORDER BY s.effective_at DESC, s.article_id DESC LIMIT 2 * :most
  ) sighted ORDER BY sighted.effective_at DESC, sighted.id DESC
"""
_STORY = f"""
  SELECT a.id, a.effective_at FROM article a
  WHERE {_LISTED} AND a.id IN (
    SELECT id FROM article WHERE story_id = CAST(asked.slug AS bigint)
    UNION SELECT CAST(asked.slug AS bigint))  -- also while the lead stands alone
  ORDER BY a.effective_at DESC, a.id DESC
"""
# What editors pinned, then what several tell: by how many, a day being worth one of them; of each
# whoever stands for it. Not by the clock, which would change a feed that nothing happened to. Each
# is looked up by its id: left to the planner, all that is stored was joined with what is recent.
_HEAD_OF = """
    CROSS JOIN LATERAL (
      SELECT coalesce(duplicate_of, id) AS id FROM article WHERE id = {}.lead OFFSET 0) head
    CROSS JOIN LATERAL (SELECT * FROM article WHERE id = head.id OFFSET 0) a"""
_FEATURED = f"""
  SELECT id, effective_at FROM (
    SELECT a.id, a.effective_at, 0 AS rank, p.position::float8 AS place
    FROM (SELECT article_id AS lead, position FROM pin) p {_HEAD_OF.format("p")}
    WHERE {_LISTED}
    UNION ALL
    SELECT a.id, a.effective_at, 1, -t.score FROM (
      SELECT lead, count(*) + extract(epoch FROM max(effective_at))::float8 / 86400 AS score
      FROM (SELECT coalesce(story_id, duplicate_of, id) AS lead, effective_at FROM article
            WHERE state = 'public' AND related_at IS NOT NULL
            ORDER BY effective_at DESC, id DESC LIMIT 500) recent
      GROUP BY lead HAVING count(*) > 1
    ) t {_HEAD_OF.format("t")}
    WHERE {_LISTED}
  ) chosen GROUP BY id, effective_at ORDER BY min(rank), min(place), id LIMIT {CHOSEN}
"""
_MOST_READ = f"""
  SELECT a.id, a.effective_at FROM (
    SELECT article_id, level FROM warmth ORDER BY level DESC, article_id LIMIT 10 * {CHOSEN}
  ) w CROSS JOIN LATERAL (SELECT * FROM article WHERE id = w.article_id OFFSET 0) a
  WHERE {_LISTED} ORDER BY w.level DESC, a.id LIMIT {CHOSEN}
"""
_NEWEST = {
    "all": _newest(_ALL),
    "featured": _newest(f"SELECT * FROM ({_FEATURED}) f"),
    "most-read": _newest(f"SELECT * FROM ({_MOST_READ}) m"),
    "story": _newest(_STORY),
    "section": _newest(_SECTION),
    "author": _newest(_joined("article_author")),
    "topic": _newest(_joined("article_topic")),
    "source": _newest(_SOURCE),
}


def gone(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Name the feeds among these whose source was removed."""
    slugs = [key.removeprefix("source/") for key in keys if key.startswith("source/")]
    if not slugs:
        return set()
    removed = sa.select(source.c.name).where(
        any_of(source.c.name, slugs), source.c.removed_at.is_not(None)
    )
    return {f"source/{name}" for name in connection.scalars(removed)}


def names(connection: sa.Connection, keys: Iterable[str]) -> dict[str, str]:
    """Name the authors, sources and stories' leads among feed keys."""
    wanted = list(keys)
    authors = [key.removeprefix("author/") for key in wanted if key.startswith("author/")]
    sources = [key.removeprefix("source/") for key in wanted if key.startswith("source/")]
    named = sa.select(author.c.slug, author.c.name).where(any_of(author.c.slug, authors))
    titled = sa.select(source.c.name, source.c.title).where(any_of(source.c.name, sources))
    found = {f"author/{row[0]}": row[1] for row in connection.execute(named)}
    found |= {f"source/{row[0]}": row[1] for row in connection.execute(titled)}
    leads = [parse_public_id(key[6:]) for key in wanted if key.startswith("story/")]
    if leads:
        told = sa.select(article.c.id, article.c.title).where(
            any_of(article.c.id, [one for one in leads if one])
        )
        found |= {succession.key_of(row[0]): row[1] for row in connection.execute(told)}
    return found
