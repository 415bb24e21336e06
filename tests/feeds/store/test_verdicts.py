"""Verdicts, placements and pins: the newest word holds, and can be taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.model import Placement
from feeds.store import pins, placements, verdicts

AddArticle = Callable[..., int]


@pytest.fixture
def five(connection: sa.Connection, add_article: AddArticle) -> list[int]:
    return [add_article(number) for number in range(1, 6)]


def judge(connection: sa.Connection, pair: tuple[int, int], together: bool, at: datetime) -> None:
    one = verdicts.pair_verdict(*pair, "story", together, "anna", at, "she read both")
    verdicts.write(connection, [one])


@pytest.mark.usefixtures("five")
def test_the_newest_word_on_a_pair_holds_in_either_order(
    connection: sa.Connection, noon: datetime
) -> None:
    judge(connection, (2, 1), True, noon)
    judge(connection, (1, 2), False, noon + timedelta(hours=1))
    judge(connection, (2, 3), True, noon)
    found = verdicts.of(connection, [2])
    assert [(one.left, one.right, one.together) for one in found] == [(1, 2, False), (2, 3, True)]
    assert verdicts.of(connection, [2], "duplicate") == []
    assert verdicts.of(connection, []) == []
    assert verdicts.remove(connection, [(1, 2)], "duplicate") == []
    assert [one.left for one in verdicts.remove(connection, [(1, 2)], "story")] == [1]
    assert [one.left for one in verdicts.of(connection, [1, 2])] == [2]
    with pytest.raises(ValueError, match="different"):
        judge(connection, (1, 1), True, noon)


@pytest.mark.usefixtures("five")
def test_together_are_all_that_a_chain_of_merges_connects(
    connection: sa.Connection, noon: datetime
) -> None:
    for pair in ((1, 4), (4, 2), (3, 5)):
        judge(connection, pair, True, noon)
    judge(connection, (2, 3), False, noon)
    found = verdicts.mates(connection, [1], "story")
    assert found[1] == (frozenset(), frozenset({2, 4}))
    assert found[2] == (frozenset({3}), frozenset({1, 4}))


@pytest.mark.usefixtures("five")
def test_an_article_has_one_section_by_hand_and_any_topics(
    connection: sa.Connection, noon: datetime
) -> None:
    for kind, slug, holds in (
        ("section", "news", True),
        ("section", "sport", True),
        ("topic", "asean", True),
        ("topic", "asean", False),
        ("topic", "harbour", True),
    ):
        placements.write(connection, 1, Placement(kind, slug, holds, "anna", noon, "why"))
    found = placements.hold(connection, [1, 2])
    assert [(one.kind, one.slug, one.holds) for one in found.pop(1)] == [
        ("section", "sport", True),
        ("topic", "asean", False),
        ("topic", "harbour", True),
    ]
    assert found == {}
    assert placements.remove(connection, 1, "section")
    assert not placements.remove(connection, 1, "topic", "nothing")
    assert len(placements.of(connection, [1])[1]) == 2


@pytest.mark.usefixtures("five")
def test_a_pin_moves_and_is_taken_away(connection: sa.Connection, noon: datetime) -> None:
    pins.put(connection, 1, 5, noon)
    pins.put(connection, 1, 2, noon)
    assert pins.position(connection, 1) == 2
    assert pins.take(connection, 1)
    assert not pins.take(connection, 1)
    assert pins.position(connection, 1) is None
