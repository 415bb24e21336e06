"""Reindexes: rounds over stored articles that ops asked for, resumable at their cursor.

A round that runs has a row of work; one that is paused or cancelled has none, so that whoever is at
one of its pages in that moment has lost the lease, and the page is undone. Where the row is a dead
letter the round has failed, and the row knows why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from feeds.errors import NotFound, WrongState
from feeds.store import work
from feeds.store.bulk import any_of
from feeds.store.tables import (
    article,
    article_author,
    article_topic,
    reindex,
    sighting,
    source,
)
from feeds.store.tables import work as work_table

KIND = "reindex"
MODES = ("refile", "relate", "publish")
MOST_SHOWN = 200  # changes that a round keeps for people to read
_ENDED = ("finished", "cancelled")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles: every condition that is given must hold; none means all."""

    sections: tuple[str, ...] = ()
    source: str | None = None
    author: str | None = None
    since: datetime | None = None
    topic: str | None = None
    until: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Write the scope as it is stored and shown."""
        fields: dict[str, Any] = {
            "sections": list(self.sections),
            "topic": self.topic,
            "source": self.source,
            "author": self.author,
            "since": None if self.since is None else self.since.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
        }
        return {key: value for key, value in fields.items() if value}


def scope_of(stored: Mapping[str, Any]) -> Scope:
    """Read a scope as it is stored."""
    since, until = stored.get("since"), stored.get("until")
    return Scope(
        sections=tuple(stored.get("sections", ())),
        source=stored.get("source"),
        author=stored.get("author"),
        since=None if since is None else datetime.fromisoformat(since),
        topic=stored.get("topic"),
        until=None if until is None else datetime.fromisoformat(until),
    )


@dataclass(frozen=True, slots=True)
class Reindex:
    """A round: how far it is, and what it changed.

    A dry one only says what would change; `diff` holds the first changes, `per_minute` is how many
    articles it may take in a minute.
    """

    id: int
    scope: Scope
    mode: str
    state: str
    cursor: int
    total: int
    done: int
    changed: int
    created_at: datetime
    finished_at: datetime | None
    error: str | None
    is_dry: bool = False
    per_minute: int | None = None
    diff: tuple[Mapping[str, Any], ...] = ()


def create(
    connection: sa.Connection,
    scope: Scope,
    mode: str,
    now: datetime,
    is_dry: bool = False,
    per_minute: int | None = None,
) -> int:
    """Start a round in the reindex lane.

    Returns its id. Raises `ValueError` for an unknown mode or a pace below 1.
    """
    if per_minute is not None and per_minute < 1:
        raise ValueError(f"{per_minute} articles a minute would never end; give 1 or more")
    if mode not in MODES:
        raise ValueError(f"no reindex mode is named {mode!r}; there are {', '.join(MODES)}")
    total = connection.scalar(sa.select(sa.func.count()).select_from(_chosen(scope).subquery()))
    made: int = connection.execute(
        sa.insert(reindex)
        .values(
            scope=scope.as_json(),
            mode=mode,
            total=total,
            created_at=now,
            is_dry=is_dry,
            per_minute=per_minute,
        )
        .returning(reindex.c.id)
    ).scalar_one()
    work.mark(connection, KIND, [str(made)], now, lane=work.REINDEX)
    return made


def _chosen(scope: Scope) -> sa.Select[tuple[int]]:
    query = sa.select(article.c.id).where(article.c.state == "public")
    if scope.sections:
        query = query.where(any_of(article.c.section, scope.sections))
    if scope.since is not None:
        query = query.where(article.c.effective_at >= scope.since)
    if scope.until is not None:
        query = query.where(article.c.effective_at < scope.until)
    if scope.topic is not None:
        of_topic = sa.select(article_topic.c.article_id).where(article_topic.c.slug == scope.topic)
        query = query.where(article.c.id.in_(of_topic))
    if scope.author is not None:
        of_author = sa.select(article_author.c.article_id).where(
            article_author.c.slug == scope.author
        )
        query = query.where(article.c.id.in_(of_author))
    if scope.source is not None:
        of_source = (
            sa.select(sighting.c.article_id)
            .join(source, source.c.id == sighting.c.source_id)
            .where(source.c.name == scope.source)
        )
        query = query.where(article.c.id.in_(of_source))
    return query


def page(connection: sa.Connection, found: Reindex, limit: int) -> list[int]:
    """List the next articles of a round after its cursor."""
    query = _chosen(found.scope).where(article.c.id > found.cursor)
    return list(connection.scalars(query.order_by(article.c.id).limit(limit)))


def find(connection: sa.Connection, reindex_id: int) -> Reindex:
    """Read a round; raises `NotFound`."""
    row = connection.execute(_rounds().where(reindex.c.id == reindex_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no reindex {reindex_id}")
    return _reindex(row)


def _rounds() -> sa.Select[Any]:
    own = (work_table.c.kind == KIND) & (work_table.c.key == reindex.c.id.cast(sa.Text))
    return sa.select(reindex, work_table.c.dead_at, work_table.c.last_error).outerjoin(
        work_table, own
    )


def _reindex(row: sa.Row[Any]) -> Reindex:
    return Reindex(
        id=row.id,
        scope=scope_of(row.scope),
        mode=row.mode,
        state="failed" if row.dead_at is not None and row.state == "running" else row.state,
        cursor=row.cursor,
        total=row.total,
        done=row.done,
        changed=row.changed,
        created_at=row.created_at,
        finished_at=row.finished_at,
        error=row.last_error,
        is_dry=row.is_dry,
        per_minute=row.per_minute,
        diff=tuple(row.diff),
    )


def newest(connection: sa.Connection, limit: int = 20) -> list[Reindex]:
    """List the newest rounds."""
    rows = connection.execute(_rounds().order_by(reindex.c.id.desc()).limit(limit))
    return [_reindex(row) for row in rows]


def pause(connection: sa.Connection, reindex_id: int, now: datetime) -> None:
    """Stop a round where it is; raises `NotFound`, and `WrongState` unless it runs."""
    _turn(connection, reindex_id, ("running", "failed"), "paused", now)
    work.cancel(connection, KIND, [str(reindex_id)])


def resume(connection: sa.Connection, reindex_id: int, now: datetime) -> None:
    """Let a paused or failed round go on; raises `NotFound`, and `WrongState` for others."""
    _turn(connection, reindex_id, ("paused", "failed"), "running", now)
    work.cancel(connection, KIND, [str(reindex_id)])
    work.mark(connection, KIND, [str(reindex_id)], now, lane=work.REINDEX)


def cancel(connection: sa.Connection, reindex_id: int, now: datetime) -> None:
    """End a round before its time; what it did stays. Raises as `pause` does."""
    _turn(connection, reindex_id, ("running", "paused", "failed"), "cancelled", now)
    work.cancel(connection, KIND, [str(reindex_id)])


def _turn(
    connection: sa.Connection, reindex_id: int, states: Sequence[str], to: str, now: datetime
) -> None:
    row = sa.select(reindex.c.id).where(reindex.c.id == reindex_id)
    connection.execute(row.with_for_update())
    found = find(connection, reindex_id)
    if found.state not in states:
        can = " or ".join(states)
        raise WrongState(f"reindex {reindex_id} is {found.state}; only one that is {can} can be")
    ended = now if to in _ENDED else None
    connection.execute(
        sa.update(reindex).where(reindex.c.id == reindex_id).values(state=to, finished_at=ended)
    )


def advance(
    connection: sa.Connection,
    found: Reindex,
    ids: list[int],
    changed: int,
    now: datetime,
    diff: Sequence[Mapping[str, Any]] = (),
) -> bool:
    """Move a round on by a page in the transaction of the page's effects.

    `diff` tells the page's changes, as far as there is room for them. Returns whether it ended.
    """
    ended = not ids
    values: dict[str, object] = {
        "done": reindex.c.done + len(ids),
        "changed": reindex.c.changed + changed,
    }
    told = [dict(one) for one in diff if one not in found.diff]
    if kept := told[: MOST_SHOWN - len(found.diff)]:
        values["diff"] = reindex.c.diff.concat(sa.cast(kept, pg.JSONB))
    if ended:
        values |= {"state": "finished", "finished_at": now}
    else:
        values["cursor"] = ids[-1]
    connection.execute(sa.update(reindex).where(reindex.c.id == found.id).values(**values))
    return ended
