"""Dates: the three ways in which feeds write them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.publish.dates import rfc822, rfc3339, rfc3339_utc

ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001


@given(moment=MOMENTS)
def test_all_ways_tell_the_same_second(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert datetime.fromisoformat(rfc3339(moment)) == whole
    assert datetime.fromisoformat(rfc3339_utc(moment)) == whole
    assert rfc3339_utc(moment).endswith("Z")
    assert rfc822(moment) == format_datetime(whole.astimezone(UTC))


@pytest.mark.parametrize("write", [rfc822, rfc3339, rfc3339_utc])
def test_a_date_without_a_zone_is_refused(write: object) -> None:
    assert callable(write)
    with pytest.raises(ValueError, match="no time zone"):
        write(datetime(2026, 1, 1))  # noqa: DTZ001
