"""Reindex: a round over stored articles, a page at a time, resumable where it stands.

Readers see no article as new because of it: ids and dates stay, and a feed whose bytes come out
the same is not stored again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.pipeline.ingest import file
from feeds.pipeline.relate import connect, mark
from feeds.store import filing, listing, reindexes, work
from feeds.topics.subject import Subject

PAGE = 100


def reindex(desk: Desk, claimed: work.Claim) -> int:
    """Do one page of the claimed round, and leave it due until it has ended.

    Returns its articles.
    """
    (key,) = claimed.keys
    with desk.engine.begin() as connection:
        found = reindexes.find(connection, int(key))
        ids = reindexes.page(connection, found, PAGE) if found.state == "running" else []
    marked = mark(desk, ids, anew=True) if found.mode == "relate" else None
    now = desk.clock()
    with desk.engine.begin() as connection:
        changed = len(ids)
        if marked is not None:
            connect(desk, connection, marked)
        else:
            changed = _MODES[found.mode](desk, connection, ids, now)
        if reindexes.advance(connection, found, ids, changed, now):
            work.finish(connection, claimed)
        else:
            work.again(connection, claimed, {key: now})
            work.ring(connection, reindexes.KIND)
    return len(ids)


def refile(desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime) -> int:
    """File stored articles again; touches only what changes, and returns how many did."""
    before = filing.subjects(connection, ids)
    filings = file(desk, connection, [_subject(one) for one in before])
    moved = {
        one.article_id: decided
        for one, decided in zip(before, filings, strict=True)
        if not one.is_filed_as(decided)
    }
    if moved:
        touched = listing.keys_of(connection, moved, desk.ancestors)
        filing.move(connection, moved)
        touched |= listing.keys_of(connection, moved, desk.ancestors)
        work.mark(connection, "publish", touched, now, desk.debounce)
        work.mark(connection, "relate", map(str, moved), now)
    return len(moved)


def _subject(one: filing.Filed) -> Subject:
    return Subject(
        source_name=one.source_name,
        source_section=one.source_section,
        url=one.url,
        title=one.title,
        excerpt=one.excerpt,
        text=one.text,
        categories=one.categories,
    )


def republish(desk: Desk, connection: sa.Connection, ids: Sequence[int], now: datetime) -> int:
    """Have every feed that holds these articles rebuilt; returns how many articles there were."""
    touched = listing.keys_of(connection, ids, desk.ancestors)
    work.mark(connection, "publish", touched, now, desk.debounce)
    return len(ids)


Mode = Callable[[Desk, sa.Connection, Sequence[int], datetime], int]
_MODES: Mapping[str, Mode] = {"refile": refile, "publish": republish}
