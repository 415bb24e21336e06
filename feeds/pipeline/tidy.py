"""Tidy: what the clock asks for. Drop what has served its time, and look what is most read."""

from datetime import datetime, timedelta

from feeds.pipeline.desk import Desk
from feeds.pipeline.outlet import write_files
from feeds.store import deliveries, feeds, fragments, hosts, readings, subscribers, work

HOURLY, READ = "hourly", "most-read"
KEYS = (HOURLY, READ)
# Readings don't ask for a build: they come by the thousand, and each would lock one row.
_READ_EVERY = timedelta(minutes=10)
_EVERY = timedelta(hours=1)


def tidy(desk: Desk, claimed: work.Claim) -> int:
    """Do what is due by the clock, and come back; returns how many rows were dropped."""
    now = desk.clock()
    if READ in claimed.wants:
        with desk.engine.begin() as connection:
            work.again(connection, claimed, {READ: now + _READ_EVERY})
            work.mark(connection, "publish", [READ], now)
    return _drop(desk, claimed, now) if HOURLY in claimed.wants else 0


def _drop(desk: Desk, claimed: work.Claim, now: datetime) -> int:
    """Forget who read what in hours that are over, and items that no feed shows."""
    with desk.engine.begin() as connection:
        subscribers.expire(connection, now)
        # Verified while their feed was taken back, or before that was told.
        deliveries.fan_out(connection, deliveries.stranded(connection), now)
        hosts.forget_crowds(connection, now)
        gone = readings.forget_readers(connection, now)
        gone += fragments.collect(connection, now)
        if desk.settings.publish_dir is not None:
            # What a build wrote whose transaction failed, and what was emitted before it was set.
            write_files(desk, connection, [one.key for one in feeds.listed(connection)])
        work.again(connection, claimed, {HOURLY: now + _EVERY})
    return gone
