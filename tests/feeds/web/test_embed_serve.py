import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.store import aliases, feeds, sources
from feeds.web.cache import FeedCache, Place, Version
from feeds.web.embed_serve import EmbedServer, Listeners, place_of

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # where the clock of this room stands


@pytest.mark.parametrize(
    ("path", "query", "place"),
    [
        ("/embed/all", b"", Place("all", "frame?")),
        ("/embed/all", b"theme=auto&count=5&x=1", Place("all", "frame?")),
        ("/embed/all", b"theme=dark&count=3", Place("all", "frame?count=3&theme=dark")),
        ("/embed/all", b"count=3&theme=dark", Place("all", "frame?count=3&theme=dark")),
        ("/embed/all.html", b"count=3&theme=dark", Place("all", "html?count=3")),
        ("/embed/all.json", b"layout=compact", Place("all", "json?")),
        ("/embed/", b"", None),
        ("/embed/a\0", b"", None),
        ("/embed/" + "a" * 301, b"", None),
    ],
)
def test_an_address_however_written_is_one_place(
    path: str, query: bytes, place: Place | None
) -> None:
    assert place_of(path, query) == place


def _version(body: bytes) -> Version:
    return Version(body, '"x"', None, "")


async def _nowhere(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("left to others")


async def _said(server: EmbedServer, path: str, query: bytes = b"") -> list[Any]:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"path": path, "query_string": query, "method": "GET", "headers": []}
    await server(scope, lambda: None, send)  # type: ignore[arg-type,return-value]
    return said


async def _status(server: EmbedServer) -> int:
    return int((await _said(server, "/embed/all"))[0]["status"])


async def test_a_changed_feed_takes_all_its_embeds_along() -> None:
    read: list[Place] = []

    async def load(place: Place) -> Version:
        read.append(place)
        return _version(place.key.encode())

    cache = FeedCache(load, time.monotonic)
    Listeners(cache).believe(True)
    places = [Place("all", "frame?"), Place("all", "json?count=3"), Place("topic/x", "frame?")]
    for place in places * 2:
        await cache.get(place)
    assert read == places
    Listeners(cache).drop("all")
    assert [cache.held(place) is None for place in places] == [True, True, False]


async def test_while_the_database_is_away_the_last_content_is_shown() -> None:
    at = [0.0]
    away = [False]

    async def load(place: Place) -> Version:
        if away[0]:
            raise sa.exc.OperationalError("SELECT", {}, Exception("away"))
        return _version(b"news")

    server = EmbedServer(FeedCache(load, lambda: at[0]), _nowhere)
    assert await _status(server) == 200
    at[0], away[0] = 100.0, True
    assert await _status(server) == 200


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/embed/all", b"text/html; charset=utf-8"),
        ("/embed/all.html", b"text/plain; charset=utf-8"),
        ("/embed/all.json", b"application/json; charset=utf-8"),
    ],
)
async def test_what_was_never_drawn_is_quiet_while_the_database_is_away(
    path: str, content_type: bytes
) -> None:
    async def load(place: Place) -> Version:
        raise sa.exc.OperationalError("SELECT", {}, Exception("away"))

    server = EmbedServer(FeedCache(load, time.monotonic), _nowhere)
    start, body = await _said(server, path, b"lang=en")
    named = dict(start["headers"])
    assert (start["status"], named[b"cache-control"], named[b"retry-after"]) == (
        503,
        b"no-store",
        b"5",
    )
    assert named[b"content-type"] == content_type
    assert b"The news can't be shown" in body["body"]
    assert b"<script" not in body["body"]
    if path == "/embed/all":
        assert b"frame-ancestors *" in named[b"content-security-policy"]
    else:
        assert named[b"access-control-allow-origin"] == b"*"


@pytest.mark.parametrize("path", ["/embed/all.json", "/embed/all.html"])
def test_a_script_of_another_site_may_ask_conditionally(web: Any, path: str) -> None:
    asked = web.ask(path, "OPTIONS", Access_Control_Request_Method="GET")
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in asked.headers["access-control-allow-headers"]
    answer = web.ask(path)
    assert answer.headers["access-control-expose-headers"] == "ETag"
    again = web.ask(path, If_None_Match=answer.headers["etag"])
    assert (again.status, again.headers["access-control-allow-origin"]) == (304, "*")
    assert web.ask("/embed/all", "OPTIONS", Access_Control_Request_Method="GET").status == 405


