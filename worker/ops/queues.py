"""Queues: how many messages wait with the broker, without ever waiting for a broker that is gone.

Theory: the page is needed most when something hangs, so a hanging broker must cost it a bounded
moment. A client that retries can't be cancelled from outside; so the count runs in a thread of its
own, at most one at a time, and who comes while it hangs is told "no answer" at once.
"""

import threading
from collections.abc import Callable, Mapping

from config.celery import QUEUES

Waiting = Callable[[str], int | None]
Lengths = dict[str, int | None]

PATIENCE_S = 2.0
_NO_ANSWER: Mapping[str, int | None] = dict.fromkeys(QUEUES)


class Queues:
    """Counts the messages of all queues; `waiting` is asked in one thread at a time."""

    def __init__(self, waiting: Waiting | None, patience_s: float = PATIENCE_S) -> None:
        self._waiting = waiting
        self._patience_s = patience_s
        self._asking = threading.Lock()

    def read(self) -> Lengths:
        """Count, or give `None` for queues that nobody answered for; empty without `waiting`."""
        if self._waiting is None:
            return {}
        found: Lengths = dict(_NO_ANSWER)
        if not self._asking.acquire(timeout=self._patience_s):
            return found
        # A daemon, so that a broker that never answers can't keep this process from ending.
        thread = threading.Thread(target=self._count, args=(self._waiting, found), daemon=True)
        thread.start()
        thread.join(self._patience_s)
        return dict(found)

    def _count(self, waiting: Waiting, found: Lengths) -> None:
        try:
            for queue in QUEUES:
                found[queue] = waiting(queue)
                if found[queue] is None:
                    return  # the next would take just as long to fail
        finally:
            self._asking.release()
