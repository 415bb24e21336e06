"""Siblings: who else tells what an article tells, by the same words or in others.

An article's siblings are its group of duplicates and those that lead a group of its story, with
theirs; the same seen from each of them. Most articles have none, and are looked at by index only.
"""

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from feeds.model import Sibling
from feeds.store.bulk import literal

MOST = 12  # of each article, the first to tell: so a growing story changes its items no more
_WIDE = 100  # articles of a story, and copies of each, that are looked at

# `asked` are those that have siblings; `head` is whoever stands for the group.
_ASKED = """
    WITH asked AS MATERIALIZED (
      SELECT a.id, coalesce(a.duplicate_of, a.id) AS head, coalesce(a.story_id, l.story_id) AS story
      FROM unnest(CAST(:ids AS bigint[])) given(id)
      JOIN article a ON a.id = given.id
      LEFT JOIN article l ON l.id = a.duplicate_of
      WHERE a.story_id IS NOT NULL OR a.duplicate_of IS NOT NULL
        OR EXISTS (SELECT 1 FROM article d WHERE d.duplicate_of = a.id)
    ), heads AS MATERIALIZED (
      SELECT id, head FROM asked
      UNION
      SELECT asked.id, m.id FROM asked CROSS JOIN LATERAL (
        SELECT o.id FROM article o WHERE o.story_id = asked.story
        ORDER BY o.effective_at, o.id LIMIT :wide) m
    ), mates AS MATERIALIZED (
      SELECT id, head AS mate FROM heads
      UNION
      SELECT heads.id, d.id FROM heads CROSS JOIN LATERAL (
        SELECT o.id FROM article o WHERE o.duplicate_of = heads.head
        ORDER BY o.effective_at, o.id LIMIT :wide) d
    )
"""
_SIBLINGS = sa.text(
    f"""{_ASKED}
    SELECT id, mate, publisher, title, url FROM (
      SELECT mates.id, mates.mate, s.title AS publisher, a.title, a.url,
        row_number() OVER (PARTITION BY mates.id ORDER BY a.effective_at, a.id) AS place
      FROM mates JOIN article a ON a.id = mates.mate JOIN source s ON s.id = a.source_id
      WHERE mates.mate <> mates.id AND a.state = 'public' AND a.related_at IS NOT NULL
    ) told WHERE place <= :most ORDER BY id, place
    """
)
_MATES = sa.text(f"{_ASKED} SELECT DISTINCT mate FROM mates")


def siblings(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[Sibling, ...]]:
    """List the public siblings of articles, first tellers first; those without are left out."""
    asked = {"ids": literal(sorted(set(ids))), "wide": _WIDE, "most": MOST}
    found: dict[int, list[Sibling]] = defaultdict(list)
    for number, *told in connection.execute(_SIBLINGS, asked):
        found[number].append(Sibling(*told))
    return {number: tuple(told) for number, told in found.items()}


def mates(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Name all whose siblings these are, and themselves where they have any."""
    asked = {"ids": literal(sorted(set(ids))), "wide": _WIDE}
    return set(connection.scalars(_MATES, asked))
