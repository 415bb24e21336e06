"""Polling: what is known of the sources that are due, and what their fetches change of it.

Theory: nearly all fetches find nothing, so what such a fetch changes is written for a whole batch
by one statement. Only documents, moves and pauses are written one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.foreign import NO_RHYTHM, Rhythm
from feeds.model import Source
from feeds.store import fetches
from feeds.store.bulk import Rows, among, given
from feeds.store.fetches import Counts, FetchLine
from feeds.store.packed import texts
from feeds.store.sources import to_source
from feeds.store.tables import DUE, source, work
from feeds.store.work import mark_selected
from feeds.urls import host_of

NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class Polled:
    """A source with its polling state; `habit` is packed, `every_s` an editor's wish.

    `wait_s` is the last wait, `place_at` its place in its host's queue.
    """

    source: Source
    host: str
    every_s: int | None
    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    failures: int
    failing_since: datetime | None
    polls: int
    wait_s: float | None
    place_at: datetime | None
    moved_to: str | None
    moves: int
    hub_url: str | None
    habit: tuple[float, ...] | None
    rhythm: Rhythm
    ids_change: bool


@dataclass(frozen=True, slots=True)
class Document:
    """What a readable body leaves on its source; a header that is missing forgets the old one."""

    etag: str | None
    last_modified: str | None
    body_hash: bytes
    hub_url: str | None = None
    habit: tuple[float, ...] | None = None
    rhythm: Rhythm = NO_RHYTHM


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What one fetch of a source came to, and when it is asked next.

    `url` is the address that was asked: of another one than the source has now, no validator holds.
    `document` is `None` where nothing could be read or nothing had changed. `moves` counts how
    often in a row a fetch was sent to `moved_to` for ever. `pause` stops the source with its error
    as the reason. `note` is `FetchLine`'s.
    """

    source_id: int
    at: datetime
    outcome: str
    status: int | None = None
    size: int = 0
    ms: int = 0
    error: str | None = None
    url: str | None = None
    document: Document | None = None
    counts: Counts = NO_COUNTS
    wait_s: float | None = None
    why: str = ""
    moved_to: str | None = None
    moves: int = 0
    pause: bool = False
    note: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether the source could not be read."""
        return self.error is not None


def polled(connection: sa.Connection, names: Sequence[str]) -> list[Polled]:
    """Read the polling state of sources that are neither paused nor removed, by name."""
    rows = connection.execute(_POLLED, {"names": texts(names)})
    return [_polled(row) for row in rows.all()]


_POLLED = (
    sa.select(source)
    .where(among(source.c.name, "names"), ~source.c.paused, source.c.removed_at.is_(None))
    .order_by(source.c.name)
)


def _polled(row: sa.Row[tuple[object, ...]]) -> Polled:
    return Polled(
        source=to_source(row),
        host=row.host,
        every_s=row.every_s,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        failures=row.failures,
        failing_since=row.failing_since,
        polls=row.polls,
        wait_s=row.wait_s,
        place_at=row.place_at,
        moved_to=row.moved_to,
        moves=row.moves,
        hub_url=row.hub_url,
        habit=None if row.habit is None else tuple(row.habit),
        rhythm=Rhythm(row.ttl_s, _members(row.skip_hours), _members(row.skip_days)),
        ids_change=row.ids_change,
    )


def _members(bits: int) -> frozenset[int]:
    return frozenset(number for number in range(24) if bits >> number & 1) if bits else _NONE


_NONE: frozenset[int] = frozenset()


def _bits(members: frozenset[int]) -> int:
    return sum(1 << number for number in members)


def queue(connection: sa.Connection, places: dict[str, datetime]) -> None:
    """Note the places in their hosts' queues that sources were given, by name."""
    if not places:
        return
    rows = given([source.c.name, source.c.place_at], sorted(places.items()))
    connection.execute(
        sa.update(source).where(source.c.name == rows.c.name).values(place_at=rows.c.place_at)
    )


def next_place(connection: sa.Connection) -> datetime | None:
    """Tell when the next source comes for its place in a host's queue; `None` when none waits."""
    mine = (work.c.kind == "poll") & (work.c.key == source.c.name) & DUE
    soonest = sa.select(sa.func.min(source.c.place_at)).join(work, mine)
    found: datetime | None = connection.scalar(soonest.where(source.c.place_at.is_not(None)))
    return found


