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
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import uvloop

from feeds.errors import FetchFailed, NoTurn
from feeds.ingest.exchange import Limits, Request, Response
from feeds.ingest.fetch import Fetcher, Gate
from feeds.model import Outcome
from feeds.pipeline.desk import Desk
from feeds.pipeline.request_batch import Answer, Answers, Late, RequestBatch, Timed
from feeds.pipeline.sent import Sent
from feeds.pipeline.wait import LONG_S, Beside, Wait
from feeds.store import hosts
from feeds.urls import host_of

_CLOSE_S = 2.0


class Line:
    """A process's line to the outside: the safe client on an event loop in a thread."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = uvloop.new_event_loop()
        self._beside = Beside()
        # One thread stores what came late: all of a batch that is there when its turn comes.
        self._store = ThreadPoolExecutor(1, thread_name_prefix="late")
        self._overdue: deque[tuple[RequestBatch, int, Timed]] = deque()
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)
        self._thread.start()
        self._fetcher = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def ask(
        self, requests: Sequence[Request], gate: Gate | None = None, patience_s: float = 0.0
    ) -> list[Answer]:
        """Send requests together and wait for all; answers and errors in the same order.

        `gate` and `patience_s` are `Fetcher.fetch`'s.
        """
        found = self._fetcher.fetch_many(requests, gate, patience_s)
        return asyncio.run_coroutine_threadsafe(found, self._loop).result()

    def stream(
        self,
        requests: Sequence[Request],
        patience_s: float,
        late: Late,
        abreast: int | None = None,
    ) -> Iterator[Answers]:
        """Send requests together; gives by number what is answered in time, some at once.

        The others go on, and are handed to `late`, in another thread. Only so many large bodies
        are held until the caller asks for more. `abreast` requests are begun together, so that of
        many large ones the first end long before the last; who takes long makes room for the next.
        """
        sent = self.send(requests, patience_s, late, abreast=abreast)
        is_over = False
        try:
            while (some := sent.take()) is not None:
                if some:
                    yield some
            is_over = True
        finally:
            if not is_over:
                sent.abandon()

    def send(
        self,
        requests: Sequence[Request],
        patience_s: float,
        late: Late,
        gate: Gate | None = None,
        abreast: int | None = None,
        tell: Callable[[], None] = lambda: None,
    ) -> Sent:
        """Send requests as `stream` does; `tell` is called once for each `take` that is due.

        Hosts that redirects lead to have a `gate`.
        """
        batch = RequestBatch(requests, patience_s, late, gate, abreast or len(requests) or 1, tell)
        done = asyncio.run_coroutine_threadsafe(self._gather(batch), self._loop)
        done.add_done_callback(lambda _: batch.end())
        return Sent(self._loop, batch, done)

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
        self._beside.cancel()
        await self._fetcher.__aexit__(None, None, None)

    async def _gather(self, batch: RequestBatch) -> None:
        started = self._loop.time()
        tasks = await self._start(batch)
        await Wait(batch, tasks, self._beside, started).wait()
        for number, task in enumerate(tasks):
            if task.done():
                task.result()
            elif self._beside.admits(task):
                batch.is_late.add(number)
                batch.shares[number].excuse()
            else:
                answer = UNASKED if batch.shares[number].is_waiting else CROWDED
                task.cancel()
                batch.add(number, Timed(answer, round(batch.patience_s * 1000)))
        batch.flush()

    async def _start(self, batch: RequestBatch) -> list[asyncio.Task[None]]:
        """Start a batch's requests, as many together as it says."""
        gate = asyncio.Semaphore(batch.abreast)
        tasks = []
        for number in range(len(batch.requests)):
            await gate.acquire()
            task = self._loop.create_task(self._timed(batch, number))
            if batch.abreast < len(batch.requests):
                _once(gate.release, task, self._loop.call_later)
            tasks.append(task)
        return tasks

    async def _timed(self, batch: RequestBatch, number: int) -> None:
        started = time.monotonic()
        request, share = batch.requests[number], batch.shares[number]
        answer = await self._fetcher.settled(request, share, batch.gate)
        timed = Timed(answer, round((time.monotonic() - started) * 1000))
        if number in batch.is_late:
            self._overdue.append((batch, number, timed))
            self._store.submit(self._hand_over)
        else:
            batch.add(number, timed)

    def _hand_over(self) -> None:
        """Have all that came late stored, a batch at a time; nothing may be left of it."""
        some: defaultdict[RequestBatch, dict[int, Timed]] = defaultdict(dict)
        while self._overdue:
            batch, number, timed = self._overdue.popleft()
            some[batch][number] = timed
        for batch, answers in some.items():
            batch.late(answers)
            self._loop.call_soon_threadsafe(batch.drop, list(answers))


