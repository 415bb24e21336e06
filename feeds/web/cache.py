"""The feeds that this process holds in memory, and whether it may still believe them.

Theory: a stale feed that is believed for ever is the worst error, no feed at all the second, a
database read too many the least. So a feed is believed only if no change of it was heard of while
it was read, and while nobody would tell of changes, for two seconds; but while the database can't
be asked, what is held is given out, believed or not.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
import structlog

from feeds.store.feeds import FeedFile

BUDGET_BYTES = 64 * 2**20
UNTOLD_LIFE_S = 2.0
PATIENCE_S = 2.0  # for a read, where something stale is at hand
RESPITE_S = 2.0  # after a read that failed
_OVERHEAD = 600  # bytes that an entry costs beside its bodies
_log = structlog.get_logger()

RawHeaders = list[tuple[bytes, bytes]]


class Place(NamedTuple):
    """A feed's key, a format, and the canonical query of a variant; empty: the feed itself."""

    key: str
    name: str
    query: str = ""


Seconds = Callable[[], float]


class Wish(NamedTuple):
    """The headers of a GET that decide its answer, as they came; `None` for those not sent."""

    accepted: bytes | None = None
    held: bytes | None = None
    since: bytes | None = None


class Settled(NamedTuple):
    """Which answer a reader gets: 200 or 304, in which coding, under which entity tag."""

    status: int
    coding: str | None
    etag: str


class Written(NamedTuple):
    """An answer's status line and headers, all but Date and the empty line, and its body."""

    head: bytes
    body: bytes


@dataclass(slots=True, eq=False)
class Version:
    """One representation of a feed as it is served; each coding is made once for all readers.

    `status` is 200, or 301 or 302 with the key in `moved_to`, or 410. `links` is the
    value of Link; `parts` lets a part be told. What was made for one reader is kept for all:
    `coded`, the lines of headers (`raw`), whole answers (`written`), and these by the `wished`.
    """

    body: bytes
    etag: str
    modified: datetime | None
    last_modified: str
    status: int = 200
    moved_to: str = ""
    links: str = ""
    parts: FeedFile | None = None
    past: dict[str, frozenset[bytes]] | None = None
    coded: dict[str, bytes] = field(default_factory=dict)
    coding: dict[str, "asyncio.Task[bytes]"] = field(default_factory=dict)
    raw: dict[Settled, RawHeaders] = field(default_factory=dict)
    written: dict[Settled, Written] = field(default_factory=dict)
    wished: dict[Wish, Written] = field(default_factory=dict)


Load = Callable[[Place], Awaitable[Version | None]]


@dataclass(slots=True)
class _Held:
    version: Version
    loaded_at: float
    is_fresh: bool = True


class FeedCache:
    """Versions by place, the least recently asked for going first; for one event loop."""

    def __init__(self, load: Load, seconds: Seconds, budget: int = BUDGET_BYTES) -> None:
        self._load = load
        self._seconds = seconds
        self._budget = budget
        self._held: OrderedDict[Place, _Held] = OrderedDict()
        self._places: defaultdict[str, set[Place]] = defaultdict(set)
        self._loading: dict[Place, asyncio.Task[Version | None]] = {}
        self._told = False
        self._respite = float("-inf")
        self.size = 0

    def held(self, place: Place) -> Version | None:
        """Give what is in memory and may be believed; `None` otherwise."""
        found = self._held.get(place)
        if found is None or not found.is_fresh:
            return None
        if not self._told and self._seconds() - found.loaded_at > UNTOLD_LIFE_S:
            return None
        self._held.move_to_end(place)
        return found.version

    def last(self, place: Place) -> Version | None:
        """Give what is in memory, believed or not; `None` where nothing is."""
        found = self._held.get(place)
        return None if found is None else found.version

    async def get(self, place: Place) -> Version | None:
        """Give a version, read once for all who ask at the same time; `None`: no such feed.

        While it can't be read, what was held is given; where nothing was, the error is raised.
        """
        found = self.held(place)
        if found is not None:
            return found
        stale = self._held.get(place)
        if stale is not None and self._seconds() < self._respite:
            return stale.version
        # Shielded: one reader who hangs up must not take the others' answer along.
        task = asyncio.shield(self._task(place))
        if stale is None:
            return await task
        try:
            return await asyncio.wait_for(task, PATIENCE_S)
        except (sa.exc.SQLAlchemyError, OSError, TimeoutError) as exc:
            self._respite = self._seconds() + RESPITE_S
            _log.warning("feed_stale", key=place.key, why=str(exc).splitlines()[:1])
            return stale.version

    def drop(self, key: str) -> None:
        """Believe a feed that changed no more, nor what is being read of it."""
        for place in [place for place in self._loading if place.key == key]:
            del self._loading[place]
        for place in self._places.get(key, ()):
            self._held[place].is_fresh = False

    def believe(self, told: bool) -> None:
        """Say whether changes are heard of from now on; nothing held before is believed."""
        if told:
            self._loading.clear()
            for held in self._held.values():
                held.is_fresh = False
        self._told = told

    def _task(self, place: Place) -> "asyncio.Task[Version | None]":
        task = self._loading.get(place)
        if task is None:
            task = asyncio.ensure_future(self._fill(place))
            self._loading[place] = task
            # Whoever gave up waiting doesn't ask for its error.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _fill(self, place: Place) -> Version | None:
        me = asyncio.current_task()
        began = self._seconds()
        try:
            version = await self._load(place)
            if self._loading.get(place) is me:
                self._keep(place, version, began)
        finally:
            if self._loading.get(place) is me:
                del self._loading[place]
        return version

    def _keep(self, place: Place, version: Version | None, began: float) -> None:
        self._remove(place)
        if version is None:
            return
        self._held[place] = _Held(version, began)
        self._places[place.key].add(place)
        self.size += _cost(version)
        while self.size > self._budget:
            self._remove(next(iter(self._held)))

    def _remove(self, place: Place) -> None:
        gone = self._held.pop(place, None)
        if gone is not None:
            self.size -= _cost(gone.version)
            self._places[place.key].discard(place)
            if not self._places[place.key]:
                del self._places[place.key]


def _cost(version: Version) -> int:
    """Count a body twice, for its parts, and once for all that it compresses to."""
    return 3 * len(version.body) + _OVERHEAD
