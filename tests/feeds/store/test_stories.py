"""Stories: members stand by their lead, and a lead names itself while others stand by it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from feeds.model import Edge
from feeds.store import relations, stories
from feeds.store.tables import article


def story_ids(connection: sa.Connection) -> dict[int, int | None]:
    rows = connection.execute(sa.select(article.c.id, article.c.story_id))
    return {row.id: row.story_id for row in rows}


@pytest.fixture(autouse=True)
def four(connection: sa.Connection, add_article: Callable[..., int]) -> None:
    for number in range(1, 5):
        add_article(number)
    edges = [
        Edge(1, 2, "story", 0.5, ""),
        Edge(2, 3, "story", 0.5, ""),
        Edge(3, 4, "topic", 1.0, ""),
    ]
    relations.add_edges(connection, edges)


def test_tellers_have_their_story_edges_only(connection: sa.Connection) -> None:
    found = stories.tellers(connection, {2, 3})
    assert {key: one.edges for key, one in found.items()} == {2: {1: 0.5, 3: 0.5}, 3: {2: 0.5}}
    assert {one.lead for one in found.values()} == {None}


def test_a_lead_names_itself_while_others_stand_by_it(connection: sa.Connection) -> None:
    assert stories.move(connection, {2: 1, 3: 1}) >= {1, 2, 3}
    assert story_ids(connection) == {1: 1, 2: 1, 3: 1, 4: None}
    assert stories.tellers(connection, {1, 2})[1].lead is None
    assert stories.tellers(connection, {1, 2})[2].lead == 1
    stories.move(connection, {2: None})
    assert story_ids(connection) == {1: 1, 2: None, 3: 1, 4: None}
    assert 1 in stories.move(connection, {3: None})
    assert story_ids(connection) == dict.fromkeys(range(1, 5))


def test_members_and_what_they_have_edges_to_are_found(connection: sa.Connection) -> None:
    assert stories.members(connection, {1, 2}) == {}
    assert stories.around(connection, {1, 2}) == set()
    stories.move(connection, {2: 1})
    assert stories.members(connection, {1, 3}) == {1: {1, 2}}
    assert stories.around(connection, {1}) == {1, 2, 3}, "3 may join once 1 has left"


def test_moving_nobody_changes_nothing(connection: sa.Connection) -> None:
    assert stories.move(connection, {}) == set()


def test_withdrawn_articles_stand_in_no_story(connection: sa.Connection) -> None:
    stories.move(connection, {2: 1, 3: 1})
    connection.execute(sa.update(article).where(article.c.id == 3).values(state="withdrawn"))
    stories.forget(connection, {2, 3})
    assert story_ids(connection) == {1: 1, 2: 1, 3: None, 4: None}
    assert stories.tellers(connection, {3}) == {}


def test_a_lead_whose_last_follower_is_withdrawn_stands_alone(connection: sa.Connection) -> None:
    stories.move(connection, {2: 1})
    connection.execute(
        sa.update(article).where(article.c.id == 2).values(state="withdrawn", story_id=1)
    )
    assert stories.forget(connection, {2}) == {1}
    assert connection.scalars(sa.select(article.c.story_id)).all() == [None] * 4
