"""Status: what runs, waits and broke, as one value for the command line, ops and the start-up.

Theory: whoever looks wants to know within a second whether to act. A false alarm costs a night's
sleep, a missed one costs news; so only what stops news from flowing is called *bad*, and what is
merely worth a look in the morning is *odd*. Thresholds stand with the rules below: a due row is
normally claimed within a sweep of the bell (seconds), so a minute without any worker is an outage,
and five minutes with one is a backlog.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.store import (
    backlog,
    deliveries,
    ledger,
    outside,
    overview,
    reindexes,
    subscriptions,
    usage,
    work,
)
from feeds.store.backlog import DeadLetter
from feeds.store.deliveries import HubCounts
from feeds.store.outside import OutsideHub
from feeds.store.overview import ArticleCounts, FeedAge, SourceCounts, SourceHealth
from feeds.store.subscriptions import HubsOfSources
from worker.pushing import Pushing, pushing
from worker.words import span

STOPPED_S = 60
BEHIND_S = 300
NEWEST = 20
OUTSIDE_FAILURES = 5
SOURCES = 50
_RECENT = timedelta(days=1)
_HOUR = timedelta(hours=1)


class Level(StrEnum):
    """How a finding ranks: `bad` stops news from flowing, `odd` can wait for the morning."""

    BAD = "bad"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    level: Level
    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of work in one lane; `oldest_s` is how long the oldest waiting row has been due."""

    kind: str
    lane: str
    waiting: int
    running: int
    later: int
    dead: int
    oldest_s: float | None


@dataclass(frozen=True, slots=True)
class Round:
    """A reindex that runs, or that ended within a day."""

    id: int
    mode: str
    scope: dict[str, Any]
    state: str
    total: int
    done: int
    changed: int
    created_at: datetime
    finished_at: datetime | None
    error: str | None
    is_dry: bool = False
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How everything stood at a moment; lists are cut (50 sources, else 20), counts are not.

    `queues` maps each queue to its messages, `None` while the broker does not answer; it is empty
    where nobody asked the broker.
    """

    at: datetime
    articles: ArticleCounts
    newest_article_at: datetime | None
    sources: SourceCounts
    feeds: int
    ledger: dict[str, int]
    work: tuple[Load, ...]
    source_health: tuple[SourceHealth, ...]
    dead: tuple[DeadLetter, ...]
    reindexes: tuple[Round, ...]
    feed_ages: tuple[FeedAge, ...]
    queues: dict[str, int | None] = field(default_factory=dict)
    pushes: tuple[Pushing, ...] = ()
    hub: HubCounts = field(default_factory=lambda: HubCounts(0, 0, {}))
    outside_hubs: tuple[OutsideHub, ...] = ()
    partners: tuple[usage.Today, ...] = ()
    source_hubs: HubsOfSources = field(default_factory=lambda: HubsOfSources({}))

    @property
    def failing(self) -> tuple[SourceHealth, ...]:
        """List the sources that can't be read."""
        return tuple(one for one in self.source_health if one.failing)

    def with_queues(self, queues: dict[str, int | None]) -> "Status":
        """Add what the broker says."""
        return replace(self, queues=queues)

    def as_dict(self) -> dict[str, Any]:
        """Write it as JSON has it, times in ISO 8601, with the findings."""
        found: dict[str, Any] = plain(asdict(self))
        findings = [asdict(one) for one in self.findings()]
        return {"well": not findings, "findings": findings, **found}

    def findings(self) -> list[Finding]:
        """List what is wrong, the worst first; empty when all is well."""
        found = [
            *_stopped(self),
            *_broker(self),
            *_sources(self),
            *_outside(self),
            *_left_over(self),
        ]
        return sorted(found, key=lambda one: one.level != Level.BAD)


