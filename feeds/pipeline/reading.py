"""Reading: the boundary behind which foreign documents are understood.

Theory: parsers are written for what somebody foresaw, and documents are not. One that makes a
parser fail in a new way must end under its own name; else its whole batch fails with it, again and
again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from feeds.errors import TinwireError, Unreadable

log = structlog.get_logger()


@contextmanager
def reading(url: str) -> Iterator[None]:
    """Raise `Unreadable` for whatever a document from `url` makes a reader raise, logged once.

    Only what takes values and returns a value may stand inside: a database that fails is no fault
    of the document.
    """
    try:
        yield
    except TinwireError:
        raise
    except Exception as exc:
        log.error("document_unreadable", url=url, exc_info=exc)
        raise Unreadable(f"reading it failed: {_said(exc)}") from exc


def _said(exc: Exception) -> str:
    what = " ".join(str(exc).split())[:200]
    return f"{type(exc).__name__}: {what}" if what else type(exc).__name__
