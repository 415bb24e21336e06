import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.store.feeds import FeedFile
from feeds.web.cache import FeedCache, Place, Version
from feeds.web.serve import FeedServer, place_of
from feeds.web.versions import version_of

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/feeds/all.rss", ("all", "rss")),
        ("/feeds/section/nhan-quyen.atom", ("section/nhan-quyen", "atom")),
        ("/feeds/author/tran.van.a.json", ("author/tran.van.a", "json")),
        ("/feeds/all.xml", None),
        ("/feeds/all", None),
        ("/feeds/.rss", None),
        ("/feeds/", None),
        ("/feeds/a\0b.rss", None),
        ("/feeds/" + "a" * 400 + ".rss", None),
    ],
)
def test_a_path_names_a_key_and_a_format(path: str, place: tuple[str, str] | None) -> None:
    assert place_of(path) == (place and (*place, ""))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rss", "application/rss+xml; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
        ("json", "application/feed+json; charset=utf-8"),
    ],
)
def test_each_format_has_its_media_type(web: Any, name: str, kind: str) -> None:
    answer = web.ask(f"/feeds/section/nhan-quyen.{name}")
    assert answer.status == 200
    assert answer.headers["content-type"] == kind
    assert answer.body == b"<rss>section</rss>" * 200


def test_a_feed_may_be_kept_a_minute_and_read_from_anywhere(web: Any) -> None:
    headers = web.ask("/feeds/all.rss").headers
    assert headers["cache-control"] == (
        "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
    )
    assert headers["access-control-allow-origin"] == "*"
    assert headers["vary"] == "Accept-Encoding, A-IM"
    assert headers["accept-ranges"] == "none"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["last-modified"] == "Mon, 02 Mar 2026 05:00:00 GMT"
    assert "set-cookie" not in headers


def test_an_unchanged_poll_gets_an_empty_304_with_its_validators(web: Any) -> None:
    first = web.ask("/feeds/all.rss")
    again = web.ask("/feeds/all.rss", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "cache-control", "vary", "last-modified"):
        assert again.headers[name] == first.headers[name]


def test_gzip_gives_the_same_bytes_under_another_tag(web: Any) -> None:
    plain = web.ask("/feeds/all.rss")
    zipped = web.ask("/feeds/all.rss", Accept_Encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["etag"] == plain.headers["etag"][:-1] + '-gz"'
    assert web.ask("/feeds/all.rss", Accept_Encoding="gzip;q=0").body == plain.body


def test_head_says_what_get_says_without_the_body(web: Any) -> None:
    get, head = web.ask("/feeds/all.rss"), web.ask("/feeds/all.rss", "HEAD")
    assert head.body == b""
    names = ("etag", "content-length", "content-type", "last-modified")
    assert [head.headers[name] for name in names] == [get.headers[name] for name in names]


def test_a_missing_feed_is_a_404_that_says_where_all_feeds_are(web: Any) -> None:
    answer = web.ask("/feeds/section/nowhere.rss")
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert "/feeds.opml" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(web: Any, method: str) -> None:
    answer = web.ask("/feeds/all.rss", method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_browser_script_may_ask_conditionally(web: Any) -> None:
    answer = web.ask("/feeds/all.json", "OPTIONS", Access_Control_Request_Method="GET")
    assert answer.status == 204
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


def test_a_warm_poll_asks_the_database_nothing(web: Any, wait_for: Callable[..., None]) -> None:
    asked: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *_: object) -> None:
        asked.append(statement)

    def is_warm() -> bool:
        asked.clear()
        return web.ask("/feeds/all.atom").status == 200 and not asked

    sa.event.listen(web.engine, "before_cursor_execute", note)
    try:
        wait_for(is_warm)  # the server may not have begun to listen
        tag = web.ask("/feeds/all.atom").headers["etag"]
        assert web.ask("/feeds/all.atom", If_None_Match=tag).status == 304
        assert web.ask("/feeds/all.atom", Accept_Encoding="gzip").status == 200
        assert asked == []
    finally:
        sa.event.remove(web.engine, "before_cursor_execute", note)


async def test_while_the_database_is_away_who_asks_for_a_part_gets_the_whole() -> None:
    away = sa.create_engine("postgresql+psycopg://x@127.0.0.1:1/x")
    held = FeedFile('"new"', NOW, b"<x>", (b"i",), b"</x>", b"", (1,), (b"m" * 12,))

    async def load(place: Place) -> Version:
        return version_of(held)

    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    named = [(b"a-im", b"feed"), (b"if-none-match", b'"old"')]
    scope = {"path": "/feeds/all.rss", "query_string": b"", "method": "GET", "headers": named}
    await FeedServer(FeedCache(load, time.monotonic), away)(scope, None, send)  # type: ignore[arg-type]
    assert [one.get("status", one.get("body")) for one in said] == [200, b"<x>i</x>"]
