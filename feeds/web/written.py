"""What a reader gets of a version that is held: decided and written alike for feeds and embeds.

Most answers need nothing that has to be waited for. They are kept as HTTP/1.1 has them, for all who
ask alike, so that a server can send them without another look (docs/decisions/0029).
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from http import HTTPStatus

import anyio.to_thread

from feeds.publish.coding import CODINGS, encode
from feeds.web.cache import RawHeaders, Settled, Version, Wish, Written
from feeds.web.conditional import Asked, choose_coding, decide, tag_of

_CODINGS = tuple(CODINGS)
# A key, a part (RFC 3229), or a body that has to be read first.
_TAKES_MORE = frozenset(
    (b"authorization", b"a-im", b"content-length", b"transfer-encoding", b"expect")
)
# Most readers ask in one of few ways; strangers must not fill the memory with theirs.
_MOST_WISHES = 64
_LONGEST_WISH = 300
_BREAKS_A_LINE = re.compile(rb"[\0\r\n]")


def plain_wish(named: RawHeaders) -> Wish | None:
    """Read what a request without a body asks for; `None` where more than that decides."""
    accepted = held = since = None
    for name, value in named:  # one walk is cheaper than a dictionary
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            held = value
        elif name == b"if-modified-since":
            since = value
        elif name in _TAKES_MORE:
            return None
    return Wish(accepted, held, since)


def wish_in(given: Mapping[bytes, bytes]) -> Wish:
    """Read what any GET or HEAD asks for."""
    named = (b"accept-encoding", b"if-none-match", b"if-modified-since")
    return Wish(*(given.get(name) for name in named))


def settle(version: Version, wish: Wish) -> Settled:
    """Decide what a reader gets of a version."""
    coding = None if wish.accepted is None else _coding_for(wish.accepted)
    etag = tag_of(version.etag, coding)
    if wish.held is None and wish.since is None:
        return Settled(200, coding, etag)
    if wish.held == etag.encode("latin-1"):  # nearly all who ask with a tag
        return Settled(304, coding, etag)
    asked = Asked(_text(wish.held), _text(wish.since), _text(wish.accepted))
    decision = decide(asked, version.etag, version.modified, codings=_CODINGS)
    return Settled(304 if decision.not_modified else 200, coding, decision.etag)


def at_once(
    version: Version, wish: Wish, named: Callable[[Version, Settled], RawHeaders]
) -> Written | None:
    """Write an answer, once for all who ask alike; `None` where it has to be compressed first."""
    found = version.wished.get(wish)
    if found is None:
        found = _written(version, settle(version, wish), named)
        is_short = sum(len(part) for part in wish if part) <= _LONGEST_WISH
        if found is not None and is_short and len(version.wished) < _MOST_WISHES:
            version.wished[wish] = found
    return found


def _written(
    version: Version, settled: Settled, named: Callable[[Version, Settled], RawHeaders]
) -> Written | None:
    found = version.written.get(settled)
    if found is None:
        body: bytes | None = b""
        if settled.status == 200:
            body = version.body if settled.coding is None else version.coded.get(settled.coding)
        if body is None:
            return None
        head = _head(settled.status, named(version, settled))
        found = version.written[settled] = Written(head, body)
    return found


async def body_of(version: Version, settled: Settled) -> bytes:
    """Give an answer's body; what the first reader has compressed, in a thread, is kept for all."""
    if settled.status != 200:
        return b""
    if settled.coding is None:
        return version.body
    found = version.coded.get(settled.coding)
    if found is None:
        task = version.coding.get(settled.coding)
        if task is None:
            compressing = anyio.to_thread.run_sync(encode, settled.coding, version.body)
            task = version.coding[settled.coding] = asyncio.ensure_future(compressing)
        found = version.coded[settled.coding] = await asyncio.shield(task)
    return found


@lru_cache(maxsize=256)
def _coding_for(accepted: bytes) -> str | None:
    return choose_coding(accepted.decode("latin-1"), _CODINGS)


def _head(status: int, named: RawHeaders) -> bytes:
    for line in named:
        if any(_BREAKS_A_LINE.search(part) for part in line):
            raise ValueError(f"a header that breaks its line: {line!r}")
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    return first + b"".join(b"%b: %b\r\n" % line for line in named)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
