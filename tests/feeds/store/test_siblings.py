"""Siblings: who else tells what an article tells."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from feeds.store.siblings import MOST, mates, siblings
from feeds.store.tables import article

AddArticle = Callable[..., int]


def told(connection: sa.Connection, *ids: int) -> dict[int, list[int]]:
    return {key: [one.id for one in of] for key, of in siblings(connection, ids).items()}


@pytest.fixture
def family(connection: sa.Connection, add_article: AddArticle) -> None:
    """1 leads a story with 3; 2 repeats 1, and 4 repeats 3; 5 stands alone; 7 repeats 6."""
    for number in range(1, 8):
        add_article(number, f"paper-{number % 2}")
    for of, columns in (
        ((1, 3), {"story_id": 1}),
        ((2,), {"duplicate_of": 1}),
        ((4,), {"duplicate_of": 3}),
        ((7,), {"duplicate_of": 6}),
    ):
        connection.execute(sa.update(article).where(article.c.id.in_(of)).values(**columns))


@pytest.mark.usefixtures("family")
def test_all_that_tell_it_see_each_other_first_tellers_first(connection: sa.Connection) -> None:
    assert told(connection, *range(1, 8)) == {
        1: [2, 3, 4],
        2: [1, 3, 4],
        3: [1, 2, 4],
        4: [1, 2, 3],
        6: [7],
        7: [6],
    }
    (one,) = siblings(connection, [7])[7]
    assert (one.publisher, one.title, one.url) == (
        "Paper-0",
        "Title 6",
        "https://paper-0.example/6",
    )


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("change", ["state = 'withdrawn'", "related_at = NULL"])
def test_who_is_not_shown_is_no_sibling(connection: sa.Connection, change: str) -> None:
    connection.execute(sa.text(f"UPDATE article SET {change} WHERE id = 4"))
    assert told(connection, 1, 3) == {1: [2, 3], 3: [1, 2]}


@pytest.mark.usefixtures("family")
def test_mates_are_all_whose_items_name_each_other(connection: sa.Connection) -> None:
    assert mates(connection, [4]) == {1, 2, 3, 4}
    assert mates(connection, [6]) == {6, 7}
    assert mates(connection, [5]) == mates(connection, []) == set()


def test_only_the_first_to_tell_are_named(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    for number in range(1, MOST + 6):
        add_article(number, story_id=1)
    assert told(connection, 1, 3) == {
        1: list(range(2, MOST + 2)),
        3: [1, 2, *range(4, MOST + 2)],
    }
