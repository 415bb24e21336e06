"""Feeds over raw ASGI: a poll that finds its feed in memory costs no database read."""

import gzip
from collections.abc import Callable, Iterable

import anyio
import anyio.to_thread
import sqlalchemy as sa
from starlette.types import Receive, Scope, Send

from feeds.store import feeds
from feeds.web import headers
from feeds.web.cache import FeedCache, Load, Version
from feeds.web.conditional import Asked, Decision, decide, http_date

PREFIX = "/feeds/"
_LONGEST_KEY = 300
_GZIP_LEVEL = 6
# Fewer than the pool has connections, so that cold feeds leave some to the pages.
_READERS = 4

Place = tuple[str, str]
Links = Callable[[str, str], str]  # of a feed's key and format, as `publish.links` writes them
RawHeaders = list[tuple[bytes, bytes]]
_ALWAYS = headers.ALWAYS | headers.OPEN | {"Access-Control-Expose-Headers": "ETag, Link"}
_PREFLIGHT = headers.OPEN | {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


class FeedServer:
    """Answers GET and HEAD below /feeds/."""

    def __init__(self, cache: FeedCache, links: Links) -> None:
        self._cache = cache
        self._links = links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        given: dict[bytes, bytes] = dict(scope["headers"])
        method = scope["method"]
        place = place_of(scope["path"])
        if method == "OPTIONS" and b"access-control-request-method" in given:
            await _send(send, 204, _PREFLIGHT, b"")
        elif method not in ("GET", "HEAD"):
            await _plain(send, method, 405, "Only GET and HEAD.", {"Allow": "GET, HEAD"})
        elif place is None or (version := await self._version(place)) is None:
            hint = "There is no feed here. /feeds.opml lists all feeds.\n"
            await _plain(send, method, 404, hint, {"Cache-Control": "no-cache"})
        else:
            links = self._links(*place)
            await _answer(send, method, place[1], version, _asked(given), links)

    async def _version(self, place: Place) -> Version | None:
        return self._cache.held(place) or await self._cache.get(place)


def place_of(path: str) -> Place | None:
    """Read a feed's key and format from its path; `None` when no feed can stand there."""
    key, _, name = path.removeprefix(PREFIX).rpartition(".")
    if not key or name not in headers.FEED_TYPES or len(key) > _LONGEST_KEY or "\0" in key:
        return None
    return key, name


def loader(engine: sa.Engine) -> Load:
    """Make the cache's way to the database: read and compressed in a thread."""
    limiter = anyio.CapacityLimiter(_READERS)

    async def load(key: str, name: str) -> Version | None:
        return await anyio.to_thread.run_sync(_read, engine, key, name, limiter=limiter)

    return load


def _read(engine: sa.Engine, key: str, name: str) -> Version | None:
    with engine.connect() as connection:
        found = feeds.file(connection, key, name)
    if found is None:
        return None
    return Version(
        body=found.body,
        zipped=gzip.compress(found.body, _GZIP_LEVEL, mtime=0),
        etag=found.etag,
        modified=found.modified_at,
        last_modified=http_date(found.modified_at),
    )


def _asked(given: dict[bytes, bytes]) -> Asked:
    return Asked(
        if_none_match=_text(given.get(b"if-none-match")),
        if_modified_since=_text(given.get(b"if-modified-since")),
        accept_encoding=_text(given.get(b"accept-encoding")),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


async def _answer(
    send: Send, method: str, name: str, version: Version, asked: Asked, links: str
) -> None:
    decision = decide(asked, version.etag, version.modified)
    named = _named(version, decision, links)
    if decision.not_modified:
        await _send(send, 304, named, b"")
        return
    body = version.zipped if decision.zipped else version.body
    named["Content-Type"] = headers.FEED_TYPES[name]
    named["Content-Length"] = str(len(body))
    if decision.zipped:
        named["Content-Encoding"] = "gzip"
    await _send(send, 200, named, b"" if method == "HEAD" else body)


def _named(version: Version, decision: Decision, links: str) -> dict[str, str]:
    return {
        "ETag": decision.etag,
        "Last-Modified": version.last_modified,
        "Cache-Control": headers.FEED_CACHE,
        "Vary": "Accept-Encoding",
        "Link": links,
    }


async def _plain(send: Send, method: str, status: int, text: str, more: dict[str, str]) -> None:
    body = text.encode()
    named = more | {"Content-Type": headers.TEXT, "Content-Length": str(len(body))}
    await _send(send, status, named, b"" if method == "HEAD" else body)


async def _send(send: Send, status: int, named: dict[str, str], body: bytes) -> None:
    raw = _raw((_ALWAYS | named).items())
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _raw(named: Iterable[tuple[str, str]]) -> RawHeaders:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named]
