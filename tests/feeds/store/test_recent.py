"""Recent articles: what a reader could open, newest first."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.store import recent


def test_only_listed_articles_of_the_span_are_told_newest_first(
    connection: sa.Connection, noon: datetime, add_article: Callable[..., int]
) -> None:
    add_article(1)
    add_article(2, language="vi")
    add_article(3, state="withdrawn")
    add_article(4, related_at=None)
    add_article(5, duplicate_of=2)
    add_article(6, effective_at=noon - timedelta(days=3))
    rows = recent.since(connection, noon, 10)
    assert rows == [
        (2, "Title 2", "vi", noon + timedelta(minutes=2)),
        (1, "Title 1", "en", noon + timedelta(minutes=1)),
    ]
    assert recent.since(connection, noon, 1) == rows[:1]
