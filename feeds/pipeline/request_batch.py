"""One batch of requests: what of its answers is here, and was not taken yet."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue

from feeds.errors import TinwireError
from feeds.ingest.exchange import Request, Response
from feeds.ingest.fetch import Gate
from feeds.ingest.share import Share

Answer = Response | TinwireError
_MOST_HELD = 4 * 2**20  # bytes of small answers that wait for the rest of their batch
_MOST = 0.8  # of a batch; once so many have answered, the others are waited for as long again


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, and how long it took in milliseconds."""

    answer: Answer
    ms: int


Answers = Mapping[int, Timed]
Late = Callable[[Answers], None]


class RequestBatch:
    """Requests that were sent together, and what of their answers was not taken yet.

    All but `ready.get` happens on the loop.
    """

    def __init__(
        self,
        requests: Sequence[Request],
        patience_s: float,
        late: Late,
        gate: Gate | None,
        abreast: int,
        tell: Callable[[], None],
    ) -> None:
        self.requests, self.patience_s, self.late, self.gate = requests, patience_s, late, gate
        self.abreast = abreast
        self._tell = tell
        self.shares = [Share(keeps=True) for _ in requests]
        self.is_late: set[int] = set()
        self.ready: SimpleQueue[Answers | None] = SimpleQueue()
        self.has_most = asyncio.Event()
        if not requests:
            self.has_most.set()
        self.answered = 0
        self._has_paused = False
        self._some: dict[int, Timed] = {}
        self._bytes = 0

    def add(self, number: int, timed: Timed) -> None:
        """Take an answer; large ones, and many, are given out at once, small ones together."""
        self._some[number] = timed
        self.answered += 1
        if self.answered >= _MOST * len(self.requests):
            self.has_most.set()
        answer = timed.answer
        self._bytes += len(answer.body) if isinstance(answer, Response) else 0
        if self.shares[number].is_large or self._bytes > _MOST_HELD:
            self.flush()

    def flush(self) -> None:
        """Give out what is here."""
        if self._some:
            self._give(self._some)
            self._some, self._bytes = {}, 0

    def pause(self) -> None:
        """Give out what is here; the first time nothing, too, so that others get their turn."""
        if self._some:
            self.flush()
        elif not self._has_paused:
            self._give({})
        self._has_paused = True

    def end(self) -> None:
        """Say that no more comes."""
        self._give(None)

    def _give(self, some: Answers | None) -> None:
        self.ready.put(some)
        self._tell()

    def abandon(self) -> None:
        """Hold nothing any more for a caller that failed."""
        for share in self.shares:
            share.keeps = False
            share.drop()

    def drop(self, numbers: Sequence[int]) -> None:
        """Let others hold large bodies in place of these."""
        for number in numbers:
            self.shares[number].drop()
