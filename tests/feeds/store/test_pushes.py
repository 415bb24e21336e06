"""Pushes: kept as they came, until they are read."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Source
from feeds.store import pushes, sources, work

BODY = b"\x00\xff<rss/>"


def test_an_accepted_push_is_kept_as_it_came_and_marked(
    connection: sa.Connection, add_source: Callable[..., Source], noon: datetime
) -> None:
    source_id = add_source("alpha").id
    pushes.accept(connection, source_id, "https://alpha.example/rss", "text/xml", BODY, noon)
    claimed = work.claim(connection, pushes.KIND, noon, 9, timedelta(minutes=1))
    assert claimed is not None
    (found,) = pushes.find(connection, map(int, claimed.keys))
    assert (found.source_id, found.url, found.content_type, found.body, found.received_at) == (
        source_id,
        "https://alpha.example/rss",
        "text/xml",
        BODY,
        noon,
    )
    assert found.is_wanted
    assert pushes.waiting(connection, [source_id, source_id + 1]) == {source_id}
    pushes.drop(connection, [found.id])
    assert pushes.find(connection, [found.id]) == []
    assert pushes.waiting(connection, [source_id]) == set()


def test_a_push_knows_that_its_source_is_read_no_more(
    connection: sa.Connection, add_source: Callable[..., Source], noon: datetime
) -> None:
    source_id = add_source("alpha").id
    pushes.accept(connection, source_id, "https://alpha.example/rss", "", BODY, noon)
    sources.remove(connection, "alpha", noon)
    (key,) = connection.scalars(sa.text("SELECT id FROM push"))
    (found,) = pushes.find(connection, [key])
    assert not found.is_wanted
