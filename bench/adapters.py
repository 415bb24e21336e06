"""The product's own functions in the forms that outside tools call (conformance, evaluations)."""

import socket

from feeds.errors import Refused
from feeds.ingest.addresses import is_allowed_address, judge_url

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
