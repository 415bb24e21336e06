"""Feeds over raw ASGI: a poll that finds its feed in memory costs no database read.

Nearly all polls don't even come so far: what they get is written already (`FeedServer.at_once`).
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from urllib.parse import quote, unquote

import anyio.to_thread
import sqlalchemy as sa
import structlog
from starlette.types import Receive, Scope, Send

from feeds.web import headers
from feeds.web.cache import FeedCache, Place, RawHeaders, Settled, Version, Wish, Written
from feeds.web.choice import read_query
from feeds.web.conditional import tags_in
from feeds.web.drawn import only
from feeds.web.versions import past_of
from feeds.web.written import at_once, body_of, settle, wish_in

PREFIX = "/feeds/"
_LONGEST_KEY = 300
_ALWAYS = (
    headers.ALWAYS
    | headers.OPEN
    | {"Access-Control-Expose-Headers": "ETag, Link", "Accept-Ranges": "none"}
)
_PREFLIGHT = headers.preflight("If-None-Match, If-Modified-Since, A-IM")
_VARY = "Accept-Encoding, A-IM"
_NO_FEED = "There is no feed here. /feeds.opml lists all feeds.\n"
_log = structlog.get_logger()


class FeedServer:
    """Answers GET and HEAD below /feeds/."""

    def __init__(self, cache: FeedCache, engine: sa.Engine) -> None:
        self._cache = cache
        self._engine = engine

    def at_once(self, target: bytes, wish: Wish) -> Written | None:
        """Settle a GET of what is held; `None` for all else, which is answered by `__call__`."""
        place = place_at(target)
        version = None if place is None else self._cache.held(place)
        if place is None or version is None or version.status != 200:
            return None
        return at_once(version, wish, partial(_named, place.name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        given: dict[bytes, bytes] = dict(scope["headers"])
        method = scope["method"]
        if method == "OPTIONS" and b"access-control-request-method" in given:
            await _send(send, 204, _PREFLIGHT, b"")
        elif method not in ("GET", "HEAD"):
            await _plain(send, method, 405, "Only GET and HEAD.", {"Allow": "GET, HEAD"})
        else:
            await self._find(scope, given, method, send)

    async def _find(self, scope: Scope, given: dict[bytes, bytes], method: str, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        spelling = read_query(query).spelling if query else ""
        place = place_of(scope["path"], spelling)
        if place is None:
            await _plain(send, method, 404, _NO_FEED, {"Cache-Control": "no-cache"})
        elif spelling != query:
            await _moved(send, method, place.key, place)
        else:
            await self._answer(place, given, method, send)

    async def _answer(
        self, place: Place, given: dict[bytes, bytes], method: str, send: Send
    ) -> None:
        try:
            version = self._cache.held(place) or await self._cache.get(place)
        except (sa.exc.SQLAlchemyError, OSError) as exc:
            _log.warning("feed_unread", key=place.key, why=str(exc).splitlines()[:1])
            wait = {"Retry-After": "5", "Cache-Control": "no-store"}
            await _plain(send, method, 503, "The feed can't be read now.\n", wait)
            return
        if version is None:
            await _plain(send, method, 404, _NO_FEED, {"Cache-Control": "no-cache"})
        elif version.status == 301:
            await _moved(send, method, version.moved_to, place)
        elif version.status == 410:
            kept = {"Cache-Control": headers.FEED_CACHE}
            await _plain(send, method, 410, version.body.decode(), kept)
        elif b"a-im" in given and await self._part(place, version, given, method, send):
            return
        else:
            await _whole(place.name, version, given, method, send)

    async def _part(
        self,
        place: Place,
        version: Version,
        given: dict[bytes, bytes],
        method: str,
        send: Send,
    ) -> bool:
        """Send only what came since the reader's version (RFC 3229); tells whether it could."""
        held = tags_in(given.get(b"if-none-match", b"").decode("latin-1"))
        if not _asks_for_part(given[b"a-im"]) or version.parts is None or place.query:
            return False
        if not held or version.etag in held:
            return False
        past = await self._past(version, place.key)
        known = next((past[tag] for tag in held if tag in past), None)
        if known is None:
            return False
        part = only(version.parts, [mark not in known for mark in version.parts.marks])
        body = part.body
        named = {
            "ETag": version.etag,
            "IM": "feed",
            "Last-Modified": version.last_modified,
            "Cache-Control": headers.PART_CACHE,
            "Vary": f"{_VARY}, If-None-Match",
            "Content-Type": headers.FEED_TYPES[place.name],
            "Content-Length": str(len(body)),
        }
        await _send(send, 226, named, b"" if method == "HEAD" else body)
        return True

    async def _past(self, version: Version, key: str) -> Mapping[str, frozenset[bytes]]:
        """Read once a version what the feed held before; nothing, while it can't be read."""
        if version.past is None:
            try:
                version.past = await anyio.to_thread.run_sync(past_of(self._engine, key))
            except (sa.exc.SQLAlchemyError, OSError) as exc:
                _log.warning("past_unread", key=key, why=str(exc).splitlines()[:1])
                return {}
        return version.past


