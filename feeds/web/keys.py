"""Partners' keys as a web process knows them: all of them, as they stood moments ago.

There are few, so that a key that nobody has costs no question to the database either.
"""

import asyncio
from collections.abc import Callable, Mapping

import anyio.to_thread
import sqlalchemy as sa
import structlog

from feeds.clock import Clock
from feeds.store import partners
from feeds.store.partners import Partner
from feeds.web.cache import Seconds

LIFE_S = 2.0
PATIENCE_S = 2.0  # for a renewal, where older keys are at hand
Read = Callable[[], Mapping[bytes, Partner]]
_log = structlog.get_logger()


class Keys:
    """Valid keys by their hash, renewed when they are asked for and older than `LIFE_S`."""

    def __init__(self, read: Read, seconds: Seconds) -> None:
        self._read = read
        self._seconds = seconds
        self._held: Mapping[bytes, Partner] | None = None
        self._renewed_at = float("-inf")
        self._renewal: asyncio.Task[None] | None = None

    async def find(self, key: str) -> Partner | None:
        """Find the partner of a valid key.

        While the database can't be asked, by the keys that are held; where none are, its error
        is raised.
        """
        if self._seconds() - self._renewed_at > LIFE_S:
            await self._renew()
        return (self._held or {}).get(partners.hashed(key))

    async def _renew(self) -> None:
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.ensure_future(self._load())
            # Whoever gave up waiting doesn't ask for its error.
            self._renewal.add_done_callback(lambda done: done.cancelled() or done.exception())
        shielded = asyncio.shield(self._renewal)
        if self._held is None:
            await shielded
            return
        try:
            await asyncio.wait_for(shielded, PATIENCE_S)
        except (sa.exc.SQLAlchemyError, OSError, TimeoutError) as exc:
            self._renewed_at = self._seconds()
            _log.warning("keys_stale", why=str(exc).splitlines()[:1])

    async def _load(self) -> None:
        began = self._seconds()
        self._held = await anyio.to_thread.run_sync(self._read)
        self._renewed_at = began


def reader(engine: sa.Engine, clock: Clock) -> Read:
    """Make the way to the valid keys in the database."""

    def read() -> Mapping[bytes, Partner]:
        with engine.connect() as connection:
            return partners.valid(connection, clock())

    return read
