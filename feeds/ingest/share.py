"""Shares: who holds a place among the requests that a process keeps open."""

import asyncio
from time import monotonic


class Share:
    """One request's share of what a process keeps open and holds in memory.

    `step_aside` lets another have its place while its server is slow; it takes one again when its
    body grows. `excuse` gives the place back for good. With `keeps` the leave to hold a large body
    lasts until the caller says `drop`; else until the body was read. While it `is_waiting` for a
    place, what takes long is not its server.
    """

    def __init__(self, keeps: bool = False) -> None:
        self.keeps = keeps
        self._slots: asyncio.Semaphore | None = None
        self._large: asyncio.Semaphore | None = None
        self._since = 0.0
        self._is_aside = self._is_excused = self._is_grown = False
        self.is_waiting = False

    @property
    def is_excused(self) -> bool:
        """Tell whether it goes on beside the others for good, as one of many slow ones may."""
        return self._is_excused

    @property
    def spare_s(self) -> float:
        """Tell for how many seconds it has a place that it could do without; 0 for none."""
        return 0.0 if self._slots is None or self._is_grown else monotonic() - self._since

    @property
    def is_large(self) -> bool:
        """Tell whether it holds one of the few large bodies."""
        return self._large is not None

    async def grow(self, large: asyncio.Semaphore) -> None:
        """Wait for leave to hold a large body."""
        if self._large is None:
            await self._wait(large)
            self._large = large

    def drop(self) -> None:
        """Let another hold a large body; to be called on the loop."""
        if self._large is not None:
            self._large.release()
            self._large = None

    async def take(self, slots: asyncio.Semaphore) -> None:
        """Wait for a place, unless it goes on without one."""
        if self._is_aside or self._is_excused:
            return
        await self._wait(slots)
        if self._is_excused:  # meanwhile
            slots.release()
        else:
            self._slots, self._since = slots, monotonic()

    async def retake(self, slots: asyncio.Semaphore) -> None:
        """Have a place while much is held of its body: wait for one, unless excused."""
        self._is_grown, self._is_aside = True, False
        if self._slots is None:
            await self.take(slots)

    async def _wait(self, places: asyncio.Semaphore) -> None:
        self.is_waiting = True
        try:
            await places.acquire()
        finally:
            self.is_waiting = False

    def give(self) -> None:
        """Give the place back, once."""
        if self._slots is not None:
            self._slots.release()
            self._slots = None

    def step_aside(self) -> None:
        """Go on without a place until its body grows."""
        self._is_aside = True
        self.give()

    def excuse(self) -> None:
        """Go on without a place, for good."""
        self._is_excused = True
        self.give()