def _once(
    release: Callable[[], None],
    task: asyncio.Task[None],
    call_later: Callable[..., asyncio.TimerHandle],
) -> None:
    """Call back when a task has ended, or after a while, whichever is first."""
    timers: list[asyncio.TimerHandle] = []

    def over(_: object = None) -> None:
        if not timers:  # both were due at the same moment
            return
        task.remove_done_callback(over)
        timers.pop().cancel()  # and forgotten: what holds one another stays until somebody looks
        release()

    timers.append(call_later(LONG_S, over))
    task.add_done_callback(over)


CROWDED = FetchFailed("left, since too many slow servers were waited for", Outcome.TIMED_OUT)
UNASKED = NoTurn("not asked yet, since too many slow servers were waited for", 1.0)

_lines: dict[tuple[int, Limits], Line] = {}
_guard = threading.Lock()


def line(desk: Desk) -> Line:
    """Give this process's line for the deployment's limits; a forked child has its own."""
    return _line(Limits.of(desk.settings))


def _line(limits: Limits) -> Line:
    key = (os.getpid(), limits)
    with _guard:
        if key not in _lines:
            _lines[key] = Line(limits)
            atexit.register(_lines[key].close)
        return _lines[key]


def fetch(
    desk: Desk, requests: Sequence[Request], gate: Gate | None = None, patience_s: float = 0.0
) -> list[Answer]:
    """Send requests together through the safe client; answers and errors in the same order.

    A host that asks for quiet is left alone by all. `gate` and `patience_s` are `Fetcher.fetch`'s.
    """
    return _heeded(desk, line(desk).ask(requests, gate, patience_s))


def fetch_within(
    desk: Desk, requests: Sequence[Request], total_s: float, gate: Gate | None = None
) -> list[Answer]:
    """Send requests as `fetch` does, each with less time than a deployment grants a source.

    With a `gate`, as long at most is waited for a turn.
    """
    limits = Limits.of(desk.settings)
    total_s = min(total_s, limits.total_s)
    asked = _line(replace(limits, total_s=total_s))
    return _heeded(desk, asked.ask(requests, gate, total_s if gate else 0.0))


def _heeded(desk: Desk, answers: list[Answer]) -> list[Answer]:
    """Close the hosts that answered to come back later: those that said so, wherever we asked."""
    now = desk.clock()
    quiet: dict[str, datetime] = {}
    for answer in answers:
        if isinstance(answer, Response) and answer.retry_after_s is not None:
            until = now + timedelta(seconds=answer.retry_after_s)
            host = host_of(answer.url)
            quiet[host] = max(until, quiet.get(host, until))
    if quiet:
        with desk.engine.begin() as connection:
            hosts.close(connection, quiet)
    return answers


def push_line(desk: Desk, total_s: float, concurrency: int) -> Line:
    """Give the line for what we push, which waits for nobody's long documents."""
    limits = Limits.of(desk.settings)
    return _line(replace(limits, total_s=min(total_s, limits.total_s), concurrency=concurrency))
