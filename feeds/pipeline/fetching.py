"""Fetching from a step: one client a process, whose connections outlive the batches.

Theory: an event loop and connections made anew for each batch cost more than the requests. And one
slow server must not keep a worker from the other sources of its batch, nor from the next batch. So
the loop runs in a thread of its own, and what doesn't answer within a while is left to it.
"""

import asyncio
import atexit
import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import uvloop

from feeds.errors import FetchFailed, TinwireError
from feeds.ingest.fetch import Fetcher, Limits, Request, Response
from feeds.ingest.share import Share
from feeds.model import Outcome
from feeds.pipeline.desk import Desk

Answer = Response | TinwireError
# Slow servers that are waited for beside the batches: each holds little until its body grows.
MOST_LATE = 64
_CLOSE_S = 2.0


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, and how long it took in milliseconds."""

    answer: Answer
    ms: int


Late = Callable[[int, Timed], None]


class Line:
    """A process's line to the outside: the safe client on an event loop in a thread."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = uvloop.new_event_loop()
        self._late: set[asyncio.Task[Timed]] = set()
        # One thread stores what came late, one answer after the other.
        self._store = ThreadPoolExecutor(1, thread_name_prefix="late")
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)
        self._thread.start()
        self._fetcher = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """Send requests together and wait for all; answers and errors in the same order."""
        found = self._submit(requests, None, None)
        return [found[number].answer for number in range(len(requests))]

    def ask_for_a_while(
        self, requests: Sequence[Request], patience_s: float, late: Late
    ) -> Mapping[int, Timed]:
        """Send requests together; gives by number what was answered in time.

        The others go on; each is handed to `late`, in another thread.
        """
        return self._submit(requests, patience_s, late)

    def close(self) -> None:
        """End the loop, and what is still under way."""
        if not self._thread.is_alive():
            return
        closing = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        with contextlib.suppress(TimeoutError):
            closing.result(_CLOSE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_S)
        self._store.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _open(self) -> Fetcher:
        return await Fetcher(self._limits).__aenter__()

    async def _end(self) -> None:
        for task in self._late:
            task.cancel()
        await self._fetcher.__aexit__(None, None, None)

    def _submit(
        self, requests: Sequence[Request], patience_s: float | None, late: Late | None
    ) -> dict[int, Timed]:
        if not requests:
            return {}
        work = self._gather(requests, patience_s, late)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _gather(
        self, requests: Sequence[Request], patience_s: float | None, late: Late | None
    ) -> dict[int, Timed]:
        shares = [Share() for _ in requests]
        tasks = [
            self._loop.create_task(self._timed(request, share))
            for request, share in zip(requests, shares, strict=True)
        ]
        await asyncio.wait(tasks, timeout=patience_s)
        found = {}
        for number, task in enumerate(tasks):
            if task.done():
                found[number] = task.result()
            elif late is None or len(self._late) >= MOST_LATE:
                task.cancel()
                found[number] = Timed(_CROWDED, round((patience_s or 0) * 1000))
            else:
                shares[number].excuse()
                self._leave(task, number, late)
        return found

    def _leave(self, task: asyncio.Task[Timed], number: int, late: Late) -> None:
        """Let a slow request go on by itself."""
        self._late.add(task)

        def ended(_: asyncio.Task[Timed]) -> None:
            self._late.discard(task)
            if not task.cancelled():
                self._store.submit(late, number, task.result())

        task.add_done_callback(ended)

    async def _timed(self, request: Request, share: Share) -> Timed:
        started = time.monotonic()
        answer = await self._fetcher.settled(request, share)
        return Timed(answer, round((time.monotonic() - started) * 1000))


_CROWDED = FetchFailed("left, since too many slow servers were waited for", Outcome.TIMED_OUT)

_lines: dict[tuple[int, Limits], Line] = {}
_guard = threading.Lock()


def line(desk: Desk) -> Line:
    """Give this process's line for the deployment's limits; a forked child has its own."""
    key = (os.getpid(), Limits.of(desk.settings))
    with _guard:
        if key not in _lines:
            _lines[key] = Line(key[1])
            atexit.register(_lines[key].close)
        return _lines[key]


def fetch(desk: Desk, requests: Sequence[Request]) -> list[Answer]:
    """Send requests together through the safe client; answers and errors in the same order."""
    return line(desk).ask(requests)
