"""Logs: a fixed event name and its values, one line for each finished unit of work."""

import logging
import re
import sys
from typing import Any

import structlog

# One line for each message would say what our own line for each batch says better.
_CHATTY = ("celery.app.trace", "celery.worker.strategy")
# Partners' keys and tokens: whoever reads a log must not be able to act in anybody's name.
_SECRET = re.compile(r"\b(twp?_)[A-Za-z0-9_-]{20,}")


def without_secrets(text: str) -> str:
    """Cut keys and tokens out of a text, but for what kind they are."""
    return _SECRET.sub(r"\1…", text)


def _cut(_: Any, __: str, line: str) -> str:
    return without_secrets(line)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Write a record as usual, its traceback too, without secrets."""
        return without_secrets(super().format(record))


def configure(level: str, as_json: bool) -> None:
    """Send all logs of this process to standard error, as plain lines or one JSON object a line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    end: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=False, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    end.append(_cut)
    structlog.configure(
        processors=[*shared, *end],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
