"""Readings: a reader counts once an hour, and is forgotten soon after."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.store import readings
from feeds.store.tables import reading, reading_seen

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def articles(add_article: Callable[..., int]) -> None:
    add_article(1)
    add_article(2, state="withdrawn")


def counts(connection: sa.Connection) -> dict[datetime, int]:
    rows = connection.execute(sa.select(reading.c.hour, reading.c.count)).all()
    return {row[0]: row[1] for row in rows}


def test_a_reader_counts_once_an_hour(connection: sa.Connection, noon: datetime) -> None:
    late = noon + timedelta(minutes=59)
    assert readings.count(connection, 1, b"a", noon)
    assert not readings.count(connection, 1, b"a", late)
    assert readings.count(connection, 1, b"b", late)
    assert readings.count(connection, 1, b"a", noon + HOUR)
    assert counts(connection) == {noon: 2, noon + HOUR: 1}


@pytest.mark.parametrize("number", [2, 404])
def test_what_is_not_public_is_not_counted(
    connection: sa.Connection, noon: datetime, number: int
) -> None:
    assert not readings.count(connection, number, b"a", noon)
    assert counts(connection) == {}


def test_readers_are_forgotten_when_their_hour_is_over(
    connection: sa.Connection, noon: datetime
) -> None:
    for hours in range(3):
        readings.count(connection, 1, b"a", noon + hours * HOUR)
    assert readings.forget_readers(connection, noon + 2.5 * HOUR) == 1
    left = connection.scalar(sa.select(sa.func.count()).select_from(reading_seen))
    assert left == 2
    assert len(counts(connection)) == 3, "what was counted stays"
