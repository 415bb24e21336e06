"""Tidy: what has served its time is dropped, once an hour."""

from collections.abc import Callable
from typing import Any

from feeds.model import Entry
from feeds.pipeline.tidy import HOURLY, READ
from feeds.store import readings, work


def test_readers_are_forgotten_and_it_comes_back_in_an_hour(
    newsroom: Any, make_entry: Callable[..., Entry]
) -> None:
    article = newsroom.take("alpha", make_entry("a")).lines[0].article_id
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "tidy", [HOURLY], newsroom.watch.now)
        readings.count(connection, article, b"reader", newsroom.watch.now)
    newsroom.settle("tidy")
    assert len(newsroom.rows("SELECT 1 FROM reading_seen")) == 1, "its hour is not over"
    newsroom.watch.forward(minutes=59)
    newsroom.settle("tidy")
    assert len(newsroom.rows("SELECT 1 FROM reading_seen")) == 1
    newsroom.watch.forward(hours=2)
    newsroom.settle("tidy")
    assert newsroom.rows("SELECT 1 FROM reading_seen") == []
    assert newsroom.rows("SELECT count FROM reading")[0].count == 1
    (row,) = newsroom.rows("SELECT run_at FROM work WHERE kind = 'tidy'")
    assert (row.run_at - newsroom.watch.now).total_seconds() == 3600


def test_what_is_most_read_is_looked_at_every_ten_minutes(
    newsroom: Any, make_entry: Callable[..., Entry]
) -> None:
    newsroom.take("alpha", make_entry("a", title="Read"), make_entry("b", title="Unread"))
    newsroom.settle()
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "tidy", [READ], newsroom.watch.now)
    newsroom.settle("tidy", "publish")
    assert newsroom.titles(READ) == []
    assert (READ, "json") in newsroom.files()
    (row,) = newsroom.rows("SELECT id FROM article WHERE title = 'Read'")
    with newsroom.desk.engine.begin() as connection:
        readings.count(connection, row.id, b"reader", newsroom.watch.now)
    newsroom.watch.forward(minutes=10)
    newsroom.settle("tidy", "publish")
    assert newsroom.titles(READ) == ["Read"]
