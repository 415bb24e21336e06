"""Tellings: who tells a story, in the order in which they did."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Image, Teaser
from feeds.store.articles import image
from feeds.store.tables import article

MOST = 100


@dataclass(frozen=True, slots=True)
class Telling:
    """One article of a story; `told_as` is `story`, or `duplicate` where it says the same."""

    teaser: Teaser
    told_as: str
    source_name: str
    language: str
    section: str | None


def tellings(connection: sa.Connection, lead_id: int) -> list[Telling]:
    """List who tells the story that an article leads, first tellers first; empty for no story.

    A story whose lead was withdrawn is named by another; duplicates tell as their leads do.
    """
    rows = connection.execute(_TELLINGS, {"lead": lead_id, "most": MOST})
    return [_telling(row) for row in rows]


_TELLINGS = sa.text(
    """
    WITH mates AS (SELECT id FROM article WHERE story_id = :lead)
    SELECT a.id, a.title, a.excerpt, a.effective_at, a.image, a.language, a.section,
      s.title AS source_title, s.name AS source_name,
      CASE WHEN a.duplicate_of IS NULL THEN 'story' ELSE 'duplicate' END AS told_as
    FROM (SELECT id FROM mates
          UNION
          SELECT d.id FROM mates CROSS JOIN LATERAL (
            SELECT id FROM article WHERE duplicate_of = mates.id) d) member
    JOIN article a ON a.id = member.id JOIN source s ON s.id = a.source_id
    WHERE a.state = 'public' AND a.related_at IS NOT NULL
    ORDER BY a.effective_at, a.id LIMIT :most
    """
)


def _telling(row: sa.Row[tuple[object, ...]]) -> Telling:
    picture: Image | None = image(row.image)
    moment: datetime = row.effective_at
    teaser = Teaser(row.id, row.title, row.excerpt, moment, row.source_title, picture)
    return Telling(teaser, row.told_as, row.source_name, row.language, row.section)


def story_of(connection: sa.Connection, article_id: int) -> int | None:
    """Name the lead of the story that an article is told in, by itself or by what it repeats."""
    lead = article.alias("lead")
    found: int | None = connection.scalar(
        sa.select(sa.func.coalesce(article.c.story_id, lead.c.story_id))
        .outerjoin(lead, lead.c.id == article.c.duplicate_of)
        .where(article.c.id == article_id)
    )
    return found
