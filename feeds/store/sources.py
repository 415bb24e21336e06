"""Sources: what we poll, how it went, and when it is polled next (in `work`, kind `poll`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from config.editorial import SourceSpec
from feeds.errors import NotFound
from feeds.model import PageRules, Source
from feeds.store import subscriptions, work
from feeds.store.bulk import any_of
from feeds.store.tables import fetch_event, sighting, source

HISTORY = 30
SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Polled:
    """A source with its polling state."""

    source: Source
    every_s: int
    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    failures: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries of one fetch ended under each word."""

    entries: int = 0
    new: int = 0
    revised: int = 0
    sightings: int = 0
    rejected: int = 0
    quarantined: int = 0
    unchanged: int = 0
    links: int = 0


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What one fetch of a source came to; `None` leaves the stored validator or hash alone.

    `url` is the address that was asked: of another one than the source has now, no validator holds.
    """

    source_id: int
    at: datetime
    outcome: str
    status: int | None = None
    size: int = 0
    ms: int = 0
    error: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None
    hub_url: str | None = None
    counts: Counts = Counts()
    url: str | None = None

    @property
    def failed(self) -> bool:
        """Tell whether the source could not be read."""
        return self.error is not None


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source as `sources list` shows it."""

    source: Source
    every_s: int
    paused: bool
    status: str
    error: str | None
    fetched_at: datetime | None
    ok_at: datetime | None
    articles: int


def declare(connection: sa.Connection, specs: Iterable[SourceSpec], now: datetime) -> None:
    """Add or update sources by name, and make due those that are new or that moved.

    A source whose address changed forgets its validators. An address that another source has is
    refused by the database.
    """
    chosen = list(specs)
    before = _asked(connection, [spec.name for spec in chosen])
    for spec in chosen:
        row = {
            "title": spec.title,
            "url": spec.url,
            "home_url": spec.home,
            "section": spec.section,
            "language": spec.language,
            "timezone": spec.timezone,
            "every_s": spec.every_s,
            "full_text": spec.full_text,
            "article": spec.article.model_dump(exclude_none=True),
        }
        statement = insert(source).values(name=spec.name, **row)
        moved = source.c.url != statement.excluded.url
        forgotten = {
            column: sa.case((moved, None), else_=source.c[column])
            for column in ("etag", "last_modified", "body_hash", "kind")
        }
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_=row | forgotten | {"removed_at": None}
            )
        )
    due = [spec.name for spec in chosen if before.get(spec.name, "") not in (None, spec.url)]
    subscriptions.leave(connection, before.keys() & due, "the source moved", now)
    work.mark(connection, "poll", due, now)


def _asked(connection: sa.Connection, names: Sequence[str]) -> dict[str, str | None]:
    """Map sources to the address that is polled: none where it was removed, `None` in a pause."""
    rows = connection.execute(
        sa.select(source.c.name, source.c.url, source.c.paused).where(
            any_of(source.c.name, names), source.c.removed_at.is_(None) | source.c.paused
        )
    )
    return {row.name: None if row.paused else row.url for row in rows}


def polled(connection: sa.Connection, names: Sequence[str]) -> list[Polled]:
    """Read the polling state of sources that are neither paused nor removed, by name."""
    rows = connection.execute(
        sa.select(source)
        .where(any_of(source.c.name, names), ~source.c.paused, source.c.removed_at.is_(None))
        .order_by(source.c.name)
    )
    return [
        Polled(_source(row), row.every_s, row.etag, row.last_modified, row.body_hash, row.failures)
        for row in rows
    ]


def _source(row: sa.Row[tuple[object, ...]]) -> Source:
    return Source(
        id=row.id,
        name=row.name,
        title=row.title,
        url=row.url,
        home_url=row.home_url,
        section=row.section,
        language=row.language,
        timezone=row.timezone,
        full_text=row.full_text,
        article=PageRules(**{**row.article, "remove": tuple(row.article.get("remove", ()))}),
        kind=row.kind,
    )


