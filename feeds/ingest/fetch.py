"""The safe client: the one way in which we ask the outside world for anything.

Theory: see `addresses` for where we may connect and `body` for how much we take. Here every hop
of a redirect passes the same checks again, every address that a name resolves to is judged, and
so is the address of each socket before it connects, which covers literals and names that change
their mind. Nothing of one host reaches another: no cookies, no credentials, no proxies.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from functools import lru_cache, partial
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import aiohttp
from yarl import URL

from feeds.clock import Clock, utc_now
from feeds.errors import FetchFailed, TinwireError
from feeds.ingest.addresses import Target, is_inner, judge_url
from feeds.ingest.body import Body
from feeds.ingest.exchange import Limits, Request, Response
from feeds.ingest.guard import JudgingResolver, open_socket
from feeds.ingest.headers import lowered, retry_after_s
from feeds.ingest.share import Share
from feeds.model import Outcome
from feeds.urls import absolute

MOST_REDIRECTS = 5
_MOST_FIELD = 32 * 1024
_PERMANENT = (301, 308)
_REDIRECTS = (*_PERMANENT, 302, 303, 307)
# So many bodies may grow beyond a size at once: together, hostile servers could else fill the
# memory, each within its own limit. Of slow ones, which are many beside one another, it is less.
_MOST_LARGE, _LARGE, _LARGE_BESIDE = 2, 2**19, 2**17


# Waits until a host may be asked by this process, and counts the request there while it is open;
# takes the host and how many seconds to wait at most, and raises `NoTurn` where that is too short.
Gate = Callable[[str, float], AbstractAsyncContextManager[None]]


class Fetcher:
    """The client of one event loop: `async with Fetcher(limits) as fetcher`."""

    def __init__(self, limits: Limits, clock: Clock = utc_now) -> None:
        self._limits = limits
        self._clock = clock
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._large = asyncio.Semaphore(_MOST_LARGE)
        self._host_slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        limits = self._limits
        connector = aiohttp.TCPConnector(
            limit=0,  # the slots bound it, and don't count waiting as time-out
            resolver=JudgingResolver(limits.allow),
            socket_factory=partial(open_socket, limits.allow),
            keepalive_timeout=limits.read_s,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=limits.connect_s, sock_read=limits.read_s
            ),
            headers={"User-Agent": limits.user_agent, "Accept-Encoding": "gzip, deflate"},
            max_line_size=_MOST_FIELD,
            max_field_size=_MOST_FIELD,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def fetch(
        self,
        request: Request,
        share: Share | None = None,
        gate: Gate | None = None,
        patience_s: float = 0.0,
    ) -> Response:
        """Ask for one address; `share` lets the caller excuse it from the process's limit.

        Each host is entered through the `gate`. Without `patience_s` the first is not, for its turn
        came already; those that redirects lead to are waited for as long as the request may take.
        Raises `Refused` for what must not be fetched, and `FetchFailed` for what could not.
        """
        target = judge_url(request.url, self._limits.ports)
        headers = _headers(request)
        share = share or Share()
        deadline: float | None = None
        is_permanent = True
        admitted = "" if patience_s else target.host
        seen: set[str] = set()
        for hop in range(MOST_REDIRECTS + 1):
            entry: AbstractAsyncContextManager[None] = nullcontext()
            if gate is not None and target.host != admitted:
                loop = asyncio.get_running_loop()
                left_s = patience_s if deadline is None else deadline - loop.time()
                entry = gate(target.host, left_s)
            async with entry, self._slot(target.host):
                try:
                    await share.take(self._slots)
                    deadline = deadline or asyncio.get_running_loop().time() + self._limits.total_s
                    response = await self._hop(target, request, headers, deadline, share)
                finally:
                    share.give()
            location = response.headers.get("location")
            follows = request.follows and request.method == "GET"
            if response.status not in _REDIRECTS or not follows or not location:
                moved = hop > 0 and is_permanent
                return replace(response, moved_to=response.url) if moved else response
            following = self._follow(target, location)
            is_permanent &= response.status in _PERMANENT
            is_permanent &= following.is_secure or not target.is_secure
            # Nothing that a server could tell the second time from the first: no cookies are sent.
            seen.add(target.url)
            if following.url in seen:
                raise FetchFailed("redirects in a loop", Outcome.BAD_ANSWER)
            target = following
        raise FetchFailed(f"more than {MOST_REDIRECTS} redirects", Outcome.BAD_ANSWER)

    async def fetch_many(
        self, requests: Sequence[Request], gate: Gate | None = None, patience_s: float = 0.0
    ) -> list[Response | TinwireError]:
        """Ask for many addresses at once, within the limits; answers come in the same order."""
        asked = (self.settled(request, None, gate, patience_s) for request in requests)
        return await asyncio.gather(*asked)

    async def settled(
        self,
        request: Request,
        share: Share | None = None,
        gate: Gate | None = None,
        patience_s: float = 0.0,
    ) -> Response | TinwireError:
        """Ask for one address; gives the error instead of raising it."""
        try:
            return await self.fetch(request, share, gate, patience_s)
        except TinwireError as exc:
            # Else it would keep alive what the frames on its way held: the body of a bomb.
            if exc.__cause__ is not None:
                exc.__cause__.__traceback__ = None  # the answer holds it, and is held by it
            exc.__traceback__ = exc.__cause__ = exc.__context__ = None
            return exc

    def _slot(self, host: str) -> asyncio.Semaphore:
        slot = self._host_slots.get(host)
        if slot is None:
            limits = self._limits
            is_ours = is_inner(host, limits.allow)
            most = limits.inner_host_concurrency if is_ours else limits.host_concurrency
            slot = self._host_slots[host] = asyncio.Semaphore(most)
        return slot

    def _follow(self, target: Target, location: str) -> Target:
        url = absolute(target.url, location)
        return judge_url(location if url is None else url, self._limits.ports)

    async def _hop(
        self,
        target: Target,
        request: Request,
        headers: Mapping[str, str],
        deadline: float,
        share: Share,
    ) -> Response:
        try:
            async with (
                asyncio.timeout_at(deadline),
                self._session.request(
                    request.method,
                    _url(target.url),
                    headers=headers,
                    data=request.data,
                    allow_redirects=False,
                ) as response,
            ):
                return await self._read(response, target, share)
        except TimeoutError as exc:
            raise FetchFailed(self._time_out(exc), Outcome.TIMED_OUT) from exc
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            raise FetchFailed(_reason(exc), _kind(exc)) from exc

    async def _read(
        self, response: aiohttp.ClientResponse, target: Target, share: Share
    ) -> Response:
        headers = lowered(response.headers)
        body = b""
        if 200 <= response.status < 300:
            length = headers.get("content-length", "")
            if length.isdigit() and int(length) > self._limits.max_bytes:
                raise FetchFailed(f"more than {self._limits.max_bytes} bytes", Outcome.TOO_LARGE)
            body = await self._body(response, headers, share)
        return Response(
            status=response.status,
            url=target.url,
            headers=headers,
            body=body,
            retry_after_s=retry_after_s(response.status, headers, self._clock),
        )

    async def _body(
        self, response: aiohttp.ClientResponse, headers: Mapping[str, str], share: Share
    ) -> bytes:
        body = Body(headers.get("content-encoding", ""), self._limits.max_bytes)
        is_read = False
        try:
            async for chunk in response.content.iter_any():
                body.feed(chunk)
                if body.size > _LARGE_BESIDE:
                    await share.retake(self._slots)
                if body.size > (_LARGE_BESIDE if share.is_excused else _LARGE):
                    await share.grow(self._large)
            whole = body.finish()
            is_read = True
        finally:
            if not (is_read and share.keeps):
                share.drop()
        return whole

    def _time_out(self, exc: TimeoutError) -> str:
        if isinstance(exc, aiohttp.ConnectionTimeoutError):
            return f"no connection within {self._limits.connect_s:g} s"
        if isinstance(exc, aiohttp.ServerTimeoutError):
            return f"nothing came for {self._limits.read_s:g} s"
        return f"not done within {self._limits.total_s:g} s"


@lru_cache(maxsize=8192)  # it keeps the parts that it was taken into
def _url(url: str) -> URL:
    return URL(url, encoded=True)


def _headers(request: Request) -> dict[str, str]:
    headers = {"Accept": request.accept, **request.headers}
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    return headers


def _kind(exc: Exception) -> Outcome:
    """Tell a server that can't be reached from one that answers what is no HTTP."""
    reached = (aiohttp.ClientPayloadError, aiohttp.ClientResponseError, ValueError)
    return Outcome.BAD_ANSWER if isinstance(exc, reached) else Outcome.UNREACHABLE


def _reason(exc: Exception) -> str:
    """Say in one line what went wrong on the way."""
    if isinstance(exc, aiohttp.ClientConnectorDNSError):
        return f"the name {exc.host} can't be resolved"
    if isinstance(exc, aiohttp.ClientConnectorCertificateError):
        return f"the certificate of {exc.host} is not valid"
    return f"{type(exc).__name__}: {' '.join(str(exc).split())[:200]}"
