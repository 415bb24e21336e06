"""Reindexes: rounds over stored articles that ops asked for, resumable at their cursor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.store import work
from feeds.store.bulk import any_of
from feeds.store.tables import article, article_author, reindex, sighting, source

KIND = "reindex"
MODES = ("refile", "relate", "publish")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles: every condition that is given must hold; none means all."""

    sections: tuple[str, ...] = ()
    source: str | None = None
    author: str | None = None
    since: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Write the scope as it is stored and shown."""
        fields: dict[str, Any] = {
            "sections": list(self.sections),
            "source": self.source,
            "author": self.author,
            "since": None if self.since is None else self.since.isoformat(),
        }
        return {key: value for key, value in fields.items() if value}


def scope_of(stored: Mapping[str, Any]) -> Scope:
    """Read a scope as it is stored."""
    since = stored.get("since")
    return Scope(
        tuple(stored.get("sections", ())),
        stored.get("source"),
        stored.get("author"),
        None if since is None else datetime.fromisoformat(since),
    )


@dataclass(frozen=True, slots=True)
class Reindex:
    """A round: how far it is, and what it changed."""

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


def create(connection: sa.Connection, scope: Scope, mode: str, now: datetime) -> int:
    """Start a round in the reindex lane.

    Returns its id. Raises `ValueError` for an unknown mode.
    """
    if mode not in MODES:
        raise ValueError(f"no reindex mode is named {mode!r}; there are {', '.join(MODES)}")
    total = connection.scalar(sa.select(sa.func.count()).select_from(_chosen(scope).subquery()))
    made: int = connection.execute(
        sa.insert(reindex)
        .values(scope=scope.as_json(), mode=mode, total=total, created_at=now)
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
    row = connection.execute(sa.select(reindex).where(reindex.c.id == reindex_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no reindex {reindex_id}")
    return _reindex(row)


def _reindex(row: sa.Row[tuple[object, ...]]) -> Reindex:
    return Reindex(
        row.id,
        scope_of(row.scope),
        row.mode,
        row.state,
        row.cursor,
        row.total,
        row.done,
        row.changed,
        row.created_at,
        row.finished_at,
        row.error,
    )


def newest(connection: sa.Connection, limit: int = 20) -> list[Reindex]:
    """List the newest rounds."""
    rows = connection.execute(sa.select(reindex).order_by(reindex.c.id.desc()).limit(limit))
    return [_reindex(row) for row in rows]


def advance(
    connection: sa.Connection, found: Reindex, ids: list[int], changed: int, now: datetime
) -> bool:
    """Move a round on by a page in the transaction of the page's effects.

    Returns whether it ended.
    """
    ended = not ids
    values: dict[str, object] = {
        "done": reindex.c.done + len(ids),
        "changed": reindex.c.changed + changed,
    }
    if ended:
        values |= {"state": "finished", "finished_at": now}
    else:
        values["cursor"] = ids[-1]
    connection.execute(sa.update(reindex).where(reindex.c.id == found.id).values(**values))
    return ended
