import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from feeds.web.cache import RESPITE_S, UNTOLD_LIFE_S, FeedCache, Place, Version

PLACE = Place("all", "rss")


def _version(size: int = 10) -> Version:
    return Version(b"x" * size, '"t"', datetime(2026, 3, 2, tzinfo=UTC), "then")


class _Store:
    """Counts reads, and holds each up until it is let go."""

    def __init__(self, size: int = 10) -> None:
        self.reads: list[Place] = []
        self.size = size
        self.gate = asyncio.Event()
        self.gate.set()
        self.now = 0.0

    async def load(self, place: Place) -> Version | None:
        self.reads.append(place)
        await self.gate.wait()
        return None if place.key == "none" else _version(self.size)

    def seconds(self) -> float:
        return self.now


def _cache(store: _Store, budget: int = 10_000) -> FeedCache:
    made = FeedCache(store.load, store.seconds, budget)
    made.believe(True)
    return made


async def test_a_feed_is_read_once_and_then_held() -> None:
    store = _Store()
    cache = _cache(store)
    first = await cache.get(PLACE)
    store.now = 10_000
    assert await cache.get(PLACE) is first
    assert cache.held(PLACE) is first
    assert store.reads == [PLACE]


async def test_a_changed_feed_is_read_again_in_every_format() -> None:
    store = _Store()
    cache = _cache(store)
    for name in ("rss", "atom"):
        await cache.get(Place("all", name))
    await cache.get(Place("all", "rss", "limit=3"))
    await cache.get(Place("section/x", "rss"))
    cache.drop("all")
    assert cache.held(PLACE) is None
    assert cache.held(Place("all", "atom")) is None
    assert cache.held(Place("all", "rss", "limit=3")) is None
    assert cache.held(Place("section/x", "rss")) is not None


async def test_many_who_ask_at_once_share_one_read() -> None:
    store = _Store()
    cache = _cache(store)
    found = await asyncio.gather(*(cache.get(PLACE) for _ in range(50)))
    assert store.reads == [PLACE]
    assert len(set(map(id, found))) == 1


async def test_a_reader_who_hangs_up_takes_nobody_along() -> None:
    store = _Store()
    cache = _cache(store)
    store.gate.clear()
    one, other = (asyncio.create_task(cache.get(PLACE)) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()
    store.gate.set()
    assert await other is not None


async def test_what_changed_while_it_was_read_is_not_kept() -> None:
    store = _Store()
    cache = _cache(store)
    store.gate.clear()
    asked = asyncio.create_task(cache.get(PLACE))
    await asyncio.sleep(0.01)
    cache.drop("all")
    store.gate.set()
    assert await asked is not None
    assert cache.held(PLACE) is None


async def test_what_was_read_before_anybody_listened_is_not_kept() -> None:
    store = _Store()
    cache = FeedCache(store.load, store.seconds)
    store.gate.clear()
    asked = asyncio.create_task(cache.get(PLACE))
    await asyncio.sleep(0.01)
    cache.believe(True)
    store.gate.set()
    await asked
    assert cache.held(PLACE) is None


async def test_while_nobody_listens_feeds_are_believed_for_two_seconds() -> None:
    store = _Store()
    cache = _cache(store)
    await cache.get(PLACE)
    cache.believe(False)
    store.now = UNTOLD_LIFE_S
    assert cache.held(PLACE) is not None
    store.now = UNTOLD_LIFE_S + 0.1
    assert cache.held(PLACE) is None
    await cache.get(PLACE)
    assert cache.held(PLACE) is not None


async def test_hearing_again_empties_the_cache() -> None:
    store = _Store()
    cache = _cache(store)
    await cache.get(PLACE)
    cache.believe(False)
    cache.believe(True)
    assert cache.held(PLACE) is None


async def test_beyond_the_budget_the_least_recently_asked_goes_first() -> None:
    store = _Store(size=1000)
    cache = _cache(store, budget=3 * 3600)
    for key in "abc":
        await cache.get(Place(key, "rss"))
    cache.held(Place("a", "rss"))
    await cache.get(Place("d", "rss"))
    assert [key for key in "abcd" if cache.held(Place(key, "rss"))] == ["a", "c", "d"]
    assert cache.size <= 3 * 3600


async def test_a_feed_that_does_not_exist_is_asked_for_each_time() -> None:
    store = _Store()
    cache = _cache(store)
    assert await cache.get(Place("none", "rss")) is None
    assert await cache.get(Place("none", "rss")) is None
    assert len(store.reads) == 2


async def test_a_failed_read_fails_for_those_who_waited_and_is_tried_again() -> None:
    answers = iter([OSError("gone"), _version()])

    async def load(place: Place) -> Version | None:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    cache = FeedCache(load, lambda: 0.0)
    with pytest.raises(OSError, match="gone"):
        await cache.get(PLACE)
    assert await cache.get(PLACE) is not None


async def test_while_it_cannot_be_read_a_stale_feed_is_given_and_not_asked_for_each_time() -> None:
    store = _Store()
    cache = _cache(store)
    first = await cache.get(PLACE)
    cache.drop("all")
    broken = sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    async def fail(place: Place) -> Version | None:
        store.reads.append(place)
        raise broken

    cache._load = fail
    for _ in range(3):
        assert await cache.get(PLACE) is first
    assert len(store.reads) == 2
    store.now = RESPITE_S + 0.1
    cache._load = store.load
    again = await cache.get(PLACE)
    assert again is not None
    assert again is not first


async def test_a_feed_that_is_gone_is_not_given_stale() -> None:
    store = _Store()
    cache = _cache(store)
    await cache.get(PLACE)
    cache.drop("all")

    async def nothing(place: Place) -> Version | None:
        return None

    cache._load = nothing
    assert await cache.get(PLACE) is None
    assert cache.held(PLACE) is None
    assert cache.size == 0
