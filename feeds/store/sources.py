"""Sources: what we poll, how it went, and when it is polled next (in `work`, kind `poll`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from config.editorial import SourceSpec
from feeds.errors import NotFound
from feeds.model import PageRules, Source
from feeds.store import subscriptions, work
from feeds.store.bulk import any_of
from feeds.store.tables import sighting, source
from feeds.store.tables import work as work_rows
from feeds.urls import host_of

SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source as `sources list` shows it; `why` says why it is asked at `next_at`.

    `every_s` is `None` where no editor wished for an interval, `next_at` where it is not polled.
    `given_up` is the last error of a poll that is a dead letter, `declared_url` the address that an
    editor gave, where it is polled at another.
    """

    source: Source
    every_s: int | None
    paused: bool
    status: str
    error: str | None
    fetched_at: datetime | None
    ok_at: datetime | None
    next_at: datetime | None
    why: str
    articles: int
    given_up: str | None = None
    declared_url: str | None = None


def declare(connection: sa.Connection, specs: Iterable[SourceSpec], now: datetime) -> None:
    """Add or update sources by name, and make due those that are new or that moved.

    A source that an editor gives another address forgets its validators; one that moved by itself
    (301) stays where it is. An address that another source has is refused by the database.
    """
    chosen = list(specs)
    before = _asked(connection, [spec.name for spec in chosen])
    for spec in chosen:
        row = {
            "title": spec.title,
            "home_url": spec.home,
            "section": spec.section,
            "language": spec.language,
            "timezone": spec.timezone,
            "every_s": spec.every_s,
            "full_text": spec.full_text,
            "article": spec.article.model_dump(exclude_none=True),
        }
        place = {"url": spec.url, "host": host_of(spec.url), "declared_url": spec.url}
        statement = insert(source).values(name=spec.name, **row, **place)
        moved = sa.func.coalesce(source.c.declared_url, source.c.url) != spec.url
        forgotten = {
            column: sa.case((moved, place.get(column)), else_=source.c[column])
            for column in ("url", "host", "etag", "last_modified", "body_hash", "kind")
        } | {"declared_url": spec.url}
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_=row | forgotten | {"removed_at": None}
            )
        )
    due = [spec.name for spec in chosen if before.get(spec.name, "") not in (None, spec.url)]
    subscriptions.leave(connection, before.keys() & due, "the source moved", now)
    work.mark(connection, "poll", due, now)


def _asked(connection: sa.Connection, names: Sequence[str]) -> dict[str, str | None]:
    """Map sources to their declared address: none where it was removed, `None` in a pause."""
    address = sa.func.coalesce(source.c.declared_url, source.c.url).label("url")
    rows = connection.execute(
        sa.select(source.c.name, address, source.c.paused).where(
            any_of(source.c.name, names), source.c.removed_at.is_(None) | source.c.paused
        )
    )
    return {row.name: None if row.paused else row.url for row in rows}


def to_source(row: sa.Row[tuple[object, ...]]) -> Source:
    """Read a row of the table as what the other rooms know."""
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
        article=_rules(row.article),
        kind=row.kind,
    )


_NO_RULES = PageRules()


def _rules(stored: Mapping[str, Any]) -> PageRules:
    if not stored:
        return _NO_RULES
    return PageRules(**{**stored, "remove": tuple(stored.get("remove", ()))})


def find(connection: sa.Connection, name: str) -> Source:
    """Read one source by name; raises `NotFound`."""
    row = connection.execute(
        sa.select(source).where(source.c.name == name, source.c.removed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(f"no source is named {name!r}; `tinwire sources list` shows all")
    return to_source(row)


def by_ids(connection: sa.Connection, ids: Iterable[int | None]) -> dict[int, Source]:
    """Read sources by id; unknown ids are left out."""
    chosen = sorted({one for one in ids if one is not None})
    rows = connection.execute(sa.select(source).where(any_of(source.c.id, chosen)))
    return {row.id: to_source(row) for row in rows}


def submitted(connection: sa.Connection) -> Source:
    """Give the source that stands for links handed in without one; it is never polled."""
    values = {
        "name": SUBMITTED,
        "title": "Submitted links",
        "url": f"urn:tinwire:{SUBMITTED}",
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
    is_dead = work_rows.c.dead_at.is_not(None)
    rows = connection.execute(
        sa.select(
            source,
            counts.label("articles"),
            sa.case((is_dead, None), else_=work_rows.c.run_at).label("run_at"),
            sa.case((is_dead, work_rows.c.last_error)).label("given_up"),
        )
        .outerjoin(work_rows, (work_rows.c.kind == "poll") & (work_rows.c.key == source.c.name))
        .where(source.c.removed_at.is_(None))
        .order_by(source.c.name)
    )
    return [
        SourceState(
            to_source(row),
            row.every_s,
            row.paused,
            row.status,
            row.error,
            row.fetched_at,
            row.ok_at,
            row.run_at,
            row.why,
            row.articles,
            row.given_up,
            None if row.declared_url == row.url else row.declared_url,
        )
        for row in rows
    ]


def pause(connection: sa.Connection, name: str, paused: bool, now: datetime) -> None:
    """Stop or resume polling a source; raises `NotFound`.

    One that is resumed has its thirty days again.
    """
    found = find(connection, name)
    values: dict[str, object] = {"paused": paused, "place_at": None}
    values |= {} if paused else {"failures": 0, "failing_since": None}
    connection.execute(sa.update(source).where(source.c.id == found.id).values(values))
    if paused:
        subscriptions.leave(connection, [name], "the source is paused", now)
        work.cancel(connection, "poll", [name])
    else:
        subscriptions.rejoin(connection, found.id, now)
        work.mark(connection, "poll", [name], now)


def release(connection: sa.Connection, name: str, now: datetime) -> None:
    """Poll a held source again, and take its ids as they come from now on; raises `NotFound`."""
    found = find(connection, name)
    connection.execute(sa.update(source).where(source.c.id == found.id).values(ids_change=True))
    pause(connection, name, False, now)


def remove(connection: sa.Connection, name: str, now: datetime) -> None:
    """Stop polling a source for good and keep its articles; raises `NotFound`."""
    found = find(connection, name)
    connection.execute(sa.update(source).where(source.c.id == found.id).values(removed_at=now))
    subscriptions.leave(connection, [name], "the source was removed", now)
    work.cancel(connection, "poll", [name])
    work.mark(connection, "publish", [f"source/{name}"], now)  # its feed answers 410