def find(connection: sa.Connection, name: str) -> Source:
    """Read one source by name; raises `NotFound`."""
    row = connection.execute(
        sa.select(source).where(source.c.name == name, source.c.removed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(f"no source is named {name!r}; `tinwire sources list` shows all")
    return _source(row)


def by_ids(connection: sa.Connection, ids: Iterable[int | None]) -> dict[int, Source]:
    """Read sources by id; unknown ids are left out."""
    chosen = sorted({one for one in ids if one is not None})
    rows = connection.execute(sa.select(source).where(any_of(source.c.id, chosen)))
    return {row.id: _source(row) for row in rows}


def submitted(connection: sa.Connection) -> Source:
    """Give the source that stands for links handed in without one; it is never polled."""
    values = {
        "name": SUBMITTED,
        "title": "Submitted links",
        "url": f"urn:tinwire:{SUBMITTED}",
        "every_s": 86400,
        "timezone": "UTC",
        "paused": True,
    }
    connection.execute(insert(source).values(**values).on_conflict_do_nothing())
    return find(connection, SUBMITTED)


def listed(connection: sa.Connection) -> list[SourceState]:
    """List all sources with their last fetch and the number of their articles."""
    counts = (
        sa.select(sa.func.count(sa.distinct(sighting.c.article_id)))
        .where(sighting.c.source_id == source.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(source, counts.label("articles"))
        .where(source.c.removed_at.is_(None))
        .order_by(source.c.name)
    )
    return [
        SourceState(
            _source(row),
            row.every_s,
            row.paused,
            row.status,
            row.error,
            row.fetched_at,
            row.ok_at,
            row.articles,
        )
        for row in rows
    ]


def pause(connection: sa.Connection, name: str, paused: bool, now: datetime) -> None:
    """Stop or resume polling a source; raises `NotFound`."""
    found = find(connection, name)
    connection.execute(sa.update(source).where(source.c.id == found.id).values(paused=paused))
    if paused:
        subscriptions.leave(connection, [name], "the source is paused", now)
        work.cancel(connection, "poll", [name])
    else:
        subscriptions.rejoin(connection, found.id, now)
        work.mark(connection, "poll", [name], now)


def remove(connection: sa.Connection, name: str, now: datetime) -> None:
    """Stop polling a source for good and keep its articles; raises `NotFound`."""
    found = find(connection, name)
    connection.execute(sa.update(source).where(source.c.id == found.id).values(removed_at=now))
    subscriptions.leave(connection, [name], "the source was removed", now)
    work.cancel(connection, "poll", [name])


def record(connection: sa.Connection, fetches: Sequence[FetchRecord]) -> None:
    """Store what fetches came to: the sources' state and their history of 30 fetches."""
    if not fetches:
        return
    for fetch in sorted(fetches, key=lambda fetch: fetch.source_id):
        connection.execute(
            sa.update(source).where(source.c.id == fetch.source_id).values(**_state(fetch))
        )
    note(connection, fetches)


def note(connection: sa.Connection, fetches: Sequence[FetchRecord]) -> None:
    """Add to the history of sources only: a push says nothing of whether they can be polled."""
    if not fetches:
        return
    connection.execute(sa.insert(fetch_event), [_event(fetch) for fetch in fetches])
    _prune(connection, [fetch.source_id for fetch in fetches])


def _state(fetch: FetchRecord) -> dict[str, object]:
    state: dict[str, object] = {
        "fetched_at": fetch.at,
        "status": fetch.outcome,
        "error": fetch.error,
        "failures": source.c.failures + 1 if fetch.failed else 0,
    }
    if fetch.failed:
        return state
    state["ok_at"] = fetch.at
    if fetch.body_hash is not None:
        fresh = {
            "etag": fetch.etag,
            "last_modified": fetch.last_modified,
            "body_hash": fetch.body_hash,
            "hub_url": fetch.hub_url,
        }
        is_same = sa.true() if fetch.url is None else source.c.url == fetch.url
        state |= {
            name: sa.case((is_same, sa.literal(value, source.c[name].type)), else_=source.c[name])
            for name, value in fresh.items()
        }
    return state


def _event(fetch: FetchRecord) -> dict[str, object]:
    return {
        "source_id": fetch.source_id,
        "at": fetch.at,
        "outcome": fetch.outcome,
        "status": fetch.status,
        "bytes": fetch.size,
        "ms": fetch.ms,
        "error": fetch.error,
        "entries": fetch.counts.entries,
        "new": fetch.counts.new,
        "revised": fetch.counts.revised,
        "sightings": fetch.counts.sightings,
        "rejected": fetch.counts.rejected,
        "quarantined": fetch.counts.quarantined,
        "unchanged": fetch.counts.unchanged,
        "links": fetch.counts.links,
    }


def _prune(connection: sa.Connection, ids: list[int]) -> None:
    newest = (
        sa.select(fetch_event.c.id)
        .where(fetch_event.c.source_id == source.c.id)
        .order_by(fetch_event.c.id.desc())
        .offset(HISTORY)
        .limit(HISTORY)
        .lateral("old")
    )
    old = (
        sa.select(newest.c.id)
        .select_from(source.join(newest, sa.true()))
        .where(any_of(source.c.id, ids))
    )
    connection.execute(sa.delete(fetch_event).where(fetch_event.c.id.in_(old)))


@dataclass(frozen=True, slots=True)
class FetchLine:
    """One fetch of a source's history."""

    at: datetime
    outcome: str
    status: int | None
    counts: Counts
    ms: int
    error: str | None


def history(connection: sa.Connection, source_id: int) -> list[FetchLine]:
    """List a source's last 30 fetches, newest first."""
    rows = connection.execute(
        sa.select(fetch_event)
        .where(fetch_event.c.source_id == source_id)
        .order_by(fetch_event.c.id.desc())
        .limit(HISTORY)
    )
    return [
        FetchLine(
            row.at,
            row.outcome,
            row.status,
            Counts(
                row.entries,
                row.new,
                row.revised,
                row.sightings,
                row.rejected,
                row.quarantined,
                row.unchanged,
                row.links,
            ),
            row.ms,
            row.error,
        )
        for row in rows
    ]
