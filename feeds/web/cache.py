"""The feeds that this process holds in memory, and whether it may still believe them.

Theory: a stale feed that is believed for ever is the worst error, a database read too many the
least. So a feed is kept only if no change of it was heard of while it was read, and while nobody
would tell of changes, what is held is believed for two seconds.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

BUDGET_BYTES = 64 * 2**20
UNTOLD_LIFE_S = 2.0
_OVERHEAD = 600  # bytes that an entry costs beside its bodies

Place = tuple[str, str]  # a feed's key and a format
Seconds = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Version:
    """One format of a feed as it is served; `zipped` is compressed once for all readers."""

    body: bytes
    zipped: bytes
    etag: str
    modified: datetime
    last_modified: str


Load = Callable[[str, str], Awaitable[Version | None]]


class FeedCache:
    """Versions by place, the least recently asked for going first; for one event loop."""

    def __init__(self, load: Load, seconds: Seconds, budget: int = BUDGET_BYTES) -> None:
        self._load = load
        self._seconds = seconds
        self._budget = budget
        self._held: OrderedDict[Place, tuple[Version, float]] = OrderedDict()
        self._loading: dict[Place, asyncio.Task[Version | None]] = {}
        self._told = False
        self.size = 0

    def held(self, place: Place) -> Version | None:
        """Give what is in memory and may be believed; `None` otherwise."""
        found = self._held.get(place)
        if found is None:
            return None
        version, loaded_at = found
        if not self._told and self._seconds() - loaded_at > UNTOLD_LIFE_S:
            return None
        self._held.move_to_end(place)
        return version

    async def get(self, place: Place) -> Version | None:
        """Give a version, read once for all who ask at the same time; `None`: no such feed."""
        found = self.held(place)
        if found is not None:
            return found
        task = self._loading.get(place)
        if task is None:
            task = asyncio.ensure_future(self._fill(place))
            self._loading[place] = task
        # Shielded: one reader who hangs up must not take the others' answer along.
        return await asyncio.shield(task)

    def drop(self, key: str) -> None:
        """Forget a feed that changed, and what is being read of it."""
        for place in [place for place in self._loading if place[0] == key]:
            del self._loading[place]
        for name in ("rss", "atom", "json"):
            self._remove((key, name))

    def believe(self, told: bool) -> None:
        """Say whether changes are heard of from now on; whatever was held before is forgotten."""
        if told:
            self._loading.clear()
            self._held.clear()
            self.size = 0
        self._told = told

    async def _fill(self, place: Place) -> Version | None:
        me = asyncio.current_task()
        began = self._seconds()
        try:
            version = await self._load(*place)
            if version is not None and self._loading.get(place) is me:
                self._keep(place, version, began)
        finally:
            if self._loading.get(place) is me:
                del self._loading[place]
        return version

    def _keep(self, place: Place, version: Version, began: float) -> None:
        self._remove(place)
        self._held[place] = (version, began)
        self.size += _cost(version)
        while self.size > self._budget:
            self._remove(next(iter(self._held)))

    def _remove(self, place: Place) -> None:
        gone = self._held.pop(place, None)
        if gone is not None:
            self.size -= _cost(gone[0])


def _cost(version: Version) -> int:
    return len(version.body) + len(version.zipped) + _OVERHEAD
