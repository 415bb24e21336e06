"""Counting what partners ask for: their quotas, and their use of them.

Theory: a partner whose page breaks because we can't count is the worst error, a count that is lost
the second, a request too many the least. So Valkey counts for all web processes, within a quarter
of a second; while it does not answer, everything is served, and this process counts for itself.
Counts reach PostgreSQL in batches, each of which is added once: what Valkey holds when a process
dies is taken from there by the next one.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import anyio.to_thread
import redis.asyncio as valkey
import sqlalchemy as sa
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from feeds.clock import Clock
from feeds.store import usage
from feeds.store.partners import Partner
from feeds.store.usage import Count, Outcome
from feeds.web.cache import Seconds

PREFIX = "tinwire:partner:"
SETTLE_S = 10.0
PATIENCE_S = 0.25
RESPITE_S = 2.0  # after a count that failed
_CONNECTIONS = 4
_AT_ONCE = 500
_MINUTE_S, _DAY_S = 60, 86_400
_COUNTS, _TAKEN = PREFIX + "counts", PREFIX + "taken"
_log = structlog.get_logger()

# One step for all web processes, for all requests that came while the last step was under way. Over
# a quota, a request uses up none of it, else who asks on and on would never be served again. Gives
# for each 0, or which quota is used up: 1 the minute's, 2 the day's.
_ADMIT = """
local all = {}
for n = 1, #ARGV / 4 do
  local minute, day, a = KEYS[2 * n], KEYS[2 * n + 1], 4 * n - 3
  local used = 0
  if tonumber(redis.call('GET', day) or '0') >= tonumber(ARGV[a + 1]) then used = 2
  elseif tonumber(redis.call('GET', minute) or '0') >= tonumber(ARGV[a]) then used = 1 end
  if used == 0 then
    redis.call('INCR', minute)
    redis.call('EXPIRE', minute, 120)
    redis.call('INCR', day)
    redis.call('EXPIRE', day, 172800)
  end
  redis.call('HINCRBY', KEYS[1], used == 0 and ARGV[a + 2] or ARGV[a + 3], 1)
  all[n] = used
end
return all
"""
_REFUSE = "return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)"
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


@dataclass(frozen=True, slots=True)
class _Request:
    """A request that waits to be let in."""

    partner: Partner
    at: datetime
    waiter: "asyncio.Future[int]"

    def counters(self) -> tuple[str, str]:
        """Name the counters of its minute and its day."""
        second, own = int(self.at.timestamp()), f"{PREFIX}{self.partner.id}"
        return f"{own}:minute:{second // _MINUTE_S}", f"{own}:day:{second // _DAY_S}"

    def words(self) -> tuple[int, int, str, str]:
        """Write its quotas, and what it may be counted as."""
        served, limited = (_field(self.counted(one)) for one in (Outcome.SERVED, Outcome.LIMITED))
        return self.partner.per_minute, self.partner.per_day, served, limited

    def counted(self, outcome: Outcome) -> Count:
        """Name the count that it adds to."""
        return _count(self.partner, self.at, outcome)

    def wait_s(self, used: int) -> int:
        """Tell in how many seconds a quota that is used up begins anew; 0 where none is."""
        span = (0, _MINUTE_S, _DAY_S)[used]
        return span - int(self.at.timestamp()) % span if span else 0


class Tally:
    """Counts for one event loop; without an address, or while Valkey is away, in memory only."""

    def __init__(self, url: str | None, engine: sa.Engine, clock: Clock, seconds: Seconds) -> None:
        self._engine = engine
        self._clock = clock
        self._seconds = seconds
        self._respite = float("-inf")
        self._waiting: list[_Request] = []
        self._asking: asyncio.Task[None] | None = None
        self._kept: Counter[Count] = Counter()
        self._batch: tuple[UUID, Mapping[Count, int]] | None = None
        self._settling = asyncio.Lock()
        self._valkey = None if url is None else _connect(url)

    async def admit(self, partner: Partner) -> int | None:
        """Count a request; gives the seconds to wait where a quota is used up, else `None`."""
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(partner, self._clock(), waiter))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._admit_waiting())
        return await waiter or None

    async def _admit_waiting(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            keys = (_COUNTS, *(key for one in asked for key in one.counters()))
            words = [word for one in asked for word in one.words()]
            answer = await self._ask(_ADMIT, keys, tuple(words))
            if answer is None:
                self._kept.update(one.counted(Outcome.SERVED) for one in asked)
            for one, used in zip(asked, answer or [0] * len(asked), strict=True):
                if not one.waiter.done():  # who hung up is counted all the same
                    one.waiter.set_result(one.wait_s(used))

    async def refuse(self, partner: Partner) -> None:
        """Count a request that was not for the partner's origins; it uses up no quota."""
        count = _count(partner, self._clock(), Outcome.REFUSED)
        if await self._ask(_REFUSE, (_COUNTS,), (_field(count),)) is None:
            self._kept[count] += 1

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
            _log.warning("usage_unsettled", why=str(exc).splitlines()[:1])

    async def _settle_kept(self) -> None:
        # A batch whose commit may have come through is handed in again as it was.
        if self._batch is None and self._kept:
            self._batch, self._kept = (uuid4(), self._kept), Counter()
        if self._batch is not None:
            await self._add(*self._batch)
            self._batch = None

    async def _settle_valkey(self) -> None:
        taken = await self._ask(_TAKE, (_COUNTS, _TAKEN), (str(uuid4()),))
        fields = dict(zip(taken[::2], taken[1::2], strict=True)) if taken else {}
        if fields:
            batch = fields.pop("batch")
            await self._add(UUID(batch), dict(_read(fields)))
            await self._ask(_FORGET, (_TAKEN,), (batch,))

    async def _add(self, batch: UUID, counts: Mapping[Count, int]) -> None:
        def add() -> None:
            with self._engine.begin() as connection:
                usage.add(connection, batch, counts, self._clock())

        await anyio.to_thread.run_sync(add)

    async def _ask(self, script: str, keys: tuple[str, ...], words: tuple[object, ...]) -> Any:
        """Run a script in Valkey; `None` while it does not answer."""
        if self._valkey is None or self._seconds() < self._respite:
            return None
        try:
            return await self._valkey.eval(script, len(keys), *keys, *map(str, words))
        except (RedisError, OSError) as exc:
            self._respite = self._seconds() + RESPITE_S
            _log.warning("partners_uncounted", why=type(exc).__name__)
            return None


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


def _count(partner: Partner, now: datetime, outcome: Outcome) -> Count:
    return Count(partner.id, now.astimezone(UTC).date(), outcome)


def _field(count: Count) -> str:
    return f"{count.partner_id}:{count.day.isoformat()}:{count.outcome.value}"


def _read(fields: Mapping[str, str]) -> Iterator[tuple[Count, int]]:
    """Read what was counted; a field that isn't ours must not hold up the others for ever."""
    for field, number in fields.items():
        try:
            partner_id, day, outcome = field.split(":")
            count = Count(int(partner_id), date.fromisoformat(day), Outcome(outcome))
            yield count, int(number)
        except ValueError:
            _log.warning("usage_unread", field=field)
