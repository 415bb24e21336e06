"""Embeds over raw ASGI, from memory: a warm one costs neither a database read nor a template."""

import gzip
from functools import lru_cache
from itertools import product
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
import sqlalchemy as sa
from starlette.types import ASGIApp, Receive, Scope, Send

from feeds.publish.etag import etag
from feeds.web import embed, headers
from feeds.web.cache import FeedCache, Load, Place, Version
from feeds.web.conditional import Asked, decide, http_date
from feeds.web.embed import LAYOUTS, LONGEST_KEY, MOST, THEMES, Kind, Look
from feeds.web.front import Front
from feeds.web.listen import Listener
from feeds.web.messages import CATALOGUE

PREFIX = "/embed/"
BUDGET_BYTES = 32 * 2**20
_CACHE = "public, max-age=60, stale-while-revalidate=300"
_GZIP_LEVEL = 6
_READERS = 2
_LONGEST_QUERY = 200
_KINDS: dict[str, Kind] = {"html": "html", "json": "json"}
_TYPES = {"frame": headers.HTML, "html": headers.HTML, "json": headers.JSON}

Named = tuple[tuple[bytes, bytes], ...]


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


class EmbedCache(FeedCache):
    """Embeds by feed and variant; a changed feed takes all its variants along."""

    def drop(self, key: str) -> None:
        """Forget all embeds of a feed that changed, and what is being read of it."""
        super().drop(key)
        for name in _VARIANTS:
            self._remove((key, name))

    def last(self, place: Place) -> Version | None:
        """Give what was shown last, believed or not, for when nothing better can be had."""
        found = self._held.get(place)
        return None if found is None else found[0]


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
    """Answers GET and HEAD below /embed/; leaves the rest, and feeds that aren't, to `other`."""

    def __init__(self, cache: EmbedCache, other: ASGIApp) -> None:
        self._cache = cache
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        place = place_of(scope["path"], scope["query_string"])
        version = None
        if place is not None and scope["method"] in ("GET", "HEAD"):
            version = self._cache.held(place) or await self._read(place)
        if place is None or version is None:
            await self._other(scope, receive, send)
        else:
            await _answer(scope, send, _VARIANTS[place[1]][0], version)

    async def _read(self, place: Place) -> Version | None:
        try:
            return await self._cache.get(place)
        except sa.exc.SQLAlchemyError:
            # Old news in somebody else's page is better than our error there.
            last = self._cache.last(place)
            if last is None:
                raise
            return last


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
    return key, _variant(kind, embed.parse_look(dict(given)))


def loader(front: Front) -> Load:
    """Make the cache's way to the database: read, drawn and compressed in a thread."""
    limiter = anyio.CapacityLimiter(_READERS)

    async def load(key: str, name: str) -> Version | None:
        return await anyio.to_thread.run_sync(_draw, front, key, name, limiter=limiter)

    return load


def _draw(front: Front, key: str, name: str) -> Version | None:
    body = embed.draw(front, key, *_VARIANTS[name])
    if body is None:
        return None
    now = front.clock()
    zipped = gzip.compress(body, _GZIP_LEVEL, mtime=0)
    return Version(body, zipped, etag(body), now, http_date(now))


async def _answer(scope: Scope, send: Send, kind: Kind, version: Version) -> None:
    given = dict(scope["headers"])
    asked = Asked(
        if_none_match=_text(given.get(b"if-none-match")),
        accept_encoding=_text(given.get(b"accept-encoding")),
    )
    decision = decide(asked, version.etag, None)
    named = [*_ALWAYS[kind], (b"etag", decision.etag.encode("latin-1"))]
    body = b""
    if not decision.not_modified:
        body = version.zipped if decision.zipped else version.body
        named += [(b"content-type", _TYPES[kind].encode())]
        named += [(b"content-length", b"%d" % len(body))]
        if decision.zipped:
            named += [(b"content-encoding", b"gzip")]
    status = 304 if decision.not_modified else 200
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _always(kind: str) -> Named:
    own = headers.EMBED_POLICY if kind == "frame" else headers.OPEN
    named = {**headers.ALWAYS, **own, "Cache-Control": _CACHE, "Vary": "Accept-Encoding"}
    return tuple((name.lower().encode(), value.encode()) for name, value in named.items())


_ALWAYS = {kind: _always(kind) for kind in _TYPES}
