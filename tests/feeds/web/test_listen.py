from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

_LISTENING = sa.text(
    "SELECT pid FROM pg_stat_activity"
    " WHERE application_name = 'tinwire-web' AND datname = current_database()"
)


def _listeners(engine: sa.Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(_LISTENING))


def test_a_republished_feed_is_served_as_soon_as_it_is_committed(
    web: Any, stock: Any, wait_for: Callable[..., None]
) -> None:
    stock.feed("topic/mot", b"first")
    assert web.ask("/feeds/topic/mot.rss").body == b"first"
    stock.feed("topic/mot", b"second")
    wait_for(lambda: web.ask("/feeds/topic/mot.rss").body == b"second", 10)
    later = web.ask("/feeds/topic/mot.rss").headers["last-modified"]
    assert later == "Mon, 02 Mar 2026 05:00:01 GMT"


def test_feeds_stay_true_after_the_listening_connection_was_cut(
    web: Any, stock: Any, wait_for: Callable[..., None]
) -> None:
    stock.feed("topic/hai", b"first")
    assert web.ask("/feeds/topic/hai.rss").body == b"first"
    wait_for(lambda: _listeners(web.engine))
    before = _listeners(web.engine)
    with web.engine.connect() as connection:
        for pid in before:
            connection.execute(sa.select(sa.func.pg_terminate_backend(pid)))
    stock.feed("topic/hai", b"second")
    wait_for(lambda: web.ask("/feeds/topic/hai.rss").body == b"second", 20)
    wait_for(lambda: set(_listeners(web.engine)) - set(before), 20)
    stock.feed("topic/hai", b"third")
    wait_for(lambda: web.ask("/feeds/topic/hai.rss").body == b"third", 10)


def test_a_new_feed_is_found_though_it_was_missed_before(
    web: Any, stock: Any, wait_for: Callable[..., None]
) -> None:
    assert web.ask("/feeds/topic/ba.rss").status == 404
    stock.feed("topic/ba", b"there")
    wait_for(lambda: web.ask("/feeds/topic/ba.rss").status == 200, 10)
