"""Withdraw: an article leaves every list, and its neighbours look for others."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.store import intake, listing, relations, work


def withdraw(
    desk: Desk, connection: sa.Connection, ids: Sequence[int], why: str, now: datetime
) -> list[int]:
    """Withdraw articles for a reason, in the caller's transaction.

    Returns those that were public.
    """
    gone = intake.withdraw(connection, ids, why, now)
    if gone:
        near = relations.neighbours(connection, gone)
        touched = listing.keys_of(connection, gone, desk.ancestors)
        work.mark(connection, "publish", touched, now, desk.debounce)
        work.mark(connection, "relate", map(str, {*gone, *near}), now)
    return gone
