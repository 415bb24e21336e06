"""Groups: the earliest public member stands for all, whatever came first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.dedupe.groups import Bonds, settle
from feeds.model import Edge
from feeds.store import groups, relations
from feeds.store.tables import article, relation

AddArticle = Callable[..., int]


def join(connection: sa.Connection, *pairs: tuple[int, int]) -> None:
    edges = [Edge(min(pair), max(pair), "duplicate", 1.0, "") for pair in pairs]
    relations.add_edges(connection, edges)


def settled(_: object, *bonds: Any) -> dict[int, int]:
    """Group whatever is linked, whatever it says."""
    return settle(Bonds(*bonds), lambda *_: True)


def leads(connection: sa.Connection) -> dict[int, int | None]:
    rows = connection.execute(sa.select(article.c.id, article.c.duplicate_of))
    return {row.id: row.duplicate_of for row in rows}


@pytest.fixture
def five(add_article: AddArticle) -> list[int]:
    """Five articles, of which the third is the earliest."""
    return [add_article(n) if n != 3 else add_article(3, effective_at=_EARLY) for n in range(1, 6)]


_EARLY = datetime.fromisoformat("2026-11-01T00:00:00+00:00")


def test_the_earliest_leads(connection: sa.Connection, five: list[int]) -> None:
    join(connection, (1, 2), (2, 3))
    assert groups.regroup(connection, [1], settled) == {1: None, 2: None}
    assert leads(connection) == {1: 3, 2: 3, 3: None, 4: None, 5: None}
    assert groups.regroup(connection, [1, 2, 3], settled) == {}, "nothing moves twice"


def test_a_bridge_joins_two_groups_and_its_end_parts_them(
    connection: sa.Connection, five: list[int]
) -> None:
    join(connection, (1, 2), (4, 5))
    groups.regroup(connection, five, settled)
    assert leads(connection) == {1: None, 2: 1, 3: None, 4: None, 5: 4}
    join(connection, (2, 4))
    groups.regroup(connection, [4], settled)
    assert leads(connection) == {1: None, 2: 1, 3: None, 4: 1, 5: 1}
    connection.execute(sa.delete(relation).where(relation.c.left_id == 2))
    groups.regroup(connection, [2], settled)
    assert leads(connection) == {1: None, 2: 1, 3: None, 4: None, 5: 4}


def test_a_withdrawn_lead_is_followed_by_the_next(
    connection: sa.Connection, five: list[int]
) -> None:
    join(connection, (1, 3), (2, 3), (1, 2))
    groups.regroup(connection, five, settled)
    connection.execute(sa.update(article).where(article.c.id == 3).values(state="withdrawn"))
    relations.drop_edges(connection, [3])
    groups.regroup(connection, [3], settled)
    assert leads(connection) == {1: None, 2: 1, 3: None, 4: None, 5: None}


def test_touching_nothing_moves_nothing(connection: sa.Connection) -> None:
    assert groups.regroup(connection, [], settled) == {}


PAIRS = st.tuples(st.integers(1, 5), st.integers(1, 5)).filter(lambda pair: pair[0] != pair[1])


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(pairs=st.lists(PAIRS, max_size=6, unique=True))
def test_the_groups_are_the_same_edge_by_edge_as_at_once(
    connection: sa.Connection, five: list[int], pairs: list[tuple[int, int]]
) -> None:
    found = []
    for steps in ([pairs], [[pair] for pair in reversed(pairs)]):
        connection.execute(sa.delete(relation))
        connection.execute(sa.update(article).values(duplicate_of=None))
        for step in steps:
            join(connection, *step)
            groups.regroup(connection, {end for pair in step for end in pair}, settled)
        found.append(leads(connection))
    assert found[0] == found[1]
    assert all(lead is None or found[0][lead] is None for lead in found[0].values())
