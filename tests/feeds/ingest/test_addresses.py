import socket
from ipaddress import ip_network
from pathlib import Path

import orjson
import pytest

from feeds.errors import Refused
from feeds.ingest.addresses import is_allowed_address, judge_url

SHARED = Path(__file__).parents[3].parent / "shared" / "conformance" / "vectors"
PORTS = frozenset((80, 443, 22, 6379, 11211))

PUBLIC = ["8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
INNER = [
    "127.0.0.1",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:100.64.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "100::1",
    "no address",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed_address(address)


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_not_however_they_are_wrapped(address: str) -> None:
    assert not is_allowed_address(address)


def test_a_network_can_be_allowed() -> None:
    loopback = (ip_network("127.0.0.0/8"),)
    assert is_allowed_address("127.0.0.1", loopback)
    assert is_allowed_address("::ffff:127.0.0.1", loopback)
    assert not is_allowed_address("::1", loopback)
    assert not is_allowed_address("10.0.0.1", loopback)


REFUSED = [
    ("ftp://a.vn/", "the scheme 'ftp:'"),
    ("file:///etc/passwd", "the scheme 'file:'"),
    ("a.vn", "no web address"),
    ("", "no web address"),
    ("http://", "no web address"),
    ("https://user@a.vn/", "a user name"),
    ("https://:secret@a.vn/", "a user name"),
    ("https://a.vn:8080/", "port 8080"),
    ("http://a.vn:443443/", "no web address"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_an_address_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        judge_url(url, frozenset((80, 443)))


def test_a_judged_address_has_one_spelling() -> None:
    target = judge_url(" HTTP://A.vn:80/tin nóng#top ", frozenset((80,)))
    assert (target.url, target.host) == ("http://a.vn/tin%20n%C3%B3ng", "a.vn")
    assert not target.is_secure


def test_no_known_spelling_of_an_inner_address_gets_through() -> None:
    lines = (SHARED / "ssrf.jsonl").read_bytes().splitlines()
    cases = [case for case in map(orjson.loads, lines) if case["block"] == "yes"]
    assert len(cases) > 50
    assert [case["url"] for case in cases if _connects(case["url"])] == []


def _connects(url: str) -> bool:
    try:
        host = judge_url(url, PORTS).host.strip("[]")
        infos = socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)
    except (Refused, OSError):
        return False
    return any(is_allowed_address(str(info[4][0])) for info in infos)
