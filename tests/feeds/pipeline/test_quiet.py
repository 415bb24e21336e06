"""Quiet: a host that answers to come back later is left alone, whatever it was asked for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from feeds.pipeline.run import run
from feeds.store import links

QUIET = {"Retry-After": "600"}


@pytest.fixture
def strange(origin: Any) -> str:
    """The origin under another name."""
    return str(origin.url).replace("127.0.0.1", "localhost")


@pytest.fixture
def closed(newsroom: Any) -> Callable[[], list[str]]:
    """List the hosts that are left alone for the time that was asked for."""

    def find() -> list[str]:
        then = newsroom.watch.now + timedelta(seconds=600)
        rows = newsroom.rows("SELECT name FROM host WHERE closed_until >= :then", then=then)
        return [row.name for row in rows]

    return find


def test_where_a_source_is_sent_on_the_one_that_answers_is_closed(
    newsroom: Any, origin: Any, strange: str, closed: Any
) -> None:
    origin.serve("/old", "", status=302, Location=f"{strange}/busy")
    origin.serve("/busy", "", status=429, **QUIET)
    newsroom.source("alpha", url=f"{origin.url}/old")
    run(newsroom.desk, "poll")
    assert closed() == ["localhost"]
    (row,) = newsroom.rows("SELECT run_at FROM work WHERE kind = 'poll'")
    assert row.run_at >= newsroom.watch.now + timedelta(seconds=600), "it leads there"


def test_a_guess_where_a_feed_might_be(
    newsroom: Any, origin: Any, strange: str, closed: Any
) -> None:
    origin.serve("/page", "<html><head></head><p>Hello</html>", "text/html")
    origin.serve("/rss", "", status=429, **QUIET)
    newsroom.source("alpha", url=f"{strange}/page")
    run(newsroom.desk, "poll")
    assert closed() == ["localhost"]


def test_a_part_of_a_sitemap(newsroom: Any, origin: Any, strange: str, closed: Any) -> None:
    part = f"<sitemap><loc>{strange}/part.xml</loc></sitemap>"
    origin.serve("/map.xml", f"<sitemapindex>{part}</sitemapindex>")
    origin.serve("/part.xml", "", status=503, **QUIET)
    newsroom.source("alpha", url=f"{origin.url}/map.xml")
    run(newsroom.desk, "poll")
    assert closed() == ["localhost"]


def test_robots_txt(newsroom: Any, origin: Any, strange: str, closed: Any) -> None:
    origin.serve("/robots.txt", "", "text/plain", status=429, **QUIET)
    with newsroom.desk.engine.begin() as connection:
        links.submit(connection, [f"{strange}/a"], None, newsroom.watch.now)
    run(newsroom.desk, "ingest")
    assert closed() == ["localhost"]


def test_a_hub(followed: Any, hub: Any, closed: Any) -> None:
    hub.status, hub.headers = 429, QUIET
    followed.serve("a")
    followed.poll()
    assert closed() == ["127.0.0.1"]
