"""Shares: who holds a place among the requests that a process keeps open."""

import asyncio


class Share:
    """One request's share of what a process keeps open.

    `excuse` gives it back early, so that a slow server takes no other's place.
    """

    def __init__(self) -> None:
        self._slots: asyncio.Semaphore | None = None
        self._is_excused = False

    async def take(self, slots: asyncio.Semaphore) -> None:
        """Wait for a place, unless excused."""
        if not self._is_excused:
            await slots.acquire()
            self._slots = slots

    def give(self) -> None:
        """Give the place back, once."""
        if self._slots is not None:
            self._slots.release()
            self._slots = None

    def excuse(self) -> None:
        """Go on without a place."""
        self._is_excused = True
        self.give()
