"""By what readers choose among a feed's items."""

from collections.abc import Callable

import sqlalchemy as sa

from feeds.store.choosing import facts
from feeds.store.tables import article

AddArticle = Callable[..., int]


def test_a_copy_tells_the_story_of_whoever_stands_for_it(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    """1 leads a story with 3; 2 repeats 1; 4 repeats 5; 6 was withdrawn."""
    for number in range(1, 7):
        add_article(number)
    for of, columns in (
        ((1, 3), {"story_id": 1}),
        ((2,), {"duplicate_of": 1}),
        ((4,), {"duplicate_of": 5}),
        ((6,), {"state": "withdrawn"}),
    ):
        connection.execute(sa.update(article).where(article.c.id.in_(of)).values(**columns))
    found = {key: one.story_id for key, one in facts(connection, range(1, 8)).items()}
    assert found == {1: 1, 2: 1, 3: 1, 4: 5, 5: None}
