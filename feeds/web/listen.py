"""Hearing of changed feeds: PostgreSQL's NOTIFY, for as long as the process lives."""

import asyncio
from typing import Protocol

import psycopg
import sqlalchemy as sa
import structlog
from psycopg.conninfo import make_conninfo

from feeds.store.feeds import CHANNEL

RETRY_S = 1.0
# A peer that vanished without a word is noticed within ten seconds.
_ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_log = structlog.get_logger()


class Listener(Protocol):
    """Whoever wants to know: `believe` is called when hearing starts and ends."""

    def drop(self, key: str) -> None:
        """Take note that a feed changed."""

    def believe(self, told: bool) -> None:
        """Take note that changes are heard of from now on, or are not."""


async def listen(url: sa.URL, listener: Listener, retry_s: float = RETRY_S) -> None:
    """Tell a listener of every changed feed, on a connection of its own, until cancelled."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    conninfo = make_conninfo(plain, **_ALIVE)
    while True:
        try:
            await _hear(conninfo, listener)
        except (psycopg.Error, OSError) as exc:
            _log.warning("feeds_unheard", error=str(exc).strip())
        finally:
            listener.believe(False)
        await asyncio.sleep(retry_s)


async def _hear(conninfo: str, listener: Listener) -> None:
    async with await psycopg.AsyncConnection.connect(
        conninfo, autocommit=True, application_name="tinwire-web"
    ) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        # Only now: what was read before this moment may have changed unheard.
        listener.believe(True)
        _log.info("feeds_heard", channel=CHANNEL)
        async for note in connection.notifies():
            listener.drop(note.payload)
