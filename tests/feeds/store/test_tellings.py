"""Tellings: who tells a story, first tellers first."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from feeds.store.tables import article
from feeds.store.tellings import story_of, tellings


@pytest.fixture(autouse=True)
def story(connection: sa.Connection, add_article: Callable[..., int]) -> None:
    """1 leads, 2 and 3 stand by it, 4 repeats 2, 5 stands alone."""
    for number in (3, 1, 2, 4, 5):
        add_article(number, source="agency" if number % 2 else "daily")
    members = article.c.id.in_([1, 2, 3])
    connection.execute(sa.update(article).where(members).values(story_id=1))
    connection.execute(sa.update(article).where(article.c.id == 4).values(duplicate_of=2))


def test_all_who_tell_it_stand_in_order_of_time(connection: sa.Connection) -> None:
    told = tellings(connection, 1)
    assert [(one.teaser.id, one.told_as) for one in told] == [
        (1, "story"),
        (2, "story"),
        (3, "story"),
        (4, "duplicate"),
    ]
    assert {one.source_name for one in told} == {"agency", "daily"}


def test_what_was_withdrawn_tells_nothing(connection: sa.Connection) -> None:
    connection.execute(sa.update(article).where(article.c.id == 2).values(state="withdrawn"))
    assert 2 not in [one.teaser.id for one in tellings(connection, 1)]


@pytest.mark.parametrize("number", [2, 5, 404])
def test_only_a_lead_names_a_story(connection: sa.Connection, number: int) -> None:
    assert tellings(connection, number) == []


@pytest.mark.parametrize(("number", "lead"), [(1, 1), (2, 1), (4, 1), (5, None), (404, None)])
def test_every_article_knows_its_story(
    connection: sa.Connection, number: int, lead: int | None
) -> None:
    assert story_of(connection, number) == lead
