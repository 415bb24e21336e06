"""Links: once accepted, each waits for its work, and says what it ended as."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Source
from feeds.store import links, work

URLS = ("https://a.example/", "https://b.example/")


def test_a_submitted_link_waits_and_is_due(connection: sa.Connection, noon: datetime) -> None:
    links.submit(connection, [*URLS, URLS[0]], None, noon)
    assert [one.status for one in links.find(connection, URLS)] == ["waiting", "waiting"]
    claimed = work.claim(connection, links.KIND, noon, 9, timedelta(minutes=1))
    assert claimed is not None
    assert claimed.keys == URLS


def test_submitting_nothing_is_allowed(connection: sa.Connection, noon: datetime) -> None:
    links.submit(connection, [], None, noon)
    assert links.find(connection, []) == []


def test_a_link_says_what_it_ended_as(
    connection: sa.Connection, noon: datetime, add_article: Callable[..., int]
) -> None:
    add_article(1)
    links.submit(connection, URLS, None, noon)
    links.settle(connection, {URLS[0]: ("new", "why", 1), URLS[1]: ("failed", "404", None)})
    found = [(one.status, one.why, one.article_id) for one in links.find(connection, URLS)]
    assert found == [("new", "why", 1), ("failed", "404", None)]


def test_submitting_again_starts_anew_and_keeps_the_source(
    connection: sa.Connection, noon: datetime, add_source: Callable[..., Source]
) -> None:
    source = add_source("alpha")
    links.submit(connection, URLS[:1], source.id, noon)
    links.settle(connection, {URLS[0]: ("failed", "404", None)})
    later = noon + timedelta(hours=1)
    links.submit(connection, URLS[:1], None, later)
    assert links.find(connection, URLS) == [
        links.Link(URLS[0], source.id, later, "waiting", None, None)
    ]
