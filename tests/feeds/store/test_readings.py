"""Readings: a reader counts once an hour, and is forgotten soon after."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.store import pools, readings
from feeds.store.readings import Reader, hour_of
from feeds.store.tables import reading, reading_seen, warmth

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


def test_a_batch_is_added_once_and_counts_no_reader_who_was_counted(
    connection: sa.Connection, noon: datetime
) -> None:
    readings.count(connection, 1, b"a", noon)
    batch = uuid4()
    seen = {Reader(1, at, name): at for at in (noon, noon + HOUR) for name in (b"a", b"b", b"c")}
    seen |= {Reader(404, noon, b"a"): noon}
    assert readings.add(connection, batch, seen, noon)
    readings.forget_readers(connection, noon + 9 * HOUR)
    assert not readings.add(connection, batch, seen, noon + 9 * HOUR)
    assert counts(connection) == {noon: 3, noon + HOUR: 3}


@pytest.mark.parametrize("years", [0, 10])
def test_a_batch_warms_as_its_readings_one_by_one(
    connection: sa.Connection, noon: datetime, years: int
) -> None:
    seen = {
        Reader(1, hour_of(at), bytes([number])): at
        for number in range(9)
        for at in (noon - number * timedelta(minutes=50, days=365 * years),)
    }
    with connection.begin_nested() as undone:
        for reader, at in seen.items():
            readings.count(connection, 1, reader.name, at)
        expected = connection.scalar(sa.select(warmth.c.level))
        undone.rollback()
    assert readings.add(connection, uuid4(), seen, noon)
    assert connection.scalar(sa.select(warmth.c.level)) == pytest.approx(expected, rel=1e-12)


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


def test_readings_ten_years_apart_are_counted(connection: sa.Connection, noon: datetime) -> None:
    for years in (0, 10, 5):
        assert readings.count(connection, 1, b"a", noon + timedelta(days=365 * years))
    level = connection.scalar(sa.select(warmth.c.level).where(warmth.c.article_id == 1))
    assert level == pytest.approx(readings.level_of(noon + timedelta(days=3650)))
    found = pools.candidates(connection, 0, noon + timedelta(days=365 * 60))
    assert "most_read" in {one.kind for one in found}


READINGS = st.lists(st.tuples(st.sampled_from([1, 3]), st.integers(0, 24 * 900)), min_size=1)


@given(READINGS)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_warmth_orders_as_the_sum_of_readings_that_fade(
    connection: sa.Connection,
    noon: datetime,
    add_article: Callable[..., int],
    readings_: list[tuple[int, int]],
) -> None:
    with connection.begin_nested() as undone:
        add_article(3)
        for place, (number, hours) in enumerate(readings_):
            at = noon - timedelta(hours=hours)
            assert readings.count(connection, number, str(place).encode(), at)
        level = readings.level_of(noon)
        rows = connection.execute(sa.select(warmth.c.article_id, warmth.c.level))
        found = {row.article_id: math.exp(row.level - level) for row in rows}
        undone.rollback()
    faded: dict[int, float] = {}
    for number, hours in readings_:
        faded[number] = faded.get(number, 0.0) + 2 ** (-hours / 24)
    assert found == pytest.approx(faded, rel=1e-6)
