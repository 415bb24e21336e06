"""The two webs as processes: the public one, and the one for ops."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import structlog
import uvicorn
from kombu.exceptions import OperationalError

from config.settings import Settings
from feeds.web.app import create_app as create_public
from worker import runtime
from worker.app import app as celery
from worker.bell import waiting
from worker.ops.app import create_app as create_ops
from worker.protocol import AtOnceProtocol

GRACE_S = 5
_log = structlog.get_logger()


def public(settings: Settings) -> None:
    """Serve feeds, pages and embeds until a signal comes."""
    counter = runtime.counter_url(settings)
    if counter is None:
        _log.warning("partners_uncounted", why="no Valkey to count in: partners have no quota")
    application = create_public(
        runtime.engine(settings), runtime.editorial(), settings, counter_url=counter
    )
    level = settings.log_level
    _run(application, settings.public_host, settings.public_port, level, AtOnceProtocol)


def ops(settings: Settings) -> None:
    """Serve the ops API and dashboard until a signal comes."""
    application = create_ops(runtime.desk(), _queue_length)
    _run(application, settings.ops_host, settings.ops_port, settings.log_level)


def _queue_length(queue: str) -> int | None:
    """Count a queue's messages; `None` while the broker doesn't answer."""
    try:
        return waiting(celery, queue)
    except (OperationalError, OSError):
        return None


def _run(
    application: Callable[..., Any],
    host: str,
    port: int,
    level: str,
    http: type[asyncio.Protocol] | Literal["auto"] = "auto",
) -> None:
    uvicorn.run(
        application,
        host=host,
        port=port,
        http=http,
        log_level=level.lower(),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
