"""Reindex: a round over stored articles, a page at a time, resumable where it stands.

Readers see no article as new because of it: ids and dates stay, and a feed whose bytes come out
the same is not stored again. A dry round decides the same, writes none of it, and keeps what it
would have changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.model import Filing, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.ingest import file
from feeds.pipeline.relate import connect, mark
from feeds.pipeline.subjects import subject_of
from feeds.store import filing, listing, placements, reindexes, work
from feeds.topics.placed import placed

PAGE = 100
_FEW = 50  # a round that changed the marks of fewer than one in so many is no such round


@dataclass(frozen=True, slots=True)
class Change:
    """What a page of a round changes, or would: how many articles, and each change for people."""

    count: int
    lines: tuple[Mapping[str, Any], ...] = ()


def reindex(desk: Desk, claimed: work.Claim) -> int:
    """Do one page of the claimed round, and leave it due until it has ended.

    Returns its articles.
    """
    (key,) = claimed.keys
    with desk.engine.begin() as connection:
        found = reindexes.find(connection, int(key))
        ids = reindexes.page(connection, found, PAGE) if found.state == "running" else []
    relates = found.mode == "relate" and not found.is_dry
    marked = mark(desk, ids, anew=True) if relates else None
    now = desk.clock()
    with desk.engine.begin() as connection:
        if marked is not None:
            connect(desk, connection, marked, in_round=True)
            change = Change(marked.other)
        else:
            step = (_PREVIEWS if found.is_dry else _MODES)[found.mode]
            change = step(desk, connection, ids, now)
        if reindexes.advance(connection, found, ids, change.count, now, change.lines):
            work.finish(connection, claimed)
            if marked is not None and _needs_another(found):
                reindexes.create(
                    connection, found.scope, found.mode, now, per_minute=found.per_minute
                )
        else:
            work.again(connection, claimed, {key: now + _pause(found, len(ids))})
            work.ring(connection, reindexes.KIND)
    return len(ids)


def _needs_another(found: reindexes.Reindex) -> bool:
    """Tell whether a round over relations that has ended is to be gone over once more.

    Its first articles looked among marks that the round has changed since. A second round changes
    no marks, and gives what a third one would.
    """
    return found.done > PAGE and found.changed * _FEW > found.done


def _pause(found: reindexes.Reindex, articles: int) -> timedelta:
    """Give the time that a page should take at the round's pace."""
    return timedelta(minutes=articles / found.per_minute if found.per_minute else 0)


def refile(desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime) -> Change:
    """File stored articles again; touches only what changes."""
    moved = _moved(desk, connection, ids)
    if moved:
        touched = listing.keys_of(connection, moved, desk.ancestors)
        filing.move(connection, {key: decided for key, (_, decided) in moved.items()})
        touched |= listing.keys_of(connection, moved, desk.ancestors)
        work.mark(connection, "publish", touched, now, desk.debounce)
        work.mark(connection, "relate", map(str, moved), now)
    return _told(moved)


def _would_refile(
    desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime
) -> Change:
    return _told(_moved(desk, connection, ids))


_Moved = Mapping[int, tuple[filing.Filed, Filing]]


def _moved(desk: Desk, connection: sa.Connection, ids: Sequence[int]) -> _Moved:
    """Decide articles' filing again, keeping what people decided; gives those that it changes."""
    by_hand = placements.hold(connection, ids)
    before = filing.subjects(connection, ids)
    moved = {}
    found = file(desk, connection, [subject_of(one) for one in before])
    for one, machine in zip(before, found, strict=True):
        own = by_hand.get(one.article_id, ())
        decided = placed(machine, own, desk.ancestors, desk.topic_names)
        if not one.is_filed_as(decided):
            moved[one.article_id] = (one, decided)
    return moved


def _told(moved: _Moved) -> Change:
    lines = (
        {
            "article": public_id(key),
            "title": before.title,
            "section": [before.section, decided.section],
            "topics": [_slugs(before.topics), _slugs(decided.topics)],
            "why": decided.why,
        }
        for key, (before, decided) in moved.items()
    )
    return Change(len(moved), tuple(lines))


def _slugs(topics: Sequence[Any]) -> list[str]:
    return sorted(hit.slug for hit in topics)


def republish(desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime) -> Change:
    """Have every feed that holds these articles rebuilt."""
    touched = listing.keys_of(connection, ids, desk.ancestors)
    work.mark(connection, "publish", touched, now, desk.debounce)
    return Change(len(ids))


def _would_republish(
    desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime
) -> Change:
    touched = listing.keys_of(connection, ids, desk.ancestors)
    return Change(len(ids), tuple({"feed": key} for key in sorted(touched)))


def _all(desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime) -> Change:
    return Change(len(ids))


Mode = Callable[[Desk, sa.Connection, Sequence[int], datetime], Change]
_MODES: Mapping[str, Mode] = {"refile": refile, "publish": republish}
_PREVIEWS: Mapping[str, Mode] = {
    "refile": _would_refile,
    "relate": _all,
    "publish": _would_republish,
}
