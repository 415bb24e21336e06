"""Counting in Valkey for all web processes, and bringing what was counted into the store.

Theory: a reader who waits because we can't count is the worst error, a count that is lost or added
twice the second. So Valkey has a quarter of a second to answer, and is then left alone for a while.
Counts reach PostgreSQL in batches, each of which is added once: what Valkey holds when a process
dies is taken from there by the next one.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import anyio.to_thread
import redis.asyncio as valkey
import sqlalchemy as sa
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from feeds.clock import Clock
from feeds.web.cache import Seconds

SETTLE_S = 10.0
PATIENCE_S = 0.25
RESPITE_S = 2.0  # after a count that failed
_CONNECTIONS = 4
_log = structlog.get_logger()

# Sets what was counted aside as a batch; one that somebody set aside and left there comes first.
_TAKE = """
if redis.call('EXISTS', KEYS[2]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
  redis.call('HSET', KEYS[1], 'batch', ARGV[1])  -- first, as a full Valkey may refuse it
  redis.call('RENAME', KEYS[1], KEYS[2])
end
return redis.call('HGETALL', KEYS[2])
"""
# Forgets a batch, unless another one stands in its place by now.
_FORGET = """
if redis.call('HGET', KEYS[1], 'batch') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

Fields = Mapping[str, int | str]  # by name; a number as a text is Valkey's
Add = Callable[[sa.Connection, UUID, Fields, datetime], object]
Read = TypeVar("Read")


class Till:
    """Counts for one event loop; without an address, or while Valkey is away, in memory only.

    What is counted are fields with a number each, of the hash `counts` in Valkey or of `kept`.
    """

    def __init__(
        self,
        url: str | None,
        what: str,
        prefix: str,
        engine: sa.Engine,
        add: Add,
        clock: Clock,
        seconds: Seconds,
    ) -> None:
        self.counts, self._taken = f"{prefix}counts", f"{prefix}taken"
        self.kept: Counter[str] = Counter()
        self.engine = engine
        self.clock = clock
        self._what = what
        self._add_batch = add
        self._seconds = seconds
        self._respite = float("-inf")
        self._batch: tuple[UUID, Fields] | None = None
        self._settling = asyncio.Lock()
        self._valkey = None if url is None else _connect(url)

    async def ask(self, script: str, keys: tuple[str, ...], words: tuple[object, ...]) -> Any:
        """Run a script in Valkey; `None` while it does not answer."""
        if self._valkey is None or self._seconds() < self._respite:
            return None
        try:
            return await self._valkey.eval(script, len(keys), *keys, *map(str, words))
        except (RedisError, OSError) as exc:
            self._respite = self._seconds() + RESPITE_S
            _log.warning(f"{self._what}_uncounted", why=type(exc).__name__)
            return None

    async def settle(self) -> None:
        """Bring all counts into the database; what fails is kept, and brought the next time."""
        async with self._settling:
            await self._settle_kept()
            await self._settle_valkey()

    async def run(self) -> None:
        """Settle again and again until cancelled, and then for the last time."""
        try:
            while True:
                await asyncio.sleep(SETTLE_S)
                await self._try_to_settle()
        finally:
            await self._try_to_settle()
            await self.close()

    async def close(self) -> None:
        """Close the connections; what is not settled stays where it is."""
        if self._valkey is not None:
            await self._valkey.aclose()

    async def _try_to_settle(self) -> None:
        try:
            async with asyncio.timeout(SETTLE_S):
                await self.settle()
        except (sa.exc.SQLAlchemyError, OSError) as exc:
            _log.warning(f"{self._what}_unsettled", why=str(exc).splitlines()[:1])

    async def _settle_kept(self) -> None:
        # A batch whose commit may have come through is handed in again as it was.
        if self._batch is None and self.kept:
            self._batch, self.kept = (uuid4(), self.kept), Counter()
        if self._batch is not None:
            await self._add(*self._batch)
            self._batch = None

    async def _settle_valkey(self) -> None:
        taken = await self.ask(_TAKE, (self.counts, self._taken), (str(uuid4()),))
        fields = dict(zip(taken[::2], taken[1::2], strict=True)) if taken else {}
        if fields:
            batch = fields.pop("batch")
            await self._add(UUID(batch), fields)
            await self.ask(_FORGET, (self._taken,), (batch,))

    async def _add(self, batch: UUID, fields: Fields) -> None:
        def add() -> None:
            with self.engine.begin() as connection:
                self._add_batch(connection, batch, fields, self.clock())

        await anyio.to_thread.run_sync(add)


def read_fields(read: Callable[[str], Read], fields: Fields) -> dict[Read, int]:
    """Read what was counted; a field that isn't ours must not hold up the others for ever."""
    found: dict[Read, int] = {}
    for field, number in fields.items():
        try:
            found[read(field)] = int(number)
        except ValueError:
            _log.warning("count_unread", field=field)
    return found


def _connect(url: str) -> valkey.Redis:
    pool = valkey.BlockingConnectionPool.from_url(
        url,
        decode_responses=True,
        max_connections=_CONNECTIONS,
        timeout=PATIENCE_S,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
    )
    return valkey.Redis.from_pool(pool)
