"""Tidy: what has served its time is dropped, once an hour."""

from collections.abc import Callable
from typing import Any

from feeds.model import Entry
from feeds.pipeline.tidy import KEY
from feeds.store import readings, work


def test_readers_are_forgotten_and_it_comes_back_in_an_hour(
    newsroom: Any, make_entry: Callable[..., Entry]
) -> None:
    article = newsroom.take("alpha", make_entry("a")).lines[0].article_id
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "tidy", [KEY], newsroom.watch.now)
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
