"""Counting what partners ask for: their quotas, and their use of them.

Theory: a partner whose page breaks because we can't count is the worst error, a count that is lost
the second, a request too many the least. So Valkey counts for all web processes (see `till`);
while it does not answer, everything is served, and this process counts for itself.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa

from feeds.clock import Clock
from feeds.store import usage
from feeds.store.partners import Partner
from feeds.store.usage import Count, Outcome
from feeds.web.cache import Seconds
from feeds.web.till import Fields, Till, read_fields

PREFIX = "tinwire:partner:"
_AT_ONCE = 500
_MINUTE_S, _DAY_S = 60, 86_400

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


class Tally(Till):
    """Counts what partners ask for."""

    def __init__(self, url: str | None, engine: sa.Engine, clock: Clock, seconds: Seconds) -> None:
        super().__init__(url, "partners", PREFIX, engine, _add, clock, seconds)
        self._waiting: list[_Request] = []
        self._asking: asyncio.Task[None] | None = None

    async def admit(self, partner: Partner) -> int | None:
        """Count a request; gives the seconds to wait where a quota is used up, else `None`."""
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(partner, self.clock(), waiter))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._admit_waiting())
        return await waiter or None

    async def _admit_waiting(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            keys = (self.counts, *(key for one in asked for key in one.counters()))
            words = [word for one in asked for word in one.words()]
            answer = await self.ask(_ADMIT, keys, tuple(words))
            if answer is None:
                self.kept.update(_field(one.counted(Outcome.SERVED)) for one in asked)
            for one, used in zip(asked, answer or [0] * len(asked), strict=True):
                if not one.waiter.done():  # who hung up is counted all the same
                    one.waiter.set_result(one.wait_s(used))

    async def refuse(self, partner: Partner) -> None:
        """Count a request that was not for the partner's origins; it uses up no quota."""
        field = _field(_count(partner, self.clock(), Outcome.REFUSED))
        if await self.ask(_REFUSE, (self.counts,), (field,)) is None:
            self.kept[field] += 1


def _count(partner: Partner, now: datetime, outcome: Outcome) -> Count:
    return Count(partner.id, now.astimezone(UTC).date(), outcome)


def _field(count: Count) -> str:
    return f"{count.partner_id}:{count.day.isoformat()}:{count.outcome.value}"


def _add(connection: sa.Connection, batch: UUID, fields: Fields, now: datetime) -> None:
    usage.add(connection, batch, read_fields(_read, fields), now)


def _read(field: str) -> Count:
    partner_id, day, outcome = field.split(":")
    return Count(int(partner_id), date.fromisoformat(day), Outcome(outcome))
