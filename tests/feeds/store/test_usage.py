"""Usage: a batch counts once, and days add up."""

from datetime import date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from config.partners import PartnerSpec
from feeds.store import partners, usage
from feeds.store.usage import Count, Outcome

DAY = date(2026, 11, 20)


@pytest.fixture
def daily(connection: sa.Connection, noon: datetime) -> int:
    partners.create(connection, PartnerSpec(name="daily", per_day=9, per_minute=3), noon)
    return partners.number_of(connection, "daily")


def test_a_batch_is_added_once(connection: sa.Connection, noon: datetime, daily: int) -> None:
    batch, counts = uuid4(), {Count(daily, DAY, Outcome.SERVED): 3}
    assert usage.add(connection, batch, counts, noon)
    assert not usage.add(connection, batch, counts, noon)
    assert usage.add(connection, uuid4(), counts, noon)
    assert [one.served for one in usage.days(connection, DAY)] == [6]


def test_days_and_outcomes_are_kept_apart(
    connection: sa.Connection, noon: datetime, daily: int
) -> None:
    before = date(2026, 11, 19)
    counts = {
        Count(daily, DAY, Outcome.SERVED): 3,
        Count(daily, DAY, Outcome.LIMITED): 2,
        Count(daily, before, Outcome.REFUSED): 1,
    }
    usage.add(connection, uuid4(), counts, noon)
    assert usage.days(connection, before, daily) == [
        usage.Day("daily", DAY, 3, 2, 0),
        usage.Day("daily", before, 0, 0, 1),
    ]
    assert usage.days(connection, DAY, daily) == [usage.Day("daily", DAY, 3, 2, 0)]
    assert usage.today(connection, DAY) == [usage.Today("daily", 3, 9, 3, 2, 0)]


def test_a_partner_that_asked_for_nothing_is_listed_with_its_quota(
    connection: sa.Connection, daily: int
) -> None:
    assert usage.today(connection, DAY) == [usage.Today("daily", 3, 9, 0, 0, 0)]


def test_counts_of_a_partner_that_is_not_there_are_left_out(
    connection: sa.Connection, noon: datetime, daily: int
) -> None:
    counts = {Count(one, DAY, Outcome.SERVED): 1 for one in (daily, daily + 1000)}
    assert usage.add(connection, uuid4(), counts, noon)
    assert [(one.name, one.served) for one in usage.days(connection, DAY)] == [("daily", 1)]
