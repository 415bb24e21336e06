"""Crowds: many callbacks at one host are called a few at a time.

Theory: what we call was chosen by who subscribed, and a host with thousands of callbacks (a reader
of many people) must not get thousands of requests at once from us. All that a batch holds above a
few of a strange host come back a second later each; batches of other workers do the same, so a
host gets some of them from each.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from config.settings import Settings
from feeds.ingest.addresses import is_inner
from feeds.urls import host_of

AT_ONCE = 10
GAP = timedelta(seconds=1)


def later(
    settings: Settings, callbacks: Iterable[tuple[str, str]], now: datetime
) -> dict[str, datetime]:
    """Choose which of (row, callback) wait, and until when; inner hosts bear what they get."""
    seen: Counter[str] = Counter()
    waits = {}
    for row, callback in callbacks:
        host = host_of(callback)
        if is_inner(host, settings.fetch_allow):
            continue
        if seen[host] >= AT_ONCE:
            waits[row] = now + GAP * (seen[host] // AT_ONCE)
        seen[host] += 1
    return waits
