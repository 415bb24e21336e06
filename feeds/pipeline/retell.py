"""Retell: by whom articles stand in their stories, settled after they were related.

By itself, and for many at once. Who stands where follows from the edges in order of time, so each
article that comes in late may move those after it: settled batch by batch, a store that fills would
settle its large stories again and again, while no other worker may write edges. What people decided
and what was withdrawn doesn't wait: `settle` is called where it happens.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from feeds.dedupe.stars import Teller, resettle
from feeds.pipeline.closeness import Closeness
from feeds.pipeline.desk import Desk
from feeds.store import listing, locks, siblings, stories, verdicts, work
from feeds.store.locks import Lock

BATCH = 50_000  # notes, several of an article; settling so many takes some seconds


def retell(desk: Desk, claimed: work.Claim) -> int:
    """Settle the stories of articles whose edges changed; returns how many articles moved."""
    with desk.engine.begin() as connection:
        locks.hold(connection, Lock.STORIES)
        due = stories.take_due(connection, BATCH)
        moved = settle(desk, connection, set(due))
        now = desk.clock()
        # An item names its siblings: of a story that lost one, they are its lead's.
        near = siblings.mates(connection, moved)
        keys = listing.keys_of(connection, moved | near, desk.ancestors)
        work.mark(connection, "publish", keys, now, desk.debounce)
        if len(due) == BATCH:
            work.mark(connection, "retell", [stories.DUE], now)
        work.finish(connection, claimed)
    return len(moved)


def settle(
    desk: Desk, connection: sa.Connection, touched: set[int], gone: Iterable[int] = ()
) -> set[int]:
    """Settle anew by whom touched articles stand; returns those that moved.

    Those that are `gone` stand nowhere. The caller holds the lock of stories.
    """

    closeness = Closeness(desk, connection)

    def look(ids: set[int]) -> dict[int, Teller]:
        found = stories.tellers(connection, ids)
        closeness.expect(key for key, one in found.items() if one.edges)
        judged = verdicts.mates(connection, ids, "story")
        return {
            key: Teller(one.id, one.at, one.lead, one.edges, *judged.get(key, ()))
            for key, one in found.items()
        }

    def members(leads: set[int]) -> dict[int, set[int]]:
        return stories.members(connection, leads)

    alone = stories.forget(connection, set(gone))
    moved = resettle(touched, look, members, closeness.compare)
    return alone | stories.move(connection, moved)
