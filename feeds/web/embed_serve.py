"""Embeds over raw ASGI, from memory: a warm one costs neither a database read nor a template."""

from collections.abc import Mapping
from functools import lru_cache, partial
from itertools import product
from urllib.parse import parse_qsl, quote, unquote

import anyio
import anyio.to_thread
import orjson
import sqlalchemy as sa
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from feeds.publish.etag import etag
from feeds.web import embed, headers
from feeds.web.cache import FeedCache, Load, Place, RawHeaders, Settled, Version, Wish, Written
from feeds.web.drawn import Elsewhere
from feeds.web.embed import LAYOUTS, LONGEST_KEY, MOST, THEMES, Kind, Look
from feeds.web.front import Front
from feeds.web.listen import Listener
from feeds.web.messages import CATALOGUE
from feeds.web.written import at_once, body_of, settle, wish_in

PREFIX = "/embed/"
BUDGET_BYTES = 32 * 2**20
_CACHE = "public, max-age=60, stale-while-revalidate=300"
_READERS = 2
_LONGEST_QUERY = 200
_KINDS: dict[str, Kind] = {"html": "html", "json": "json"}
_TYPES = {"frame": headers.HTML, "html": headers.HTML, "json": headers.JSON}
_log = structlog.get_logger()


def _variants() -> dict[str, tuple[Kind, Look]]:
    """Name every way in which one feed can be embedded; there are few enough to try them all."""
    frames = [
        Look(count, theme, language, layout)  # type: ignore[arg-type]
        for count, theme, language, layout in product(
            range(1, MOST + 1), THEMES, CATALOGUE, LAYOUTS
        )
    ]
    kinds: tuple[Kind, ...] = ("frame", "html", "json")
    return {
        _variant(kind, look): (kind, embed.canonical(kind, look))
        for kind, look in product(kinds, frames)
    }


def _variant(kind: Kind, look: Look) -> str:
    return f"{kind}?{embed.canonical(kind, look).query()}"


_VARIANTS = _variants()


class Listeners:
    """Several who want to hear of changed feeds, as one."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def drop(self, key: str) -> None:
        """Pass on that a feed changed."""
        for one in self._listeners:
            one.drop(key)

    def believe(self, told: bool) -> None:
        """Pass on whether changes are heard of."""
        for one in self._listeners:
            one.believe(told)


class EmbedServer:
    """Answers GET and HEAD below /embed/; leaves the rest, and feeds that aren't, to `other`.

    While the database can't be asked, what was shown last is shown on: old news in somebody else's
    page is better than our error there.
    """

    def __init__(self, cache: FeedCache, other: ASGIApp) -> None:
        self._cache = cache
        self._other = other

    def at_once(self, target: bytes, wish: Wish) -> Written | None:
        """Settle a GET of what is held; `None` for all else, which is answered by `__call__`."""
        place = place_at(target)
        version = None if place is None else self._cache.held(place)
        if place is None or version is None or version.status != 200:
            return None
        kind = _VARIANTS[place.name][0]
        return at_once(version, wish, partial(_named, kind))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        place = place_of(scope["path"], scope["query_string"])
        if place is not None and scope["method"] in ("GET", "HEAD"):
            await self._show(place, scope, receive, send)
        elif place is not None and _asks_first(place, scope):
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._other(scope, receive, send)

    async def _show(self, place: Place, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            version = self._cache.held(place) or await self._cache.get(place)
        except (sa.exc.SQLAlchemyError, OSError) as exc:
            _log.warning("embed_unread", key=place.key, why=str(exc).splitlines()[:1])
            await _away(scope, send, *_VARIANTS[place.name])
            return
        if version is None:
            await self._other(scope, receive, send)
        elif version.status != 200:
            await _lead(scope, send, place.key, version.moved_to)
        else:
            await _answer(scope, send, _VARIANTS[place.name][0], version)

    async def last(self, scope: Scope, send: Send) -> bool:
        """Show a frame as it was last drawn, and draw it only where it never was.

        Tells whether it answered: not for other kinds of embeds, nor feeds that aren't.
        """
        place = place_of(scope["path"], scope["query_string"])
        if place is None or _VARIANTS[place.name][0] != "frame":
            return False
        version = self._cache.last(place) or await self._cache.get(place)
        if version is not None and version.status != 200:
            place = place._replace(key=version.moved_to)
            version = self._cache.last(place) or await self._cache.get(place)
        if version is None or version.status != 200:
            return False
        await _answer(scope, send, "frame", version)
        return True


@lru_cache(4096)
def place_at(target: bytes) -> Place | None:
    """Read which embed a request's target means, if it is spelt as addresses are."""
    if not target.isascii() or b"#" in target:
        return None
    path, _, query = target.partition(b"?")
    return place_of(unquote(path.decode()), query)


