"""Siblings: who else tells what an article tells, by the same words or in others.

An article's siblings are its group of duplicates and those that lead a group of its story, with
theirs; the same seen from each of them. Most articles have none, and are looked at by index only:
OFFSET keeps the planner from joining whole tables, which it does while it knows little of them.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Sibling
from feeds.store.packed import numbers

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
# Where those who have siblings stand: their story, and the head of their group where it has copies.
_CIRCLES = sa.text(
    """
    SELECT given.id, coalesce(a.story_id, l.story_id),
      CASE WHEN d.id IS NOT NULL OR a.duplicate_of IS NOT NULL
        THEN coalesce(a.duplicate_of, given.id) END
    FROM unnest(CAST(:ids AS bigint[])) given(id)
    CROSS JOIN LATERAL (
      SELECT story_id, duplicate_of FROM article WHERE id = given.id OFFSET 0) a
    LEFT JOIN LATERAL (SELECT story_id FROM article WHERE id = a.duplicate_of OFFSET 0) l ON true
    LEFT JOIN LATERAL (SELECT id FROM article WHERE duplicate_of = given.id LIMIT 1) d ON true
    WHERE a.story_id IS NOT NULL OR a.duplicate_of IS NOT NULL OR d.id IS NOT NULL
    """
)
# Who tells a story, or stands in a group (named by its head with a minus), first tellers first.
_TOLD = sa.text(
    """
    WITH heads AS MATERIALIZED (
      SELECT s.id AS circle, m.id AS head
      FROM unnest(CAST(:stories AS bigint[])) s(id) CROSS JOIN LATERAL (
        SELECT o.id FROM article o WHERE o.story_id = s.id
        ORDER BY o.effective_at, o.id LIMIT :wide) m
      UNION ALL SELECT -id, id FROM unnest(CAST(:heads AS bigint[])) h(id)
    ), mates AS MATERIALIZED (
      SELECT circle, head AS mate FROM heads
      UNION
      SELECT heads.circle, d.id FROM heads CROSS JOIN LATERAL (
        SELECT o.id FROM article o WHERE o.duplicate_of = heads.head
        ORDER BY o.effective_at, o.id LIMIT :wide) d
    )
    SELECT circle, effective_at, mate, publisher, title, url FROM (
      SELECT mates.circle, mates.mate, s.title AS publisher, a.title, a.url, a.effective_at,
        row_number() OVER (PARTITION BY mates.circle ORDER BY a.effective_at, mates.mate) AS place
      FROM mates CROSS JOIN LATERAL (
        SELECT source_id, title, url, effective_at, state, related_at FROM article
        WHERE id = mates.mate OFFSET 0) a
      CROSS JOIN LATERAL (SELECT title FROM source WHERE id = a.source_id OFFSET 0) s
      WHERE a.state = 'public' AND a.related_at IS NOT NULL
    ) told WHERE place <= :most
    """
)
_MATES = sa.text(f"{_ASKED} SELECT DISTINCT mate FROM mates")


def siblings(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[Sibling, ...]]:
    """List the public siblings of articles, first tellers first; those without are left out.

    All of a story share theirs, so each story and each group is read once, whoever asks.
    """
    places = connection.execute(_CIRCLES, {"ids": numbers(sorted(set(ids)))}).all()
    if not places:
        return {}
    asked = {
        "stories": numbers({story for _, story, _ in places if story is not None}),
        "heads": numbers({head for _, _, head in places if head is not None}),
    }
    circles: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    known: dict[int, Sibling] = {}
    # One more than are told: whoever asks may be one of them.
    for circle, at, mate, *told in connection.execute(
        _TOLD, {**asked, "wide": _WIDE, "most": MOST + 1}
    ).all():
        circles[circle].append((at, mate))
        if mate not in known:
            known[mate] = Sibling(mate, *told)
    found = {}
    for number, story, head in places:
        mates = {*circles.get(story, ()), *(circles.get(-head, ()) if head else ())}
        chosen = [known[mate] for _, mate in sorted(mates) if mate != number][:MOST]
        if chosen:
            found[number] = tuple(chosen)
    return found


def mates(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Name all whose siblings these are, and themselves where they have any."""
    asked = {"ids": numbers(sorted(set(ids))), "wide": _WIDE}
    return set(connection.scalars(_MATES, asked).all())
