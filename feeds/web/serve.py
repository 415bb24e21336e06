"""Feeds over raw ASGI: a poll that finds its feed in memory costs no database read."""

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

import anyio.to_thread
import sqlalchemy as sa
import structlog
from starlette.types import Message, Receive, Scope, Send

from feeds.publish.coding import CODINGS, encode
from feeds.web import headers
from feeds.web.cache import FeedCache, Place, RawHeaders, Version
from feeds.web.choice import read_query
from feeds.web.conditional import Asked, choose_coding, decide, tag_of, tags_in
from feeds.web.drawn import only
from feeds.web.versions import past_of

PREFIX = "/feeds/"
_LONGEST_KEY = 300
_CODINGS = tuple(CODINGS)
_ALWAYS = (
    headers.ALWAYS
    | headers.OPEN
    | {"Access-Control-Expose-Headers": "ETag, Link", "Accept-Ranges": "none"}
)
_PREFLIGHT = headers.OPEN | {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, A-IM",
    "Access-Control-Max-Age": "86400",
}
_EMPTY: Message = {"type": "http.response.body", "body": b""}
_VARY = "Accept-Encoding, A-IM"
_NO_FEED = "There is no feed here. /feeds.opml lists all feeds.\n"
_log = structlog.get_logger()


class FeedServer:
    """Answers GET and HEAD below /feeds/."""

    def __init__(self, cache: FeedCache, engine: sa.Engine) -> None:
        self._cache = cache
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; most are settled without looking further than their headers."""
        quick = self._quick(scope)
        if quick is not None:
            await send(quick[0])
            await send(quick[1])
            return
        given: dict[bytes, bytes] = dict(scope["headers"])
        method = scope["method"]
        if method == "OPTIONS" and b"access-control-request-method" in given:
            await _send(send, 204, _PREFLIGHT, b"")
        elif method not in ("GET", "HEAD"):
            await _plain(send, method, 405, "Only GET and HEAD.", {"Allow": "GET, HEAD"})
        else:
            await self._find(scope, given, method, send)

    def _quick(self, scope: Scope) -> tuple[Message, Message] | None:
        """Settle a GET of what is held, whole or known to the reader; `None` for all else."""
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        place = place_of(scope["path"])
        version = None if place is None else self._cache.held(place)
        if place is None or version is None or version.status != 200:
            return None
        accepted = held = None
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accepted = value
            elif name == b"if-none-match":
                held = value
            elif name in (b"if-modified-since", b"a-im"):
                return None
        coding = None if accepted is None else coding_for(accepted)
        if held is None:
            return _message(place.name, version, coding)
        etag = tag_of(version.etag, coding)
        if held != etag.encode("latin-1"):
            return None
        raw = _named(place.name, version, coding, 304, etag)
        return {"type": "http.response.start", "status": 304, "headers": raw}, _EMPTY

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
        if version.past is None:
            version.past = await anyio.to_thread.run_sync(past_of(self._engine, place.key))
        known = next((version.past[tag] for tag in held if tag in version.past), None)
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


def _message(name: str, version: Version, coding: str | None) -> tuple[Message, Message] | None:
    """Make the whole answer, unless it has to be compressed first."""
    body = version.body if coding is None else version.coded.get(coding)
    if body is None:
        return None
    raw = _named(name, version, coding, 200, tag_of(version.etag, coding))
    start = {"type": "http.response.start", "status": 200, "headers": raw}
    return start, {"type": "http.response.body", "body": body}


async def _whole(
    name: str, version: Version, given: dict[bytes, bytes], method: str, send: Send
) -> None:
    accepted = given.get(b"accept-encoding")
    coding = None if accepted is None else coding_for(accepted)
    held = given.get(b"if-none-match")
    since = given.get(b"if-modified-since")
    etag = tag_of(version.etag, coding)
    is_held = False
    if held is not None or since is not None:
        asked = Asked(_text(held), _text(since), _text(accepted))
        decision = decide(asked, version.etag, version.modified, codings=_CODINGS)
        is_held, etag = decision.not_modified, decision.etag
    if is_held:
        await _raw_send(send, 304, _named(name, version, coding, 304, etag), b"")
        return
    body = version.body if coding is None else await coded(version, coding)
    raw = _named(name, version, coding, 200, etag)
    await _raw_send(send, 200, raw, b"" if method == "HEAD" else body)


@lru_cache(maxsize=256)
def coding_for(accepted: bytes) -> str | None:
    """Choose the coding that a reader gets; `None`: none at all."""
    return choose_coding(accepted.decode("latin-1"), _CODINGS)


def _named(name: str, version: Version, coding: str | None, status: int, etag: str) -> RawHeaders:
    """Write the headers of an answer, once for all who ask alike."""
    of = (status, coding if status == 200 else etag)
    found = version.raw.get(of)
    if found is None:
        found = version.raw[of] = _raw(_fields(name, version, coding, status, etag).items())
    return found


def _fields(
    name: str, version: Version, coding: str | None, status: int, etag: str
) -> dict[str, str]:
    named = headers.OPEN | {
        "ETag": etag,
        "Last-Modified": version.last_modified,
        "Cache-Control": headers.FEED_CACHE,
        "Vary": _VARY,
    }
    if status != 200:
        return named  # the rest is with the reader (RFC 9110 §15.4.5), and each line costs time
    if version.links:
        named["Link"] = version.links
    body = version.body if coding is None else version.coded[coding]
    named |= {"Content-Type": headers.FEED_TYPES[name], "Content-Length": str(len(body))}
    named |= {} if coding is None else {"Content-Encoding": coding}
    return _ALWAYS | named


async def coded(version: Version, coding: str) -> bytes:
    """Compress a version when the first reader asks for it so, for all; in a thread."""
    found = version.coded.get(coding)
    if found is None:
        task = version.coding.get(coding)
        if task is None:
            task = asyncio.ensure_future(anyio.to_thread.run_sync(encode, coding, version.body))
            version.coding[coding] = task
        found = version.coded[coding] = await asyncio.shield(task)
    return found


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


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
