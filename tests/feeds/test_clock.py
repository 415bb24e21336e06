from datetime import UTC, datetime

from feeds.clock import utc_now


def test_the_clock_knows_its_zone_and_the_present() -> None:
    before = datetime.now(UTC)
    now = utc_now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)
