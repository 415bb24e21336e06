"""Keys: read seldom, once for all who ask, and held while the database is away."""

import asyncio
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from feeds.store.partners import Partner, hashed
from feeds.web.keys import LIFE_S, Keys

DAILY = Partner(1, "daily", (), 1, 1)
GONE = sa.exc.OperationalError("SELECT", {}, Exception("gone"))


class Store:
    """Keys as a database has them; `fails` while it is away."""

    def __init__(self) -> None:
        self.valid: dict[bytes, Partner] = {hashed("a"): DAILY}
        self.reads = 0
        self.fails = False
        self.now = 0.0

    def read(self) -> Mapping[bytes, Partner]:
        self.reads += 1
        if self.fails:
            raise GONE
        return dict(self.valid)

    def keys(self) -> Keys:
        return Keys(self.read, lambda: self.now)


async def test_a_key_that_nobody_has_costs_no_question_of_its_own() -> None:
    store = Store()
    keys = store.keys()
    assert await keys.find("a") == DAILY
    assert [await keys.find(str(number)) for number in range(100)] == [None] * 100
    assert store.reads == 1


async def test_all_who_ask_at_once_share_one_question() -> None:
    store = Store()
    keys = store.keys()
    assert await asyncio.gather(*(keys.find("a") for _ in range(20))) == [DAILY] * 20
    assert store.reads == 1


async def test_what_changes_is_known_soon() -> None:
    store = Store()
    keys = store.keys()
    await keys.find("a")
    store.valid = {hashed("b"): DAILY}
    store.now += LIFE_S + 0.1
    assert await keys.find("a") is None
    assert await keys.find("b") == DAILY


async def test_while_the_database_is_away_known_keys_work_on() -> None:
    store = Store()
    keys = store.keys()
    await keys.find("a")
    store.fails = True
    store.now += LIFE_S + 0.1
    assert await keys.find("a") == DAILY
    assert await keys.find("a") == DAILY
    assert store.reads == 2, "and it is not asked for each of them"
    store.fails, store.valid = False, {}
    store.now += LIFE_S + 0.1
    assert await keys.find("a") is None


async def test_where_no_key_was_ever_read_the_error_is_told() -> None:
    store = Store()
    store.fails = True
    keys = store.keys()
    with pytest.raises(sa.exc.OperationalError):
        await keys.find("a")
    store.fails = False
    assert await keys.find("a") == DAILY
