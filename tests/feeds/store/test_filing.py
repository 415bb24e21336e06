"""Filing: stored articles as the rules look at them, and moved."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Filing, TopicHit
from feeds.store import filing, listing
from feeds.store.tables import article_topic

AddArticle = Callable[..., int]
HIT = TopicHit("storms", 0.5, "title")


def test_a_moved_article_is_filed_as_decided(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1, "alpha", section="news", section_why="old", categories=["Sport", "Ball"])
    (before,) = filing.subjects(connection, [1, 404])
    assert (before.source_name, before.categories) == ("alpha", ("Sport", "Ball"))
    assert (before.section, before.why, before.topics) == ("news", "old", ())
    decided = Filing("sport", "category", 0.95, (HIT,))
    assert not before.is_filed_as(decided)
    filing.move(connection, {1: decided, 404: decided})
    (after,) = filing.subjects(connection, [1])
    assert after.is_filed_as(decided)
    at = connection.scalar(sa.select(article_topic.c.effective_at))
    assert at == noon + timedelta(minutes=1), "the article's date"
    assert "topic/storms" in listing.keys_of(connection, [1], {})


def test_topics_that_are_gone_are_gone(connection: sa.Connection, add_article: AddArticle) -> None:
    add_article(1)
    filing.move(connection, {1: Filing("news", "w", 0.5, (HIT,))})
    filing.move(connection, {1: Filing(None, "w", 0.0)})
    (found,) = filing.subjects(connection, [1])
    assert (found.section, found.topics) == (None, ())


def test_a_new_reason_or_topic_is_a_change_and_a_confidence_is_none(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    add_article(1)
    filing.move(connection, {1: Filing("news", "w", 0.5, (HIT,))})
    (found,) = filing.subjects(connection, [1])
    assert found.is_filed_as(Filing("news", "w", 0.75, (TopicHit("storms", 0.25, "title"),)))
    assert not found.is_filed_as(Filing("news", "v", 0.5, (HIT,)))
    assert not found.is_filed_as(Filing("news", "w", 0.5))
    assert not found.is_filed_as(Filing("news", "w", 0.5, (TopicHit("storms", 0.5, "text"),)))
