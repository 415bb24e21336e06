"""Where connections are made: each address is judged before a socket is opened to it.

aiohttp asks its resolver for names only, never for literals, so both places are needed: the
resolver refuses a name as soon as one of its addresses is an inner one, and the socket's own
address is judged in any case.
"""

import socket
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from config.settings import Network
from feeds.errors import Refused
from feeds.ingest.addresses import is_allowed_address


class JudgingResolver(AbstractResolver):
    """Resolves names; every address of a name must pass, not only the one that is tried first."""

    def __init__(self, allow: tuple[Network, ...]) -> None:
        self._inner = aiohttp.DefaultResolver()
        self._allow = allow

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for each in found:
            if not is_allowed_address(each["host"], self._allow):
                raise Refused(f"{host} resolves to an inner address: {each['host']}")
        return found

    async def close(self) -> None:
        await self._inner.close()


def open_socket(allow: tuple[Network, ...], info: Any) -> socket.socket:
    """Open the socket for an address as `getaddrinfo` describes it; raises `Refused`."""
    family, kind, protocol, _, address = info
    if not is_allowed_address(address[0], allow):
        raise Refused(f"an inner address: {address[0]}")
    return socket.socket(family, kind, protocol)
