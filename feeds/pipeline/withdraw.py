"""Withdraw: an article leaves every list, and its neighbours look for others.

Theory: see docs/decisions/0012-what-is-a-take-down.md for what counts as a publisher's take-down.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.store import gone as going
from feeds.store import listing, siblings, work


def withdraw(
    desk: Desk, connection: sa.Connection, ids: Sequence[int], why: str, now: datetime
) -> list[int]:
    """Withdraw articles for a reason, in the caller's transaction.

    Returns those that were public.
    """
    gone = going.withdraw(connection, ids, why, now)
    if gone:
        told = siblings.mates(connection, gone)
        touched = listing.keys_of(connection, {*gone, *told}, desk.ancestors)
        work.mark(connection, "publish", touched, now, desk.debounce)
        work.mark(connection, "relate", map(str, gone), now)
    return gone


def restore(desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime) -> list[int]:
    """Take withdrawals back, in the caller's transaction; returns the articles that had one."""
    back = going.restore(connection, ids)
    if back:
        touched = listing.keys_of(connection, back, desk.ancestors)
        work.mark(connection, "publish", touched, now, desk.debounce)
        work.mark(connection, "relate", map(str, back), now)
    return back


def take_down(
    desk: Desk, connection: sa.Connection, whys: Mapping[str, str]
) -> dict[str, tuple[str, str, int | None]]:
    """Withdraw the articles that stand at addresses whose pages are gone, each for its reason.

    Returns what became of each address that had one: the word, the reason, the article.
    """
    ends: dict[str, tuple[str, str, int | None]] = {}
    if not whys:
        return ends
    for url, number in sorted(going.shown_at(connection, whys).items()):
        why = f"taken down by its publisher: {whys[url]}"
        if withdraw(desk, connection, [number], why, desk.clock()):
            ends[url] = ("withdrawn", why, number)
    return ends
