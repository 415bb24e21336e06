"""Addresses, in the forms that evaluation tools call."""

import socket

from feeds.errors import Refused
from feeds.ingest import discover as discovery
from feeds.ingest.addresses import is_allowed_address, judge_url
from feeds.urls import canonicalise

_PORTS = (80, 443)


def is_allowed(url: str) -> bool:
    """Tell whether the safe client would connect: every address that the host leads to must pass.

    A name that can't be resolved leads nowhere, so nothing would connect.
    """
    try:
        target = judge_url(url, _PORTS)
        found = socket.getaddrinfo(target.host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (Refused, OSError, UnicodeError):
        return False
    return all(is_allowed_address(str(each[4][0])) for each in found)


def discover(body: bytes, url: str) -> list[str]:
    """List the feeds that a page names."""
    return discovery.discover(body, url)


def canonical(url: str) -> str:
    """Write a web address in the one way that we store it; raises `ValueError` for others."""
    return canonicalise(url)
