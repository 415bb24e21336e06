"""The bell: turns commits and due times into Celery messages.

A beat scheduler, so that `celery -A worker.app beat` starts it. It listens to the database, sweeps
for what became due by itself, and sends one message for as many batches as workers could take. It
keeps nothing: any number of bells may run, and one that dies costs a sweep.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from celery.beat import Scheduler
from kombu.exceptions import OperationalError as BrokerError

from feeds.pipeline.desk import Desk
from feeds.pipeline.run import KINDS
from feeds.store import backlog, work
from worker import runtime

log = structlog.get_logger()

# Rings within this time are one ring; a burst of commits would otherwise be a burst of messages.
_GATHER_S = 0.03
_BROKEN_S = 1.0
# A ring that nobody took in this time is worth nothing: the next sweep rings again.
_EXPIRES_S = 30
_LONGEST_WAIT = timedelta(seconds=30)
_GOES_AFTER = ("retell", "publish", "search")


class Bell(Scheduler):  # type: ignore[misc]  # celery has no types
    """Rings for work that is due; `tick` waits for the next reason to ring."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._ear: psycopg.Connection[Any] | None = None
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Take no schedule: all times stand in the store."""
        self.schedule: dict[str, Any] = {}

    def tick(self, *_: Any, **__: Any) -> float:
        """Ring for what is due, then wait until something is; returns seconds to sleep."""
        desk = runtime.desk()
        try:
            until = ring(self.app, desk)
            self._wait(desk, until)
        except (psycopg.Error, sa.exc.SQLAlchemyError, BrokerError, OSError) as exc:
            log.warning("bell_silent", why=f"{type(exc).__name__}: {exc}".splitlines()[0])
            self._close_ear()
            return _BROKEN_S
        return 0.0

    def _wait(self, desk: Desk, until: datetime) -> None:
        seconds = max(0.0, (until - desk.clock()).total_seconds())
        if self._ear is None:
            self._ear = listen(desk)
            return  # what was committed before we listened is found by the next look
        if any(True for _ in self._ear.notifies(timeout=seconds, stop_after=1)):
            time.sleep(_GATHER_S)
            for _ in self._ear.notifies(timeout=0):
                pass

    def _close_ear(self) -> None:
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    def close(self) -> None:
        """Stop listening."""
        self._close_ear()
        super().close()


def listen(desk: Desk) -> psycopg.Connection[Any]:
    """Open a connection that hears every commit that marked work."""
    url = desk.engine.url.set(drivername="postgresql")
    connection = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
    connection.execute(f"LISTEN {work.CHANNEL}")
    return connection


def ring(app: Any, desk: Desk) -> datetime:
    """Send messages for what is due; returns when to look again at the latest."""
    now = desk.clock()
    kinds = [(kind, chosen.lane) for kind, chosen in KINDS.items()]
    with desk.engine.connect() as connection:
        due = backlog.due(connection, now, kinds)
    for one in due:
        if one.ready and not waits(one, due, now, desk.settings.relate_batch):
            _send(app, desk, one)
    sweep = now + timedelta(seconds=desk.settings.bell_sweep_s)
    return min([sweep, *(one.next_at for one in due if one.next_at is not None)])


def waits(one: backlog.Due, due: Sequence[backlog.Due], now: datetime, batch: int) -> bool:
    """Tell whether work would be in vain, or in the way: what goes before it is being made.

    Stories wait for articles that are being related, feeds for both, and search for all three; for
    half a minute at most: a reader who polls meanwhile gets what there is, a little late.
    """
    if one.kind not in _GOES_AFTER or one.since is None:
        return False
    ready = {other.kind: other.ready for other in due}
    # Stories are settled by one worker at a time: none is ready while that one is at it.
    settling = any(other.kind == "retell" and other.next_at is not None for other in due)
    making = (
        ready.get("relate", 0) > batch
        or (one.kind != "retell" and (settling or ready.get("retell", 0) > 0))
        or (one.kind == "search" and ready.get("publish", 0) > 0)
    )
    return making and now - one.since < _LONGEST_WAIT


def _send(app: Any, desk: Desk, one: backlog.Due) -> None:
    """Send as many messages as there are batches, but no more than workers could take at once."""
    batches = -(-one.ready // KINDS[one.kind].batch(desk))
    queue = app.amqp.router.route({}, f"tinwire.{one.kind}")["queue"].name
    free = 2 * desk.settings.worker_concurrency - waiting(app, queue)
    for _ in range(min(batches, free)):
        app.send_task(f"tinwire.{one.kind}", expires=_EXPIRES_S)


def waiting(app: Any, queue: str) -> int:
    """Count the messages that wait in a queue."""
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        return int(
            channel.queue_declare(queue=queue, durable=True, auto_delete=False).message_count
        )