async def test_a_frames_last_content_is_told_believed_or_not() -> None:
    read: list[Place] = []

    async def load(place: Place) -> Version | None:
        read.append(place)
        return None if place.key == "gone" else _version(b"news %d" % len(read))

    cache = FeedCache(load, time.monotonic)
    server = EmbedServer(cache, _nowhere)
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    def scope(path: str) -> Any:
        return {"path": path, "query_string": b"", "method": "GET", "headers": []}

    assert await server.last(scope("/embed/all"), send)
    cache.drop("all")
    assert cache.held(Place("all", "frame?")) is None
    assert await server.last(scope("/embed/all"), send)
    assert [one["body"] for one in said if "body" in one] == [b"news 1"] * 2
    assert not await server.last(scope("/embed/gone"), send)
    assert not await server.last(scope("/embed/all.json"), send)
    assert [place.key for place in read] == ["all", "gone"]


def test_a_warm_embed_is_not_read_again_and_answers_304(web: Any, wait_for: Any) -> None:
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    def is_warm() -> bool:
        statements.clear()
        return web.ask("/embed/all?count=6&theme=dark").status == 200 and not statements

    sa.event.listen(web.engine, "before_cursor_execute", note)
    try:
        wait_for(is_warm)  # the server may not have begun to listen
        tag = web.ask("/embed/all?count=6&theme=dark").headers["etag"]
        again = web.ask("/embed/all?theme=dark&count=6&utm=x", If_None_Match=tag)
    finally:
        sa.event.remove(web.engine, "before_cursor_execute", note)
    assert (again.status, again.body, statements) == (304, b"", [])


def test_an_embed_is_zipped_for_those_who_take_it(web: Any) -> None:
    plain = web.ask("/embed/all")
    zipped = web.ask("/embed/all", Accept_Encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["etag"] != plain.headers["etag"]


def test_head_has_no_body_and_post_is_refused(web: Any) -> None:
    head = web.ask("/embed/all", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(web.ask("/embed/all").body)
    assert web.ask("/embed/all", "POST").status == 405


def test_a_published_feed_renews_its_embeds(web: Any, stock: Any) -> None:
    stock.source("moi", "Báo mới")
    stock.article("renew-1", "Tin thứ nhất", by="moi", section=None, minutes=99_000)
    assert "Tin thứ nhất" in web.ask("/embed/source/moi").text
    stock.article("renew-2", "Tin thứ hai", by="moi", section=None, minutes=98_000)
    stock.feed("source/moi", b"<rss>renewed</rss>")
    deadline = time.monotonic() + 60
    while "Tin thứ hai" not in web.ask("/embed/source/moi").text:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("old", ["section/ten-cu", "author/ten-cu"])
def test_an_embed_of_a_renamed_feed_leads_to_where_it_is(web: Any, stock: Any, old: str) -> None:
    """Also where what it was named after is still there, as authors are whose articles are."""
    stock.article(f"of-{old}", "Bài cũ", authors=("ten-cu",), section=None, minutes=97_000)
    with stock.engine.begin() as connection:
        aliases.rename(connection, old, "section/nhan-quyen")
    answer = web.ask(f"/embed/{old}?count=3")
    assert (answer.status, answer.headers["location"]) == (
        302,
        "/embed/section/nhan-quyen?count=3",
    )


def test_a_removed_sources_embed_goes_with_its_feed(
    web: Any, stock: Any, wait_for: Callable[..., None]
) -> None:
    stock.source("het-bao", "Báo đã nghỉ")
    stock.article("het-1", "Tin cuối", by="het-bao", section=None, minutes=96_000)
    stock.feed("source/het-bao", b"<rss>last</rss>")
    paths = ["/embed/source/het-bao", "/embed/source/het-bao.html", "/embed/source/het-bao.json"]
    assert [web.ask(path).status for path in paths] == [200] * 3
    asked = f"/oembed?url={web.url}/source/het-bao"
    assert web.ask(asked).status == 200
    with stock.engine.begin() as connection:
        sources.remove(connection, "het-bao", NOW)
        feeds.retire(connection, ["source/het-bao"], NOW)  # as the build does that is asked for
    wait_for(lambda: web.ask(paths[0]).status == 404)
    assert [web.ask(path).status for path in paths] == [404] * 3
    assert web.ask(asked).status == 404
    assert web.ask("/source/het-bao").status == 200  # its articles are kept, and lead there