def snapshot(desk: Desk) -> Status:
    """Read how everything stands, from one moment of the store."""
    now = desk.clock()
    with desk.engine.connect() as opened:
        connection = opened.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        return Status(
            at=now,
            articles=overview.articles(connection, now - _HOUR),
            newest_article_at=overview.newest_article_at(connection),
            sources=overview.sources(connection),
            feeds=overview.feed_count(connection),
            ledger=ledger.counts(connection),
            work=loads(connection, now),
            source_health=tuple(overview.source_health(connection, SOURCES)),
            dead=tuple(backlog.dead(connection, NEWEST)),
            reindexes=tuple(
                round_of(one)
                for one in reindexes.newest(connection, NEWEST)
                if one.finished_at is None or one.finished_at > now - _RECENT
            ),
            feed_ages=tuple(overview.feed_ages(connection, NEWEST)),
            pushes=pushing(connection, now),
            hub=deliveries.counts(connection),
            outside_hubs=outside.of(connection, desk.settings.hubs),
            partners=tuple(usage.today(connection, now.astimezone(UTC).date())),
            source_hubs=subscriptions.counts(connection),
        )


def loads(connection: sa.Connection, now: datetime) -> tuple[Load, ...]:
    """Count work by kind and lane."""
    oldest = {
        (one.kind, one.lane): (now - one.due_at).total_seconds()
        for one in overview.oldest_waiting(connection, now)
    }
    return tuple(
        Load(**asdict(one), oldest_s=oldest.get((one.kind, one.lane)))
        for one in backlog.load(connection, now)
    )


def is_stopped(load: Load) -> bool:
    """Tell whether live work is due that nobody does."""
    waits = load.oldest_s is not None and load.oldest_s >= STOPPED_S
    return waits and load.lane == work.LIVE and not load.running


def round_of(found: reindexes.Reindex) -> Round:
    """Show a reindex without what only the worker needs."""
    return Round(
        id=found.id,
        mode=found.mode,
        scope=found.scope.as_json(),
        state=found.state,
        total=found.total,
        done=found.done,
        changed=found.changed,
        created_at=found.created_at,
        finished_at=found.finished_at,
        error=found.error,
        is_dry=found.is_dry,
        per_minute=found.per_minute,
    )


def _stopped(status: Status) -> Iterator[Finding]:
    """Find live work that nobody does (one finding, since its cause is one) or that is late."""
    stopped = [load for load in status.work if is_stopped(load)]
    if stopped:
        kinds = ", ".join(load.kind for load in stopped)
        longest = span(max(load.oldest_s or 0 for load in stopped))
        due = sum(load.waiting for load in stopped)
        what = f"nothing works on {kinds}: {due} due, for up to {longest}"
        yield Finding(Level.BAD, what, "are the bell and a worker running?")
    for load in status.work:
        late = load.lane == work.LIVE and load.oldest_s is not None and load.oldest_s >= BEHIND_S
        if late and not is_stopped(load):
            longest = span(load.oldest_s or 0)
            what = f"{load.kind} is behind: {load.waiting} due, for up to {longest}"
            yield Finding(Level.ODD, what, "start more workers")


def _broker(status: Status) -> Iterator[Finding]:
    if status.queues and None in status.queues.values():
        advice = "start the broker; nothing is lost meanwhile, only late"
        yield Finding(Level.BAD, "the broker does not answer", advice)


def _sources(status: Status) -> Iterator[Finding]:
    counts = status.sources
    if not counts.failing:
        return
    if not counts.ok:
        advice = "is this machine on the network?"
        yield Finding(Level.BAD, f"all {counts.failing} sources fail", advice)
    else:
        what = f"{counts.failing} of {counts.ok + counts.failing} sources fail"
        yield Finding(Level.ODD, what, "they are tried again by themselves")


def _outside(status: Status) -> Iterator[Finding]:
    failing = [one for one in status.outside_hubs if one.failures >= OUTSIDE_FAILURES]
    for one in failing:
        what = f"the outside hub {one.url} fails: {one.error}"
        yield Finding(Level.ODD, what, "is it the right address in TINWIRE_HUBS?")


def _left_over(status: Status) -> Iterator[Finding]:
    dead = sum(load.dead for load in status.work)
    if dead:
        what = f"{dead} dead letter{'s' if dead > 1 else ''}"
        yield Finding(Level.ODD, what, "mend the cause, then POST /api/v1/replay")
    for one in status.reindexes:
        if one.state == "failed":
            yield Finding(Level.ODD, f"reindex {one.id} failed", one.error or "no reason was kept")


def plain(value: Any) -> Any:
    """Write a value's times as ISO 8601 and its tuples as lists, for JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
