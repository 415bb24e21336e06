"""Checking: what must hold over the whole store, asked of all of it.

Each law is one question whose rows are the articles, edges and feeds that break it. They read
whole tables, so they are for an operator and for tests, never for a step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.store.groups import BEFORE
from feeds.store.relations import KEEP, last_kept
from feeds.store.tables import DUE, work


@dataclass(frozen=True, slots=True)
class Broken:
    """A law, how often it is broken, and the first cases in words."""

    law: str
    count: int
    cases: tuple[str, ...]


_SHOWN = 5
_HIDDEN = "(a.id IS NULL OR a.state <> 'public')"

_OF_ARTICLES = ("alias", "sighting", "article_author", "article_topic", "fingerprint", "ledger")
# These have no foreign keys (docs/decisions/0015).
_STRAY = "\nUNION ALL ".join(
    f"SELECT '{table} of ' || x.article_id FROM {table} x WHERE x.article_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM article a WHERE a.id = x.article_id)"
    for table in _OF_ARTICLES
)

# By edges, not by pairs of each story: IS NOT DISTINCT FROM is nothing that a join can go by.
LAWS: Mapping[str, str] = {
    "names, sightings, authors, topics, marks and lines of the ledger are of articles that exist": (
        f"SELECT * FROM ({_STRAY}) s"
    ),
    "a relation names articles that exist and are public": f"""
        SELECT r.kind || ' ' || r.left_id || ' - ' || r.right_id FROM relation r
        CROSS JOIN LATERAL (VALUES (r.left_id), (r.right_id)) AS e(id)
        LEFT JOIN article a ON a.id = e.id WHERE {_HIDDEN}""",
    "a relation's left article has the smaller id": """
        SELECT kind || ' ' || left_id || ' - ' || right_id FROM relation
        WHERE left_id >= right_id""",
    "a relation says why, and its score lies between 0 and 1": """
        SELECT kind || ' ' || left_id || ' - ' || right_id FROM relation
        WHERE why = '' OR NOT score BETWEEN 0 AND 1""",
    "what is withdrawn is in no story and no group, and is found by nothing": """
        SELECT 'article ' || id FROM article WHERE state <> 'public'
          AND (story_id IS NOT NULL OR duplicate_of IS NOT NULL
            OR EXISTS (SELECT 1 FROM fingerprint f WHERE f.article_id = article.id))""",
    "a story's lead is public, leads itself, and is the earliest of its story": """
        SELECT 'article ' || m.id FROM article m LEFT JOIN article l ON l.id = m.story_id
        WHERE m.story_id IS NOT NULL AND (l.id IS NULL OR l.state <> 'public'
          OR l.story_id IS DISTINCT FROM l.id
          OR (l.effective_at, l.id) > (m.effective_at, m.id))""",
    "a story has more than one article": """
        SELECT 'story ' || story_id FROM article WHERE story_id IS NOT NULL
        GROUP BY story_id HAVING count(*) = 1""",
    "an article has an edge to another one of its story": """
        SELECT 'article ' || alone.id FROM (
          SELECT id FROM article WHERE story_id <> id
          EXCEPT SELECT e.id FROM relation r
          JOIN article l ON l.id = r.left_id
          JOIN article o ON o.id = r.right_id
          CROSS JOIN LATERAL (VALUES (l.id), (o.id)) AS e(id)
          WHERE r.kind = 'story' AND o.story_id IS NOT DISTINCT FROM l.story_id) alone""",
    "no article refuses what would be among its best relations": f"""
        SELECT 'article ' || f.article_id FROM fingerprint f
        WHERE f.floor > 0 AND f.floor > {last_kept("f.article_id", str(KEEP))}""",
    "who stands for a group is public, and stands for itself": """
        SELECT 'article ' || m.id FROM article m LEFT JOIN article l ON l.id = m.duplicate_of
        WHERE m.duplicate_of IS NOT NULL AND (l.id IS NULL OR l.state <> 'public'
          OR l.duplicate_of IS NOT NULL)""",
    "who stands for a group comes first: filed by a person, else pinned, filed, earliest": f"""
        SELECT 'article ' || id FROM (
          SELECT a.id, a.duplicate_of, row_number() OVER (
            PARTITION BY coalesce(a.duplicate_of, a.id) ORDER BY {BEFORE}) AS place
          FROM article a
          WHERE a.duplicate_of IS NOT NULL
            OR EXISTS (SELECT 1 FROM article m WHERE m.duplicate_of = a.id)
        ) member WHERE place = 1 AND duplicate_of IS NOT NULL""",
    "an article that is listed is found by its marks": """
        SELECT 'article ' || id FROM article WHERE state = 'public' AND related_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM fingerprint f WHERE f.article_id = article.id)""",
    "what articles are found by belongs to articles that are marked": """
        SELECT 'posting of ' || article_id FROM posting p WHERE NOT EXISTS (
          SELECT 1 FROM fingerprint f
          WHERE f.article_id = p.article_id AND f.effective_at = p.effective_at)
        UNION ALL
        SELECT 'shingle of ' || article_id FROM shingle s WHERE NOT EXISTS (
          SELECT 1 FROM fingerprint f WHERE f.article_id = s.article_id)""",
    "marks have the article's own date": """
        SELECT 'article ' || a.id FROM article a JOIN fingerprint f ON f.article_id = a.id
        WHERE f.effective_at <> a.effective_at AND a.state = 'public'""",
    "a feed names articles that exist, are public and were related": f"""
        SELECT f.key || ' names ' || i.id FROM feed f CROSS JOIN LATERAL unnest(f.item_ids) i(id)
        LEFT JOIN article a ON a.id = i.id WHERE {_HIDDEN} OR a.related_at IS NULL""",
    "a feed names no article twice": """
        SELECT f.key || ' names ' || i.id FROM feed f CROSS JOIN LATERAL unnest(f.item_ids) i(id)
        GROUP BY f.key, i.id HAVING count(*) > 1""",
    "a feed shows one article of a group, but for its source's own": """
        SELECT f.key || ' names ' || i.id FROM feed f CROSS JOIN LATERAL unnest(f.item_ids) i(id)
        JOIN article a ON a.id = i.id
        WHERE a.duplicate_of IS NOT NULL AND f.key NOT LIKE 'source/%'""",
}


def broken(connection: sa.Connection) -> list[Broken]:
    """Ask every law of the whole store; those that hold are left out."""
    found = []
    for law, question in LAWS.items():
        cases = list(connection.scalars(sa.text(f"{question} ORDER BY 1")))
        if cases:
            found.append(Broken(law, len(cases), tuple(cases[:_SHOWN])))
    return found


def pending(connection: sa.Connection) -> int:
    """Count what is still to be related or published: until it is done, laws may be broken."""
    waiting = DUE & work.c.kind.in_(("relate", "retell", "publish", "reindex"))
    return connection.scalar(sa.select(sa.func.count()).select_from(work).where(waiting)) or 0


def size(connection: sa.Connection) -> dict[str, int]:
    """Count what was asked about."""
    row = connection.execute(
        sa.text(
            "SELECT (SELECT count(*) FROM article) AS articles,"
            " (SELECT count(*) FROM relation) AS relations,"
            " (SELECT count(DISTINCT story_id) FROM article) AS stories,"
            " (SELECT count(*) FROM feed) AS feeds"
        )
    ).one()
    return dict(row._asdict())
