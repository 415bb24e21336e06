"""By what readers may choose among a feed's items."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store.bulk import any_of
from feeds.store.tables import article


@dataclass(frozen=True, slots=True)
class Fact:
    """An article's language, last change and story; it may stand alone.

    `story_id` names who leads the story, or stands for the group, that it is told in.
    """

    language: str
    updated_at: datetime
    story_id: int | None


def facts(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Fact]:
    """Read what public articles are chosen by."""
    updated = sa.func.greatest(article.c.effective_at, article.c.revised_at)
    lead = article.alias("lead")
    # A source's own feed lists copies, too: these tell the story of whoever stands for them.
    story = sa.func.coalesce(article.c.story_id, lead.c.story_id, article.c.duplicate_of)
    rows = connection.execute(
        sa.select(article.c.id, article.c.language, updated, story)
        .outerjoin(lead, lead.c.id == article.c.duplicate_of)
        .where(any_of(article.c.id, set(ids)), article.c.state == "public")
    )
    return {row[0]: Fact(*row[1:]) for row in rows}
