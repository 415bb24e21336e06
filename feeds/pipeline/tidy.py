"""Tidy: once an hour, drop what has served its time."""

from datetime import timedelta

from feeds.pipeline.desk import Desk
from feeds.store import readings, subscribers, work

KEY = "hourly"
_EVERY = timedelta(hours=1)


def tidy(desk: Desk, claimed: work.Claim) -> int:
    """Forget who read what in hours that are over; comes back in an hour."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        subscribers.expire(connection, now)
        gone = readings.forget_readers(connection, now)
        work.again(connection, claimed, dict.fromkeys(claimed.keys, now + _EVERY))
    return gone
