"""F18: whatever an address, a name, a redirect or the environment says, a canary hears nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest

from feeds.errors import FetchFailed, Refused
from feeds.ingest.exchange import Limits, Request
from feeds.ingest.fetch import Fetcher

# The publisher stands at an address that is allowed, the canary at all others of this machine.
PUBLISHER = "127.0.0.2"
ALLOW = (ip_network(f"{PUBLISHER}/32"),)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Ear:
    """A listener that remembers what reached it, and answers as it is told."""

    def __init__(self, answer: bytes = OK) -> None:
        self.answer = answer
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(b"")  # a connection alone is too much already
        try:
            self.heard[-1] = await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def world() -> AsyncIterator[tuple[int, Ear, Ear, Fetcher]]:
    """Run publisher and canary on one port of different addresses."""
    canary, publisher = Ear(), Ear()
    first = await asyncio.start_server(canary.serve, "127.0.0.1", 0)
    port = first.sockets[0].getsockname()[1]
    servers = [first, await asyncio.start_server(publisher.serve, PUBLISHER, port)]
    if socket.has_ipv6:
        servers.append(await asyncio.start_server(canary.serve, "::1", port))
    limits = Limits(allow=ALLOW, ports=frozenset((80, 443, port)), connect_s=2, total_s=5)
    try:
        async with Fetcher(limits) as fetcher:
            yield port, canary, publisher, fetcher
    finally:
        for server in servers:
            server.close()


# Every one of them reaches the canary on a client without a guard, or is no address at all.
HOSTS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "localhost",
    "LOCALHOST.",
    "ip6-localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "[::1%lo]",
    "user@127.0.0.1",
    "publisher.example\\@127.0.0.1",
]


@pytest.mark.parametrize("host", HOSTS)
async def test_no_spelling_of_an_inner_address_is_reached(host: str) -> None:
    async with world() as (port, canary, _, fetcher):
        with pytest.raises((Refused, FetchFailed)):
            await fetcher.fetch(Request(f"http://{host}:{port}/"))
    assert canary.heard == []


@pytest.mark.parametrize("host", HOSTS)
async def test_no_redirect_leads_to_one(host: str) -> None:
    async with world() as (port, canary, publisher, fetcher):
        location = f"http://{host}:{port}/".encode()
        publisher.answer = (
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %b\r\n\r\n" % location
        )
        with pytest.raises((Refused, FetchFailed)):
            await fetcher.fetch(Request(f"http://{PUBLISHER}:{port}/"))
    assert len(publisher.heard) == 1
    assert canary.heard == []


async def test_a_name_with_one_inner_address_among_others_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with world() as (port, canary, publisher, fetcher):
        resolve_to(monkeypatch, [[PUBLISHER, "127.0.0.1"]])
        with pytest.raises(Refused, match=r"resolves to an inner address: 127\.0\.0\.1"):
            await fetcher.fetch(Request(f"http://two.example:{port}/"))
    assert (canary.heard, publisher.heard) == ([], [])


async def test_a_name_that_is_bound_anew_is_judged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with world() as (port, canary, publisher, fetcher):
        publisher.answer = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        resolve_to(monkeypatch, [[PUBLISHER], ["127.0.0.1"]])
        assert (await fetcher.fetch(Request(f"http://one.example:{port}/"))).body == b"hi"
        fetcher._session.connector.clear_dns_cache()  # type: ignore[union-attr]  # its time is over
        with pytest.raises(Refused):
            await fetcher.fetch(Request(f"http://one.example:{port}/"))
    assert (canary.heard, len(publisher.heard)) == ([], 1)


def resolve_to(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> None:
    """Let the system's resolver give one answer after the other."""
    left = iter(answers)

    def getaddrinfo(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (address, port)) for address in next(left)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


PROXIES = ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]


@pytest.mark.parametrize("variable", PROXIES)
async def test_no_proxy_of_the_environment_is_asked(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    async with world() as (port, canary, publisher, fetcher):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{port}/")
        response = await fetcher.fetch(Request(f"http://{PUBLISHER}:{port}/"))
    assert (response.body, len(publisher.heard), canary.heard) == (b"hi", 1, [])


async def test_the_canary_hears_a_client_that_may_reach_it() -> None:
    async with world() as (port, canary, _, _):
        limits = Limits(allow=(ip_network("127.0.0.0/8"),), ports=frozenset((port,)))
        async with Fetcher(limits) as unguarded:
            await unguarded.fetch(Request(f"http://127.0.0.1:{port}/"))
    assert len(canary.heard) == 1
