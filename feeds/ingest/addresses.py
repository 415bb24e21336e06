"""Which addresses may be fetched at all.

Theory: a publisher's feed is a stranger's text that makes us connect somewhere, so an inner
address that gets through is the worst error, and a public one that doesn't only costs a source.
Names and spellings prove nothing (`127.1`, full-width digits, names that resolve inside), so what
counts is the numeric address that a socket connects to, stripped of what wraps an IPv4 address in
an IPv6 one. The lists are IANA's special-purpose registries (RFC 6890); `ipaddress.is_global`
knows only part of them.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import ada_url

from config.settings import Network
from feeds.errors import Refused

IpAddress = IPv4Address | IPv6Address

_DENIED_4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_6 = ip_network("2000::/3")  # RFC 4291 §2.4: all that is given out so far
_DENIED_6 = tuple(ip_network(each) for each in ("2001::/23", "2001:db8::/32", "3fff::/20"))
# RFC 4291 §2.5.5 (compatible, mapped), RFC 6052 §2.1 (NAT64): the last 32 bits are IPv4.
_WRAPS_4 = tuple(ip_network(each) for each in ("::/96", "::ffff:0:0/96", "64:ff9b::/96"))


@dataclass(frozen=True, slots=True)
class Target:
    """A web address that may be asked for, in the one spelling that every parser agrees on."""

    url: str
    host: str
    is_secure: bool


@lru_cache(maxsize=8192)  # sources are asked again and again
def judge_url(url: str, ports: frozenset[int]) -> Target:
    """Check all of an address that can be told before its name is resolved; raises `Refused`."""
    if "\\" in url.partition("?")[0]:
        # Parsers disagree on where the host ends, and we are not the only one on the way.
        raise Refused(f"an address with a backslash: {url[:200]!r}")
    try:
        parsed = ada_url.URL(url)
    except ValueError as exc:
        raise Refused(f"no web address: {url[:200]!r}") from exc
    scheme = parsed.protocol
    if scheme not in ("http:", "https:"):
        raise Refused(f"the scheme {scheme!r} is not fetched: {url[:200]!r}")
    if parsed.username or parsed.password:
        raise Refused(f"an address with a user name: {parsed.host!r}")
    port = int(parsed.port) if parsed.port else (443 if scheme == "https:" else 80)
    if port not in ports:
        raise Refused(f"port {port} is not fetched: {parsed.host!r}")
    return Target(parsed.href.partition("#")[0], parsed.hostname, scheme == "https:")


def is_allowed_address(ip: str | IpAddress, allow: Collection[Network] = ()) -> bool:
    """Tell whether we may connect to an address; `allow` lists inner networks."""
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    return all(
        not _is_denied(each) or any(each in network for network in allow)
        for each in _unwrapped(address)
    )


def is_inner(host: str, allow: Collection[Network]) -> bool:
    """Tell whether a host is one of those that the operator allowed although they are private.

    By what its name says alone; a name that would have to be resolved counts as a stranger's.
    """
    if not allow:
        return False
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        return False
    return any(address in network for network in allow)


def _unwrapped(address: IpAddress) -> Iterator[IpAddress]:
    """Give the addresses that a packet can end at: those inside an address, else itself."""
    if isinstance(address, IPv4Address):
        yield address
    elif any(address in network for network in _WRAPS_4) and int(address) > 1:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    else:
        yield address


def _is_denied(address: IpAddress) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in _DENIED_4)
    return address not in _PUBLIC_6 or any(address in network for network in _DENIED_6)
