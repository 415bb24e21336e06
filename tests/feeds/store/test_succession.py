"""Succession: where a story's feed leads when it goes by another name."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
import sqlalchemy as sa

from feeds.store import feeds
from feeds.store.succession import heirs, key_of
from feeds.store.tables import article

AddArticle = Callable[..., int]


def change(connection: sa.Connection, ids: Sequence[int], **columns: object) -> None:
    connection.execute(sa.update(article).where(article.c.id.in_(ids)).values(**columns))


@pytest.fixture
def story(connection: sa.Connection, add_article: AddArticle, noon: datetime) -> None:
    """1 leads 2, 3 and 4, and its feed was emitted with all of them."""
    for number in (1, 2, 3, 4):
        add_article(number, story_id=1)
    built = feeds.Built(key_of(1), "Title 1", (4, 3, 2, 1), noon, {})
    feeds.store(connection, [built], noon)


def heir(connection: sa.Connection, number: int = 1) -> object:
    return heirs(connection, ["all", key_of(number)]).get(key_of(number), "stands")


@pytest.mark.usefixtures("story")
def test_a_story_that_stands_has_no_heir(connection: sa.Connection) -> None:
    assert heir(connection) == "stands"
    assert heirs(connection, ["all", "story/nonsense", "section/x"]) == {}


@pytest.mark.usefixtures("story")
def test_who_is_led_by_another_leads_there(connection: sa.Connection) -> None:
    change(connection, [1, 2, 3, 4], story_id=2)
    assert heir(connection) == key_of(2)
    change(connection, [1], story_id=None, duplicate_of=3)
    assert heir(connection) == key_of(2), "by the story of what it repeats"


@pytest.mark.usefixtures("story")
def test_a_lead_that_stands_alone_keeps_its_feed(connection: sa.Connection) -> None:
    change(connection, [1, 2, 3, 4], story_id=None)
    assert heir(connection) == "stands"
    change(connection, [1], duplicate_of=2)
    assert heir(connection) == key_of(2)


@pytest.mark.usefixtures("story")
def test_of_a_withdrawn_lead_the_earliest_that_is_left_tells_where(
    connection: sa.Connection,
) -> None:
    change(connection, [1], state="withdrawn", story_id=None)
    change(connection, [2], story_id=None)
    change(connection, [3, 4], story_id=3)
    assert heir(connection) == key_of(3)
    change(connection, [3, 4], story_id=None)
    assert heir(connection) is None, "nobody tells it by two any more"
    assert heir(connection, 99) is None
