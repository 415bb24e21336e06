"""The overview: what ops look at first, by a few queries that count and never read an article.

All counts leave out the source that stands for submitted links, which is never polled.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store.sources import SUBMITTED
from feeds.store.tables import DUE, LISTED, article, feed, fetch_event, source, tombstone, work

_OURS = source.c.removed_at.is_(None) & (source.c.name != SUBMITTED)
_FAILING = _OURS & ~source.c.paused & (source.c.failures > 0)


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """How many articles there are; duplicates are public ones that stand behind another.

    Every withdrawn article has its tombstone, by which it is counted.
    """

    public: int
    withdrawn: int
    duplicates: int
    stories: int
    last_hour: int


def articles(connection: sa.Connection, since: datetime) -> ArticleCounts:
    """Count articles by state, and those first seen since a time."""
    # One scalar each, so that each is counted in the smallest index that knows it: together they
    # would read the whole table.
    told = article.c.story_id.is_not(None)
    hidden = (article.c.state == "public") & article.c.duplicate_of.is_not(None)
    row = connection.execute(
        sa.select(
            _count(article).label("stored"),
            _count(tombstone).label("withdrawn"),
            _count(article, hidden).label("duplicates"),
            _count(sa.select(article.c.story_id).where(told).distinct().subquery()).label(
                "stories"
            ),
            _count(article, article.c.first_seen_at > since).label("last_hour"),
        )
    ).one()
    return ArticleCounts(
        public=row.stored - row.withdrawn,
        withdrawn=row.withdrawn,
        duplicates=row.duplicates,
        stories=row.stories,
        last_hour=row.last_hour,
    )


def _count(
    rows: sa.FromClause, which: sa.ColumnElement[bool] | None = None
) -> sa.ScalarSelect[int]:
    counted = sa.select(sa.func.count()).select_from(rows)
    return (counted if which is None else counted.where(which)).scalar_subquery()


def newest_article_at(connection: sa.Connection) -> datetime | None:
    """Tell when the newest listed article came out; `None` when there is none."""
    # By the order of the index, since `max` of the date alone could not stop at its first row.
    newest = sa.select(article.c.effective_at).where(LISTED)
    return connection.scalar(
        newest.order_by(article.c.effective_at.desc(), article.c.id.desc()).limit(1)
    )


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """How many sources there are; a source that was not fetched yet counts as ok."""

    ok: int
    failing: int
    paused: int


def sources(connection: sa.Connection) -> SourceCounts:
    """Count sources by how they do."""
    row = connection.execute(
        sa.select(
            sa.func.count().filter(~source.c.paused, source.c.failures == 0).label("ok"),
            sa.func.count().filter(_FAILING).label("failing"),
            sa.func.count().filter(source.c.paused).label("paused"),
        ).where(_OURS)
    ).one()
    return SourceCounts(row.ok, row.failing, row.paused)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source does; `since` is its first failure in a row that the history holds.

    `fetched_at` and `ok_at` are `None` until it was tried, and until it could be read.
    """

    name: str
    title: str
    paused: bool
    failing: bool
    status: str
    error: str
    failures: int
    fetched_at: datetime | None
    ok_at: datetime | None
    next_at: datetime | None
    since: datetime | None


def source_health(connection: sa.Connection, limit: int) -> list[SourceHealth]:
    """List sources: those that can't be read, then the others, then the paused ones."""
    rows = connection.execute(
        sa.select(
            source.c.name,
            source.c.title,
            source.c.paused,
            _FAILING.label("failing"),
            source.c.status,
            sa.func.coalesce(source.c.error, ""),
            source.c.failures,
            source.c.fetched_at,
            source.c.ok_at,
            work.c.run_at,
            sa.case((_FAILING, _first_failure().scalar_subquery())),
        )
        .outerjoin(work, (work.c.kind == "poll") & (work.c.key == source.c.name))
        .where(_OURS)
        .order_by(_FAILING.desc(), source.c.paused, _NEWLY_BROKEN, source.c.name)
        .limit(limit)
    )
    return [SourceHealth(*row) for row in rows]


# What broke last night comes before what has been broken for a month, or always was.
_NEWLY_BROKEN = sa.case((_FAILING, source.c.ok_at)).desc().nulls_last()


def _first_failure() -> sa.Select[tuple[datetime]]:
    last_good = sa.func.coalesce(source.c.ok_at, sa.cast("-infinity", source.c.ok_at.type))
    return (
        sa.select(sa.func.min(fetch_event.c.at))
        .where(fetch_event.c.source_id == source.c.id, fetch_event.c.error.is_not(None))
        .where(fetch_event.c.at > last_good)
    )


@dataclass(frozen=True, slots=True)
class Oldest:
    """When the longest waiting row of a kind in a lane became due."""

    kind: str
    lane: str
    due_at: datetime


def oldest_waiting(connection: sa.Connection, now: datetime) -> list[Oldest]:
    """Find the longest waiting row of each kind and lane in which something waits."""
    free = work.c.lease_until.is_(None) | (work.c.lease_until < now)
    rows = connection.execute(
        sa.select(work.c.kind, work.c.lane, sa.func.min(work.c.run_at))
        .where(DUE, free, work.c.run_at <= now)
        .group_by(work.c.kind, work.c.lane)
        .order_by(work.c.kind, work.c.lane)
    )
    return [Oldest(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class FeedAge:
    """A feed and its last change; `marked_at` is `None` unless a rebuild is wanted."""

    key: str
    title: str
    items: int
    modified_at: datetime
    marked_at: datetime | None


def feed_ages(connection: sa.Connection, limit: int) -> list[FeedAge]:
    """List feeds: those that longest wait to be rebuilt, then those that changed most recently."""
    wanted = (work.c.kind == "publish") & (work.c.key == feed.c.key) & DUE
    rows = connection.execute(
        sa.select(
            feed.c.key,
            feed.c.title,
            sa.func.cardinality(feed.c.item_ids),
            feed.c.modified_at,
            work.c.marked_at,
        )
        .outerjoin(work, wanted)
        .order_by(work.c.marked_at.asc().nulls_last(), feed.c.modified_at.desc(), feed.c.key)
        .limit(limit)
    )
    return [FeedAge(*row) for row in rows]


def feed_count(connection: sa.Connection) -> int:
    """Count feeds."""
    return connection.scalar(sa.select(_count(feed))) or 0
