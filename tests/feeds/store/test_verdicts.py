"""Verdicts, placements and pins: the newest word holds, and can be taken back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from feeds.model import PairVerdict, Placement
from feeds.store import pins, placements, verdicts

AddArticle = Callable[..., int]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def five(connection: sa.Connection, add_article: AddArticle) -> list[int]:
    return [add_article(number) for number in range(1, 6)]


Said = tuple[int, int, bool | None]


def judge(connection: sa.Connection, decision: int, *said: Said) -> None:
    made = [
        PairVerdict(left, right, "story", together, "anna", NOON, "she read both", decision)
        for left, right, together in said
    ]
    verdicts.write(connection, made)


def told(found: Sequence[PairVerdict]) -> list[Said]:
    return [(one.left, one.right, one.together) for one in found]


@pytest.mark.usefixtures("five")
def test_the_newest_word_on_a_pair_holds(connection: sa.Connection) -> None:
    judge(connection, 1, (1, 2, True))
    judge(connection, 3, (2, 3, True))
    judge(connection, 2, (1, 2, False))
    assert told(verdicts.of(connection, [2])) == [(2, 3, True), (1, 2, False)]
    assert told(verdicts.of(connection, [1])) == [(1, 2, False)]
    assert verdicts.of(connection, [2], "duplicate") == []
    assert verdicts.of(connection, []) == []


@pytest.mark.usefixtures("five")
def test_a_decision_is_taken_back_as_a_whole_and_what_it_replaced_holds_again(
    connection: sa.Connection,
) -> None:
    judge(connection, 1, (1, 2, False), (1, 3, False))
    judge(connection, 2, (1, 2, True), (1, 3, None), (4, 5, True))
    assert told(verdicts.of(connection, range(6))) == [(1, 2, True), (4, 5, True)]
    gone, again = verdicts.take_back(connection, 2)
    assert told(gone) == [(1, 2, True), (4, 5, True)]
    assert told(again) == told(verdicts.of(connection, range(6)))
    assert told(again) == [(1, 2, False), (1, 3, False)]
    assert verdicts.take_back(connection, 2) == ([], [])


@pytest.mark.usefixtures("five")
def test_what_is_taken_back_under_a_newer_word_does_not_come_back(
    connection: sa.Connection,
) -> None:
    for decision, together in enumerate((False, True, False), 1):
        judge(connection, decision, (1, 2, together))
    assert verdicts.take_back(connection, 2) == ([], [])
    assert told(verdicts.of(connection, [1])) == [(1, 2, False)]
    gone, again = verdicts.take_back(connection, 3)
    assert [one.decision for one in (*gone, *again)] == [3, 1]


@pytest.mark.usefixtures("five")
def test_together_are_all_that_a_chain_of_merges_connects(
    connection: sa.Connection,
) -> None:
    judge(connection, 1, (1, 4, True), (2, 4, True), (3, 5, True), (2, 3, False))
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
