"""Pools: the candidates for a page's blocks, best first, in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Teaser
from feeds.store.articles import image
from feeds.store.bulk import any_of
from feeds.store.readings import level_of
from feeds.store.tables import LISTED, article, source

POOL = 40
FEW = 10  # of each section nearby
_RECENT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that a block may show: its rank in one kind of pool, and why it is there.

    `story` is the same for all that tell one story; `has_picture` is only told of the newest.
    """

    kind: str
    id: int
    story: int
    score: float
    why: str
    has_picture: bool = False


_LISTED = "a.state = 'public' AND a.related_at IS NOT NULL AND a.duplicate_of IS NULL"
_STORY = "coalesce(a.story_id, a.id)"
_HEAD = "JOIN article a ON a.id = coalesce(own.duplicate_of, own.id)"
_AT = "extract(epoch FROM a.effective_at)::float8"


def _newest_of(table: str) -> str:
    """List the newest that what a table names of this article names, too."""
    return f"""
      FROM {table} own CROSS JOIN LATERAL (
        SELECT article_id FROM {table} o WHERE o.slug = own.slug
        ORDER BY o.effective_at DESC, o.article_id DESC LIMIT :pool) o
      JOIN article a ON a.id = o.article_id"""


# Warmth is bounded because PostgreSQL's exp fails below -745, which readings reach in three years.
_POOLS = sa.text(
    f"""
    (SELECT 'same_topic' AS kind, a.id, {_STORY} AS story, e.score::float8 AS score, e.why,
       false AS has_picture
     FROM (SELECT right_id AS id, score, why FROM relation WHERE left_id = :id AND kind = 'topic'
           UNION ALL
           SELECT left_id, score, why FROM relation WHERE right_id = :id AND kind = 'topic') e
     JOIN article a ON a.id = e.id
     WHERE {_LISTED} ORDER BY e.score DESC, a.id LIMIT :pool)
    UNION ALL
    (SELECT 'of_topic', a.id, {_STORY}, {_AT}, own.slug, false {_newest_of("article_topic")}
     WHERE own.article_id = :id AND {_LISTED} ORDER BY a.effective_at DESC, a.id DESC LIMIT :pool)
    UNION ALL
    (SELECT 'newest', a.id, {_STORY}, {_AT}, '', a.image IS NOT NULL FROM article a
     WHERE {_LISTED} ORDER BY a.effective_at DESC, a.id DESC LIMIT :pool)
    UNION ALL
    (SELECT 'same_author', a.id, {_STORY}, {_AT}, w.name, false {_newest_of("article_author")}
     JOIN author w ON w.slug = own.slug
     WHERE own.article_id = :id AND {_LISTED} ORDER BY a.effective_at DESC, a.id DESC LIMIT :pool)
    UNION ALL
    (SELECT 'same_section', a.id, {_STORY}, {_AT}, a.section, false FROM article a
     WHERE a.section = :section AND {_LISTED}
     ORDER BY a.effective_at DESC, a.id DESC LIMIT :pool)
    UNION ALL
    (SELECT 'near_section', a.id, a.story, a.at, a.section, false
     FROM unnest(CAST(:wider AS text[])) wide(slug) CROSS JOIN LATERAL (
       SELECT a.id, {_STORY} AS story, {_AT} AS at, a.section FROM article a
       WHERE a.section = wide.slug AND {_LISTED}
       ORDER BY a.effective_at DESC, a.id DESC LIMIT :few) a ORDER BY a.at DESC, a.id DESC)
    UNION ALL
    (SELECT 'most_read', a.id, {_STORY}, exp(greatest(-700, least(w.level - :level, 700))),
            (SELECT sum(count) FROM reading WHERE article_id = a.id) || ' readings', false
     FROM (SELECT article_id, level FROM warmth ORDER BY level DESC LIMIT :pool) w
     JOIN article a ON a.id = w.article_id WHERE {_LISTED} ORDER BY w.level DESC, a.id)
    UNION ALL
    (SELECT 'pinned', a.id, {_STORY}, -min(p.position), 'pinned by an editor', false FROM pin p
     JOIN article own ON own.id = p.article_id {_HEAD}
     WHERE {_LISTED} GROUP BY a.id ORDER BY min(p.position), a.id LIMIT :pool)
    UNION ALL
    (SELECT 'told', a.id, {_STORY}, t.score, 'told by ' || t.told || ' sources', false FROM (
       SELECT lead, count(*) AS told,
         count(*) - 1 + extract(epoch FROM max(effective_at) - :now)::float8 / 86400 AS score
       FROM (SELECT coalesce(story_id, duplicate_of, id) AS lead, effective_at FROM article
             WHERE state = 'public' AND related_at IS NOT NULL AND effective_at > :recent
             ORDER BY effective_at DESC LIMIT 500) recent
       GROUP BY lead HAVING count(*) > 1 ORDER BY score DESC, lead LIMIT :pool) t
     JOIN article own ON own.id = t.lead {_HEAD}
     WHERE {_LISTED} ORDER BY t.score DESC, a.id)
    """
)


def candidates(
    connection: sa.Connection,
    article_id: int,
    now: datetime,
    section: str | None = None,
    wider: Sequence[str] = (),
) -> list[Candidate]:
    """Read the candidates for the blocks of an article's page, by kind and best first.

    `section` is the article's, `wider` are those that stand near it. Kinds beside the blocks' own
    fill them up: `pinned` and `told` the featured block, `of_topic` (newest with one of its topics)
    and `near_section` those of topic and section. An id of 0 gives the pools that need no article.
    """
    given = {"id": article_id, "section": section, "wider": list(wider), "now": now}
    limits = {"pool": POOL, "few": FEW, "recent": now - _RECENT}
    rows = connection.execute(_POOLS, {**given, **limits, "level": level_of(now)})
    return [Candidate(*row) for row in rows]


def teasers(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Teaser]:
    """Read what lists show of articles that may be listed."""
    rows = connection.execute(
        sa.select(
            article.c.id,
            article.c.title,
            article.c.excerpt,
            article.c.effective_at,
            source.c.title.label("source"),
            article.c.image,
        )
        .join(source, source.c.id == article.c.source_id)
        .where(any_of(article.c.id, ids), LISTED)
    )
    return {
        row.id: Teaser(
            row.id, row.title, row.excerpt, row.effective_at, row.source, image(row.image)
        )
        for row in rows
    }