def record(connection: sa.Connection, records: Sequence[FetchRecord]) -> None:
    """Store what fetches came to: the sources' state and their history of 30 fetches."""
    if not records:
        return
    chosen = sorted(records, key=lambda one: one.source_id)
    old = _record_all(connection, chosen)
    documents = [_document(one) for one in chosen if one.document is not None]
    if documents:
        connection.execute(_DOCUMENT, documents)
    for one in chosen:
        if one.pause:
            stop = sa.update(source).where(source.c.id == one.source_id)
            connection.execute(stop.values(paused=True))
    lines = [
        (
            one.source_id,
            FetchLine(
                one.at,
                one.outcome,
                one.status,
                one.counts,
                one.ms,
                one.error,
                one.why,
                one.size,
                one.note,
            ),
        )
        for one in chosen
    ]
    fetches.append(connection, lines)
    fetches.prune(connection, old)


_STATE = Rows(
    source.c.id,
    source.c.fetched_at,
    source.c.status,
    source.c.error,
    source.c.wait_s,
    source.c.why,
    source.c.moved_to,
    source.c.moves,
)
_IS_GOOD = _STATE.c.error.is_(None)
_SINCE = sa.func.coalesce(source.c.failing_since, _STATE.c.fetched_at)
_RECORD = (
    sa.update(source)
    .where(source.c.id == _STATE.c.id)
    .values(
        {
            **{column.name: column for column in _STATE.c if column.name != "id"},
            "ok_at": sa.case((_IS_GOOD, _STATE.c.fetched_at), else_=source.c.ok_at),
            "failures": sa.case((_IS_GOOD, 0), else_=source.c.failures + 1),
            "failing_since": sa.case((_IS_GOOD, None), else_=_SINCE),
            "polls": source.c.polls + 1,
            "place_at": None,
        }
    )
    .returning(source.c.id, source.c.polls)
)


def _record_all(connection: sa.Connection, records: Sequence[FetchRecord]) -> list[int]:
    """Write what every fetch changes; gives the sources whose history is due to be pruned."""
    rows = [
        (
            one.source_id,
            one.at,
            one.outcome,
            one.error,
            one.wait_s,
            one.why,
            one.moved_to,
            one.moves,
        )
        for one in records
    ]
    written = connection.execute(_RECORD, _STATE.packed(rows)).all()
    return [row.id for row in written if row.polls % fetches.PRUNE_EVERY == 0]


def _document(one: FetchRecord) -> dict[str, object]:
    kept = one.document
    assert kept is not None
    return {
        "this_id": one.source_id,
        "asked": one.url,
        "new_etag": kept.etag,
        "new_last_modified": kept.last_modified,
        "new_body_hash": kept.body_hash,
        "new_hub_url": kept.hub_url,
        "new_habit": None if kept.habit is None else list(kept.habit),
        "new_ttl_s": kept.rhythm.ttl_s,
        "new_skip_hours": _bits(kept.rhythm.skip_hours),
        "new_skip_days": _bits(kept.rhythm.skip_days),
    }


_KEPT = ("etag", "last_modified", "body_hash", "hub_url", "ttl_s", "skip_hours", "skip_days")
_DOCUMENT = (
    sa.update(source)
    .where(source.c.id == sa.bindparam("this_id"))
    .where(source.c.url == sa.func.coalesce(sa.bindparam("asked", type_=sa.Text), source.c.url))
    .values(
        {name: sa.bindparam(f"new_{name}") for name in _KEPT}
        | {"habit": sa.func.coalesce(sa.bindparam("new_habit"), source.c.habit)}
    )
)


def read_again(connection: sa.Connection, source_id: int, at: datetime, now: datetime) -> None:
    """Have a source polled at a time at the latest, and read as if it had changed."""
    this = source.c.id == source_id
    forgotten = {"etag": None, "last_modified": None, "body_hash": b""}
    connection.execute(sa.update(source).where(this).values(forgotten))
    chosen = sa.select(source.c.name, sa.literal(at, work.c.run_at.type)).where(this)
    mark_selected(connection, "poll", chosen, now)


def move(connection: sa.Connection, source_id: int, url: str) -> bool:
    """Give a source the address that it moved to, unless another source has it.

    The validators stay: they came from there.
    """
    taken = source.alias()
    others = (taken.c.id != source_id) & ((taken.c.url == url) | (taken.c.declared_url == url))
    is_free = ~sa.exists().where(others)
    moved = connection.execute(
        sa.update(source)
        .where(source.c.id == source_id, is_free)
        .values(url=url, host=host_of(url), moved_to=None, moves=0)
    )
    return moved.rowcount == 1
