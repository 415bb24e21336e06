"""Sent: what its caller holds of a batch of requests that is under way on the line's loop."""

from asyncio import AbstractEventLoop
from collections.abc import Sequence
from concurrent.futures import Future

from feeds.pipeline.request_batch import Answers, RequestBatch


class Sent:
    """Requests that were sent together; what is answered in time is taken as it comes."""

    def __init__(self, loop: AbstractEventLoop, batch: RequestBatch, done: Future[None]) -> None:
        self._loop = loop
        self._batch = batch
        self._done = done
        self._given: Sequence[int] = ()

    def take(self) -> Answers | None:
        """Wait for answers, by number; `None` when no more come in time.

        There may be none yet: whoever asked is slow to answer, and there is time for other work.
        What was taken before is given back.
        """
        self.give_back()
        some = self._batch.ready.get()
        if some is None:
            self._done.result()  # whatever went wrong in the loop is raised here
            return None
        self._given = list(some)
        return some

    def give_back(self) -> None:
        """Let others hold large bodies in place of what was taken."""
        if self._given:
            self._loop.call_soon_threadsafe(self._batch.drop, self._given)
        self._given = ()

    def abandon(self) -> None:
        """Take nothing more, for whatever reason."""
        self._loop.call_soon_threadsafe(self._batch.abandon)