@lru_cache(maxsize=4096)
def place_at(target: bytes) -> Place | None:
    """Read which feed a request's target means, if it is spelt as feeds' addresses are."""
    if not target.isascii() or b"#" in target:
        return None
    path, _, query = target.decode().partition("?")
    return place_of(unquote(path), query) if read_query(query).spelling == query else None


@lru_cache(maxsize=4096)
def place_of(path: str, query: str = "") -> Place | None:
    """Read a feed's key and format from its path; `None` when no feed can stand there."""
    key, _, name = path.removeprefix(PREFIX).rpartition(".")
    if not key or name not in headers.FEED_TYPES or len(key) > _LONGEST_KEY or "\0" in key:
        return None
    return Place(key, name, query)


def _asks_for_part(header: bytes) -> bool:
    wanted = [part.partition(b";") for part in header.lower().split(b",")]
    return any(
        name.strip() == b"feed" and weight.replace(b" ", b"") not in (b"q=0", b"q=0.0")
        for name, _, weight in wanted
    )


async def _whole(
    name: str, version: Version, given: dict[bytes, bytes], method: str, send: Send
) -> None:
    settled = settle(version, wish_in(given))
    body = await body_of(version, settled)
    raw = _named(name, version, settled)
    await _raw_send(send, settled.status, raw, b"" if method == "HEAD" else body)


def _named(name: str, version: Version, settled: Settled) -> RawHeaders:
    """Write the headers of an answer, once for all who ask alike."""
    found = version.raw.get(settled)
    if found is None:
        found = version.raw[settled] = _raw(_fields(name, version, settled).items())
    return found


def _fields(name: str, version: Version, settled: Settled) -> dict[str, str]:
    named = headers.OPEN | {
        "ETag": settled.etag,
        "Cache-Control": headers.FEED_CACHE,
        "Vary": _VARY,
    }
    if version.last_modified:  # archive pages have none
        named["Last-Modified"] = version.last_modified
    if settled.status != 200:
        return named  # the rest is with the reader (RFC 9110 §15.4.5), and each line costs time
    if version.links:
        named["Link"] = version.links
    coding = settled.coding
    body = version.body if coding is None else version.coded[coding]
    named |= {"Content-Type": headers.FEED_TYPES[name], "Content-Length": str(len(body))}
    named |= {} if coding is None else {"Content-Encoding": coding}
    return _ALWAYS | named


async def _moved(send: Send, method: str, key: str, place: Place) -> None:
    where = f"{PREFIX}{key}.{place.name}" + (f"?{place.query}" if place.query else "")
    named = {"Location": _quoted(where), "Cache-Control": headers.AN_HOUR}
    await _plain(send, method, 301, "The feed is elsewhere.\n", named)


def _quoted(path: str) -> str:
    return quote(path, safe="/?=&:")


async def _plain(send: Send, method: str, status: int, text: str, more: dict[str, str]) -> None:
    body = text.encode()
    named = more | {"Content-Type": headers.TEXT, "Content-Length": str(len(body))}
    await _send(send, status, named, b"" if method == "HEAD" else body)


async def _send(send: Send, status: int, named: dict[str, str], body: bytes) -> None:
    await _raw_send(send, status, _raw((_ALWAYS | named).items()), body)


async def _raw_send(send: Send, status: int, raw: RawHeaders, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _raw(named: Iterable[tuple[str, str]]) -> RawHeaders:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named]
