"""The time, as a value that is passed in."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Read the real clock, in UTC."""
    return datetime.now(UTC)
