"""Pools: the candidates for a page's blocks, best first, in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Teaser
from feeds.store.articles import image
from feeds.store.bulk import any_of
from feeds.store.tables import LISTED, article, source

POOL = 40
_WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that a block may show: its rank in one kind of pool, and why it is there."""

    kind: str
    id: int
    score: float
    why: str


_POOLS = sa.text(
    """
    (SELECT 'same_topic' AS kind, a.id, e.score::float8 AS score, e.why
     FROM (SELECT right_id AS id, score, why FROM relation WHERE left_id = :id AND kind = 'topic'
           UNION ALL
           SELECT left_id, score, why FROM relation WHERE right_id = :id AND kind = 'topic') e
     JOIN article a ON a.id = e.id
     WHERE a.state = 'public' AND a.related_at IS NOT NULL AND a.duplicate_of IS NULL
     ORDER BY e.score DESC, a.id LIMIT :pool)
    UNION ALL
    (SELECT 'newest', id, extract(epoch FROM effective_at)::float8, '' FROM article
     WHERE state = 'public' AND related_at IS NOT NULL AND duplicate_of IS NULL
     ORDER BY effective_at DESC, id DESC LIMIT :pool)
    UNION ALL
    (SELECT 'same_author', a.id, extract(epoch FROM a.effective_at)::float8, w.name
     FROM article_author own
     JOIN author w ON w.slug = own.slug
     CROSS JOIN LATERAL (
       SELECT article_id FROM article_author o WHERE o.slug = own.slug
       ORDER BY o.effective_at DESC LIMIT :pool) o
     JOIN article a ON a.id = o.article_id
     WHERE own.article_id = :id
       AND a.state = 'public' AND a.related_at IS NOT NULL AND a.duplicate_of IS NULL
     ORDER BY a.effective_at DESC, a.id DESC LIMIT :pool)
    UNION ALL
    (SELECT 'same_section', id, extract(epoch FROM effective_at)::float8, section FROM article
     WHERE section = (SELECT section FROM article WHERE id = :id)
       AND state = 'public' AND related_at IS NOT NULL AND duplicate_of IS NULL
     ORDER BY effective_at DESC, id DESC LIMIT :pool)
    UNION ALL
    (SELECT 'most_read', a.id, r.heat, r.readings || ' readings' FROM (
       SELECT article_id, sum(count) AS readings,
              sum(count * exp(extract(epoch FROM hour - :now) / :half_life * ln(2)))::float8 AS heat
       FROM reading WHERE hour > :since GROUP BY article_id ORDER BY heat DESC LIMIT :pool * 2) r
     JOIN article a ON a.id = r.article_id
     WHERE a.state = 'public' AND a.related_at IS NOT NULL AND a.duplicate_of IS NULL
     ORDER BY r.heat DESC, a.id LIMIT :pool)
    UNION ALL
    (SELECT 'pinned', a.id, -p.position, 'pinned by an editor' FROM pin p
     JOIN article a ON a.id = p.article_id
     WHERE a.state = 'public' AND a.related_at IS NOT NULL AND a.duplicate_of IS NULL
     ORDER BY p.position, a.id LIMIT :pool)
    UNION ALL
    (SELECT 'told', lead, count(*) - 1 + extract(epoch FROM max(effective_at) - :now) / 86400,
            'told by ' || count(*) || ' sources'
     FROM (SELECT coalesce(duplicate_of, story_id, id) AS lead, effective_at FROM article
           WHERE state = 'public' AND related_at IS NOT NULL AND effective_at > :recent
           ORDER BY effective_at DESC LIMIT 500) recent
     GROUP BY lead HAVING count(*) > 1 ORDER BY 3 DESC, lead LIMIT :pool)
    """
)


def candidates(connection: sa.Connection, article_id: int, now: datetime) -> list[Candidate]:
    """Read the candidates for the blocks of an article's page, by kind and best first.

    `pinned` and `told` are the two halves of the featured block. An id of 0 gives the pools that
    need no article (for the home page).
    """
    rows = connection.execute(
        _POOLS,
        {
            "id": article_id,
            "pool": POOL,
            "now": now,
            "since": now - _WINDOW,
            "recent": now - timedelta(days=3),
            "half_life": timedelta(hours=24).total_seconds(),
        },
    )
    return [Candidate(row.kind, row.id, row.score, row.why or "") for row in rows]


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
