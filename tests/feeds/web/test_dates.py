from datetime import UTC, datetime

from feeds.web.dates import long_date, rfc3339, short_date

LATE = datetime(2026, 3, 1, 18, 5, 9, 123, tzinfo=UTC)


def test_vietnamese_dates_are_in_the_time_of_vietnam() -> None:
    assert long_date(LATE, "vi") == "Thứ Hai, 02/03/2026, 01:05"
    assert short_date(LATE, "vi") == "02/03/2026 01:05"


def test_english_dates_are_in_utc_and_say_so() -> None:
    assert long_date(LATE, "en") == "1 March 2026, 18:05 UTC"
    assert short_date(LATE, "en") == "1 Mar 2026, 18:05"


def test_machines_get_whole_seconds_in_utc() -> None:
    assert rfc3339(LATE) == "2026-03-01T18:05:09Z"