@lru_cache(4096)
def place_of(path: str, query: bytes) -> Place | None:
    """Read which embed an address means; however it is written, the same look is one place."""
    key = path.removeprefix(PREFIX)
    stem, _, ending = key.rpartition(".")
    kind: Kind = "frame"
    if stem and ending in _KINDS:
        key, kind = stem, _KINDS[ending]
    if not key or len(key) > LONGEST_KEY or "\0" in key:
        return None
    given = parse_qsl(query[:_LONGEST_QUERY].decode("latin-1"))
    return Place(key, _variant(kind, embed.parse_look(dict(given))))


def loader(front: Front) -> Load:
    """Make the cache's way to the database: read and drawn in a thread."""
    limiter = anyio.CapacityLimiter(_READERS)

    async def load(place: Place) -> Version | None:
        return await anyio.to_thread.run_sync(_draw, front, place, limiter=limiter)

    return load


def _draw(front: Front, place: Place) -> Version | None:
    drawn = embed.draw(front, place.key, *_VARIANTS[place.name])
    if isinstance(drawn, Elsewhere):
        return Version(b"", "", None, "", status=302, moved_to=drawn.key)
    return None if drawn is None else Version(drawn, etag(drawn), None, "")


def _asks_first(place: Place, scope: Scope) -> bool:
    """Tell a script's question whether it may ask; frames are not for scripts."""
    named = dict(scope["headers"])
    is_open = _VARIANTS[place.name][0] != "frame"
    return is_open and scope["method"] == "OPTIONS" and b"access-control-request-method" in named


async def _away(scope: Scope, send: Send, kind: Kind, look: Look) -> None:
    """Say that nothing can be shown now; without a script, so a host's own content stays."""
    said = CATALOGUE[look.language]["news_away"]
    body, content_type = f"{said}\n".encode(), headers.TEXT
    if kind == "json":
        body, content_type = orjson.dumps({"error": said}), headers.JSON
    elif kind == "frame":
        page = f'<!doctype html><html lang="{look.language}"><meta charset="utf-8">'
        body, content_type = f"{page}<title>{said}</title><p>{said}</p>".encode(), headers.HTML
    named = {"Content-Type": content_type, "Content-Length": str(len(body))}
    named |= {"Retry-After": "5", "Cache-Control": "no-store"}
    raw = _raw({**headers.ALWAYS, **_own(kind), **named})
    await send({"type": "http.response.start", "status": 503, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _lead(scope: Scope, send: Send, was: str, now: str) -> None:
    """Lead to where a feed's embeds are; stories move back and forth, so nobody keeps it long."""
    rest = scope["path"].removeprefix(PREFIX + was)
    where = quote(f"{PREFIX}{now}{rest}").encode()
    query = scope["query_string"]
    named = [*_MOVED, (b"location", where + (b"?" if query else b"") + query)]
    await send({"type": "http.response.start", "status": 302, "headers": named})
    await send({"type": "http.response.body", "body": b""})


async def _answer(scope: Scope, send: Send, kind: Kind, version: Version) -> None:
    settled = settle(version, wish_in(dict(scope["headers"])))
    body = await body_of(version, settled)
    raw = _named(kind, version, settled)
    await send({"type": "http.response.start", "status": settled.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _named(kind: Kind, version: Version, settled: Settled) -> RawHeaders:
    """Write the headers of an answer, once for all who ask alike."""
    found = version.raw.get(settled)
    if found is None:
        found = [*_ALWAYS[kind], (b"etag", settled.etag.encode("latin-1"))]
        if settled.status == 200:
            coding = settled.coding
            body = version.body if coding is None else version.coded[coding]
            found += [(b"content-type", _TYPES[kind].encode())]
            found += [(b"content-length", b"%d" % len(body))]
            found += [(b"content-encoding", coding.encode())] if coding else []
        version.raw[settled] = found
    return found


def _own(kind: str) -> Mapping[str, str]:
    if kind == "frame":
        return headers.EMBED_POLICY
    return headers.OPEN | {"Access-Control-Expose-Headers": "ETag"}


def _always(kind: str) -> RawHeaders:
    shared = {"Cache-Control": _CACHE, "Vary": "Accept-Encoding"}
    return _raw({**headers.ALWAYS, **_own(kind), **shared})


def _raw(named: Mapping[str, str]) -> RawHeaders:
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


_MOVED = _raw(headers.OPEN | {"Cache-Control": "public, max-age=60", "Content-Length": "0"})
_PREFLIGHT = _raw(headers.preflight("If-None-Match"))
_ALWAYS = {kind: _always(kind) for kind in _TYPES}
