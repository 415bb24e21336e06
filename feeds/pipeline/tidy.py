"""Tidy: once an hour, drop what has served its time, and renew what has grown old."""

from datetime import timedelta

from feeds.pipeline.desk import Desk
from feeds.pipeline.fit import fit, is_due
from feeds.store import readings, work

KEY = "hourly"
_EVERY = timedelta(hours=1)


def tidy(desk: Desk, claimed: work.Claim) -> int:
    """Forget who read what in hours that are over, and count anew what the store has outgrown.

    Comes back in an hour.
    """
    now = desk.clock()
    with desk.engine.connect() as connection:
        outgrown = is_due(connection)
    if outgrown:
        fit(desk)
    with desk.engine.begin() as connection:
        gone = readings.forget_readers(connection, now)
        work.again(connection, claimed, dict.fromkeys(claimed.keys, now + _EVERY))
    return gone
