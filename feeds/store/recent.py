"""Recent articles, told shortly: what a sitemap needs, without texts."""

from datetime import datetime

import sqlalchemy as sa

from feeds.store.tables import article

Row = tuple[int, str, str, datetime]


def since(connection: sa.Connection, moment: datetime, most: int) -> list[Row]:
    """List what was published since a moment as (id, title, language, date), newest first.

    Only what `all` lists: by that feed's own index.
    """
    listed = (
        (article.c.state == "public")
        & article.c.related_at.is_not(None)
        & article.c.duplicate_of.is_(None)
    )
    rows = connection.execute(
        sa.select(article.c.id, article.c.title, article.c.language, article.c.effective_at)
        .where(listed, article.c.effective_at >= moment)
        .order_by(article.c.effective_at.desc(), article.c.id.desc())
        .limit(most)
    )
    return [(row.id, row.title, row.language, row.effective_at) for row in rows]
