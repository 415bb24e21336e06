"""Tidy: once an hour, drop what has served its time."""

from datetime import timedelta

from feeds.pipeline.desk import Desk
from feeds.pipeline.outlet import write_files
from feeds.store import feeds, fragments, readings, subscribers, work

KEY = "hourly"
_EVERY = timedelta(hours=1)


def tidy(desk: Desk, claimed: work.Claim) -> int:
    """Forget who read what in hours that are over; comes back in an hour."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        subscribers.expire(connection, now)
        gone = readings.forget_readers(connection, now)
        gone += fragments.collect(connection, now)
        if desk.settings.publish_dir is not None:
            # What a build wrote whose transaction failed, and what was emitted before it was set.
            write_files(desk, connection, [one.key for one in feeds.listed(connection)])
        work.again(connection, claimed, dict.fromkeys(claimed.keys, now + _EVERY))
    return gone
