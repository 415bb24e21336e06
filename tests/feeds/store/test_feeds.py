"""Feeds: stored bytes, versions and the time of the last change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.store import feeds, sources
from feeds.store.tables import article

ALPHA = {"name": "alpha", "title": "A", "url": "https://alpha.example/"}
FILES = {"rss": ('"r1"', b"<rss/>"), "atom": ('"a1"', b"<feed/>")}


def put(connection: sa.Connection, now: datetime, ids: tuple[int, ...] = (1,), **tags: str) -> None:
    files = {name: (tags.get(name, tag), body) for name, (tag, body) in FILES.items()}
    feeds.store(connection, [feeds.Built("all", "All", ids, now, files)], now)


def test_a_feed_is_read_back_as_it_was_stored(connection: sa.Connection, noon: datetime) -> None:
    put(connection, noon, (3, 1, 2))
    assert feeds.emitted(connection, ["all", "none"]) == {
        "all": feeds.Emitted("all", 1, (3, 1, 2), noon, noon)
    }
    assert feeds.etags(connection, ["all"]) == {("all", "rss"): '"r1"', ("all", "atom"): '"a1"'}
    assert feeds.file(connection, "all", "rss") == feeds.FeedFile('"r1"', noon, b"<rss/>")
    assert feeds.file(connection, "all", "json") is None
    assert feeds.listed(connection) == [feeds.FeedLine("all", "All", 3, noon, noon)]


def test_only_the_format_that_changed_is_modified(
    connection: sa.Connection, noon: datetime
) -> None:
    put(connection, noon)
    later = noon + timedelta(hours=1)
    put(connection, later, rss='"r2"')
    times = {name: feeds.file(connection, "all", name) for name in FILES}
    assert [one.modified_at for one in times.values() if one] == [later, noon]
    assert feeds.emitted(connection, ["all"])["all"].version == 2


def test_a_change_within_the_second_still_moves_the_http_date(
    connection: sa.Connection, noon: datetime
) -> None:
    for number in range(3):
        put(connection, noon, rss=f'"{number}"')
    found = feeds.file(connection, "all", "rss")
    assert found is not None
    assert found.modified_at == noon + timedelta(seconds=2)


def test_readers_are_told_when_the_transaction_commits(engine: sa.Engine, noon: datetime) -> None:
    listening: Any = engine.raw_connection()
    with listening.cursor() as cursor:
        cursor.execute(f"LISTEN {feeds.CHANNEL}")
    listening.commit()
    with engine.begin() as connection:
        put(connection, noon)
    told = [one.payload for one in listening.driver_connection.notifies(timeout=5, stop_after=1)]
    listening.invalidate()
    assert told == ["all"]


def test_a_date_is_fixed_once(
    connection: sa.Connection, noon: datetime, add_article: Callable[..., int]
) -> None:
    add_article(1)
    feeds.fix(connection, [1], noon)
    feeds.fix(connection, [1, 404], noon + timedelta(hours=1))
    assert connection.scalar(sa.select(article.c.emitted_at)) == noon


def test_fixing_waits_for_nobody(engine: sa.Engine, noon: datetime) -> None:
    """Two builds that wait for each other's articles would both be ended by the database."""
    with engine.begin() as connection:
        spec = SourceSpec.model_validate(ALPHA)
        sources.declare(connection, [spec], noon)
        row = dict.fromkeys(("guid", "url", "title", "excerpt", "html", "text", "language"), "")
        moments = {"first_seen_at": noon, "effective_at": noon}
        source_id = sources.find(connection, "alpha").id
        for number in (1, 2):
            values = {"id": number, "source_id": source_id, "content_hash": b"", **row, **moments}
            connection.execute(sa.insert(article).values(**values))

    def fix() -> None:
        with engine.begin() as connection:
            feeds.fix(connection, [1, 2], noon)

    with engine.connect() as holding, ThreadPoolExecutor(1) as pool:
        holding.execute(sa.update(article).where(article.c.id == 1).values(title="held"))
        pool.submit(fix).result(timeout=30)
        holding.rollback()
    with engine.connect() as connection:
        rows = connection.execute(sa.select(article.c.id, article.c.emitted_at))
        assert {row.id: row.emitted_at for row in rows} == {1: None, 2: noon}
