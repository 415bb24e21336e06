"""Wait: how long the slow servers of a batch are waited for, and what goes on meanwhile.

Theory: a few slow servers must not hold up a batch of quick ones, nor many of them the next batch.
So at the first pause the caller is told, and may begin another; who has not answered by then gives
its place to one that is not asked yet; and once most have answered, the others have little time
left before they are left to the line.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from feeds.pipeline.request_batch import RequestBatch

# Slow servers that are waited for without a place: each holds little until it has one again.
MOST_BESIDE = 256
LONG_S = 0.05  # after which a request makes room for the next
# Once most of a batch have answered, the others get as long again, and this share of the patience
# at least; but no more once nobody answers for a while: as long as most took, or this share of the
# patience, and longer only where most took ten times as long.
_LEAST, _QUIET = 0.1, 0.04
_SHORT_S = 0.01
# Where so many of a batch have answered, and not a few, a long silence ends the wait for most.
_HALF, _FEW = 0.5, 5


class Beside:
    """Requests to slow servers of all batches, which go on without a place."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def are_many(self) -> bool:
        """Tell whether half as many as may be are waited for."""
        return len(self._tasks) > MOST_BESIDE // 2

    @property
    def is_full(self) -> bool:
        """Tell whether no more may be waited for."""
        return len(self._tasks) >= MOST_BESIDE

    def admits(self, task: asyncio.Task[None]) -> bool:
        """Count a request among these until it ends; tells whether there is room."""
        if task not in self._tasks:
            if self.is_full:
                return False
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    def cancel(self) -> None:
        """End all of them."""
        for task in self._tasks:
            task.cancel()


class Wait:
    """The wait for a batch's requests, begun at `started` of the loop's time."""

    def __init__(
        self,
        batch: RequestBatch,
        tasks: Sequence[asyncio.Task[None]],
        beside: Beside,
        started: float,
    ) -> None:
        self._batch, self._tasks, self._beside = batch, tasks, beside
        self._loop = asyncio.get_running_loop()
        self._started = started

    async def wait(self) -> None:
        """Wait for all; once most have answered, for the others as long again and no longer.

        Nor longer than somebody answers now and then, unless many are waited for already. What is
        here is given out at each pause, so that it is worked on while the others are waited for.
        """
        await self._for_most()
        await self._for_others()

    async def _for_most(self) -> None:
        batch = self._batch
        quiet_s = max(batch.patience_s * _QUIET, _SHORT_S)
        until = self._started + batch.patience_s
        answered, silent_s = 0, 0.0
        while not batch.has_most.is_set() and (now := self._loop.time()) < until:
            pause_s = min(quiet_s / 4 if answered else quiet_s, until - now)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(batch.has_most.wait(), pause_s)
            if batch.answered > answered:
                answered, silent_s = batch.answered, 0.0
                continue
            silent_s += pause_s
            self._make_room()
            some_wait = any(share.is_waiting for share in batch.shares)
            if some_wait and self._beside.is_full:
                continue  # there would be no place for the next batch
            batch.pause()
            if some_wait or answered < max(_HALF * len(batch.requests), _FEW):
                continue
            if silent_s >= batch.patience_s * _LEAST:
                break

    def _make_room(self) -> None:
        """Take their places from those that are asked for long and hold little."""
        for task, share in zip(self._tasks, self._batch.shares, strict=True):
            if share.spare_s >= LONG_S and not task.done() and self._beside.admits(task):
                share.step_aside()

    async def _for_others(self) -> None:
        batch = self._batch
        taken_s = self._loop.time() - self._started
        more_s = max(min(taken_s, batch.patience_s - taken_s), batch.patience_s * _LEAST)
        until = self._loop.time() + more_s
        quiet_s = max(taken_s / 10, min(taken_s, batch.patience_s * _QUIET), _SHORT_S)
        pause_s = quiet_s / 4
        if self._beside.are_many:
            quiet_s = more_s
        left = dict(zip(self._tasks, batch.shares, strict=True))
        silent_s = 0.0
        while (now := self._loop.time()) < until:
            left = {task: share for task, share in left.items() if not task.done()}
            if not left or silent_s >= quiet_s:
                break
            wait_s = min(quiet_s - silent_s if silent_s else pause_s, until - now)
            done, _ = await asyncio.wait(left, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            if done or any(share.is_waiting for share in left.values()):
                silent_s = 0.0
            else:
                silent_s += wait_s
                batch.flush()
