"""Drain: work until nothing is due, and no longer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.clock import utc_now
from feeds.errors import Retry
from feeds.model import Entry
from feeds.pipeline.drain import drain, is_settled
from feeds.store import work

MakeEntry = Callable[..., Entry]


@pytest.fixture
def ticking(newsroom: Any) -> Any:
    """The newsroom with a clock that runs."""
    newsroom.desk = replace(newsroom.desk, clock=utc_now)
    return newsroom


def test_everything_is_done_up_to_the_published_feeds(ticking: Any, make_entry: MakeEntry) -> None:
    ticking.source("alpha")
    ticking.execute("DELETE FROM work")
    ticking.take("alpha", make_entry("a"), make_entry("b"))
    assert not is_settled(ticking.desk)
    batches = drain(ticking.desk, 30)
    assert batches["relate"] == 1
    assert batches["publish"] >= 1
    assert len(ticking.items("all")) == 2
    assert is_settled(ticking.desk)


def test_what_is_about_to_be_due_is_waited_for(ticking: Any, make_entry: MakeEntry) -> None:
    slow = ticking.desk.settings.model_copy(update={"publish_quiet_s": 0.3, "publish_max_s": 1})
    ticking.desk = replace(ticking.desk, settings=slow)
    ticking.source("alpha")
    ticking.execute("DELETE FROM work")
    ticking.take("alpha", make_entry("a"))
    drain(ticking.desk, 30)
    assert len(ticking.items("all")) == 1


def test_an_empty_store_is_settled(ticking: Any) -> None:
    assert is_settled(ticking.desk)
    assert sum(drain(ticking.desk, 1).values()) == 0


def test_endless_work_is_not_waited_for(ticking: Any) -> None:
    with ticking.desk.engine.begin() as connection:
        work.mark(connection, "tidy", ["hourly"], utc_now())
    assert drain(ticking.desk, 30)["tidy"] == 1
    assert is_settled(ticking.desk)
    assert len(ticking.rows("SELECT 1 FROM work WHERE kind = 'tidy'")) == 1


def test_work_that_another_process_holds_is_not_called_done(ticking: Any) -> None:
    with ticking.desk.engine.begin() as connection:
        work.mark(connection, "relate", ["1"], utc_now())
        work.claim(connection, "relate", utc_now(), 1, timedelta(minutes=1))
    assert not is_settled(ticking.desk)
    with pytest.raises(Retry, match="still due"):
        drain(ticking.desk, 0)


def test_sources_that_wait_for_their_host_are_polled_before_it_is_over(
    newsroom: Any, origin: Any
) -> None:
    for name in ("alpha", "beta", "gamma"):
        origin.serve(
            f"/{name}", f"<rss version='2.0'><channel><title>{name}</title></channel></rss>"
        )
        newsroom.source(name, url=f"{origin.url}/{name}")
    newsroom.execute("UPDATE source SET host = 'stranger.example'")
    settings = newsroom.desk.settings.model_copy(update={"host_gap_s": 0.05})
    desk = replace(newsroom.desk, settings=settings, clock=utc_now)
    newsroom.execute("UPDATE work SET run_at = now()")
    drain(desk, 30)
    assert len(origin.asked) == 3
