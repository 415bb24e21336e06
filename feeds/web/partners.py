"""Requests that carry a partner's key: `?key=`, or `Authorization: Bearer` between servers.

What they get is what everybody gets; the key only narrows who may show it, and counts. So this is
a door before the feeds and embeds, which know nothing of partners: it takes the key out of the
request, and makes the answer's headers the partner's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feeds.store.partners import KEY, Partner
from feeds.web import headers
from feeds.web.cache import RawHeaders
from feeds.web.embed_serve import PREFIX as EMBEDS
from feeds.web.embed_serve import EmbedServer
from feeds.web.keys import Keys
from feeds.web.tally import Tally

SCOPE_KEY = "tinwire.key"
UNKNOWN = "This key is unknown, or it was revoked. Ask whoever gave it to you for a new one."
FOREIGN = "This key is for pages of other sites: {} is none of its partner's origins."
LIMITED = "This key's quota is used up. Ask again after the seconds that Retry-After says."
UNREAD = "Keys can't be checked now. Ask again soon."
ASKS = b"key="
_AUTHORIZATION = b"authorization"
_BEARER = b"bearer twp_"
_OPEN_ANCESTORS = b"frame-ancestors *"
# What would tell caches and readers that an answer over the quota is good for more than this once.
_NOT_WHEN_LIMITED = (b"etag", b"last-modified", b"cache-control")
_CONDITIONS = (b"if-none-match", b"if-modified-since", b"a-im")
_log = structlog.get_logger()


def may_carry_key(scope: Scope) -> bool:
    """Tell quickly whether a request has to be looked at; nearly all have not."""
    if ASKS in scope["query_string"]:
        return True
    named: RawHeaders = scope["headers"]
    for name, value in named:  # cheaper than any generator or dictionary
        if name == _AUTHORIZATION:
            return value[: len(_BEARER)].lower() == _BEARER
    return False


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request's key, whether its address carried it, and the query without it."""

    key: str
    is_in_query: bool
    query: bytes


def key_of(scope: Scope) -> Keyed | None:
    """Read a request's key; `None` for none, or an empty one, as forms send it."""
    parts = scope["query_string"].split(b"&")
    rest = b"&".join(part for part in parts if not part.startswith(ASKS))
    for part in parts:
        if part.startswith(ASKS) and part != ASKS:
            return Keyed(part[len(ASKS) :].decode("latin-1"), True, rest)
    for name, value in scope["headers"]:
        if name == _AUTHORIZATION and value[: len(_BEARER)].lower() == _BEARER:
            return Keyed(value.split(None, 1)[1].strip().decode("latin-1"), False, rest)
    return None


class PartnerDoor:
    """Lets requests with a valid key in, for its origins and within its quota."""

    def __init__(self, keys: Keys, tally: Tally, embeds: EmbedServer) -> None:
        self._keys = keys
        self._tally = tally
        self._embeds = embeds

    def before(self, app: ASGIApp) -> ASGIApp:
        """Stand before an application."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            await self._enter(app, scope, receive, send)

        return guarded

    async def _enter(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        keyed = key_of(scope)
        if keyed is None:
            await app(scope, receive, send)
            return
        try:
            partner = await self._keys.find(keyed.key) if KEY.fullmatch(keyed.key) else None
        except (sa.exc.SQLAlchemyError, OSError) as exc:
            _log.warning("keys_unread", why=str(exc).splitlines()[:1])
            await _refuse(scope, send, 503, UNREAD, [(b"retry-after", b"5")])
            return
        if partner is None:
            await _refuse(scope, send, 403, UNKNOWN)
            return
        origin = dict(scope["headers"]).get(b"origin")
        if origin is not None and origin.decode("latin-1") not in partner.origins:
            await self._tally.refuse(partner)
            said = origin.decode("latin-1") if len(origin) < 200 else "this one"
            await _refuse(scope, send, 403, FOREIGN.format(said))
            return
        inner = {**scope, "query_string": keyed.query, SCOPE_KEY: keyed.key}
        dress = _Dress(partner, origin, keyed.key if keyed.is_in_query else None)
        if scope["method"] not in ("GET", "HEAD"):
            await app(inner, receive, dress.sending(send))  # preflights are not counted
            return
        wait_s = await self._tally.admit(partner)
        if wait_s is None:
            await app(inner, receive, dress.sending(send))
        else:
            await self._limited(inner, dress, wait_s, send)

    async def _limited(self, scope: Scope, dress: "_Dress", wait_s: int, send: Send) -> None:
        """Say 429; a frame, which stands before a reader's eyes, still shows what it last did."""
        wait = (b"retry-after", b"%d" % wait_s)
        named = [one for one in scope["headers"] if one[0] not in _CONDITIONS]
        sending = dress.sending(send, wait)
        if scope["path"].startswith(EMBEDS):
            try:
                if await self._embeds.last({**scope, "headers": named}, sending):
                    return
            except (sa.exc.SQLAlchemyError, OSError) as exc:
                _log.warning("last_unread", why=str(exc).splitlines()[:1])
        await _refuse(scope, send, 429, LIMITED, [wait, *dress.access()])


@dataclass(frozen=True, slots=True)
class _Dress:
    """Makes an answer's headers the partner's own; `key` goes along where readers are sent on."""

    partner: Partner
    origin: bytes | None
    key: str | None

    def sending(self, send: Send, wait: tuple[bytes, bytes] | None = None) -> Send:
        """Wrap `send`; with a wait, the answer becomes 429."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The list is the cache's own: it must stay as it is.
                named = list(self._named(message["headers"]))
                status = message["status"]
                if wait is not None:
                    status = 429
                    named = [one for one in named if one[0] not in _NOT_WHEN_LIMITED]
                    named += [wait, (b"cache-control", b"no-store")]
                message = {**message, "status": status, "headers": named}
            await send(message)

        return dressed

    def access(self) -> RawHeaders:
        """Say which origin may read the answer."""
        found = [(b"vary", b"Origin")]
        if self.origin is not None:
            found.append((b"access-control-allow-origin", self.origin))
            found.append((b"access-control-expose-headers", b"Retry-After"))
        return found

    def _named(self, raw: RawHeaders) -> Iterator[tuple[bytes, bytes]]:
        ancestors = b"frame-ancestors " + self.partner.ancestors
        has_policy = False
        for name, value in raw:
            if name == b"cache-control":
                # A shared copy would be counted once, and outlive its key.
                yield name, value.replace(b"public", b"private")
            elif name == b"content-security-policy":
                has_policy = True
                yield name, value.replace(_OPEN_ANCESTORS, ancestors)
            elif name == b"location" and self.key is not None:
                glue = b"&" if b"?" in value else b"?"
                yield name, value + glue + ASKS + self.key.encode()
            elif name == b"vary":
                yield name, value + b", Origin"
            elif name != b"access-control-allow-origin":
                yield name, value
        if not has_policy:
            yield b"content-security-policy", ancestors
        if not any(name == b"vary" for name, _ in raw):
            yield b"vary", b"Origin"
        if self.origin is not None:
            yield b"access-control-allow-origin", self.origin


async def _refuse(
    scope: Scope, send: Send, status: int, sentence: str, more: RawHeaders | None = None
) -> None:
    is_json = scope["path"].endswith(".json")
    body = orjson.dumps({"error": sentence}) if is_json else sentence.encode() + b"\n"
    named = {
        **headers.ALWAYS,
        "Content-Type": headers.JSON if is_json else headers.TEXT,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    raw += more or []
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
