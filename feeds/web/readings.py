"""Counting who read what: in Valkey first, so that a request waits for no write to the store."""

from datetime import UTC, datetime
from uuid import UUID

import anyio.to_thread
import sqlalchemy as sa
import structlog

from feeds.clock import Clock
from feeds.store import readings
from feeds.store.readings import Reader, hour_of
from feeds.web.cache import Seconds
from feeds.web.till import Fields, Till, read_fields

PREFIX = "tinwire:reading:"
_log = structlog.get_logger()

# Whoever reads an article twice within the hour is counted when he came first.
_NOTE = "return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])"


class Readings(Till):
    """Counts what is read; while Valkey is away, in the store at once."""

    def __init__(self, url: str | None, engine: sa.Engine, clock: Clock, seconds: Seconds) -> None:
        super().__init__(url, "readings", PREFIX, engine, _add, clock, seconds)

    async def count(self, article_id: int, name: bytes, at: datetime) -> None:
        """Count a reading by one who has this name within the hour."""
        field = f"{article_id}:{_second(hour_of(at))}:{name.hex()}"
        if await self.ask(_NOTE, (self.counts,), (field, _second(at))) is None:
            await anyio.to_thread.run_sync(self._store, article_id, name, at)

    def _store(self, article_id: int, name: bytes, at: datetime) -> None:
        try:
            with self.engine.begin() as connection:
                readings.count(connection, article_id, name, at)
        except sa.exc.SQLAlchemyError as exc:
            # The reader has the page already; a lost count is no error of theirs.
            _log.warning("reading_not_counted", article=article_id, error=str(exc))


def _add(connection: sa.Connection, batch: UUID, fields: Fields, now: datetime) -> None:
    seen = read_fields(_read, fields)
    readings.add(connection, batch, {one: _moment(at) for one, at in seen.items()}, now)


def _read(field: str) -> Reader:
    article_id, hour, name = field.split(":")
    return Reader(int(article_id), _moment(int(hour)), bytes.fromhex(name))


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
