import socket
from ipaddress import ip_network

import pytest

from feeds.errors import Refused
from feeds.ingest.guard import JudgingResolver, open_socket

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
STREAM = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_no_socket_is_opened_to_an_inner_address(address: str) -> None:
    with pytest.raises(Refused, match="an inner address"):
        open_socket((), (*STREAM, (address, 80)))


def test_a_socket_is_opened_to_what_may_be_reached() -> None:
    for address in ("127.0.0.1", "8.8.8.8"):
        with open_socket(LOOPBACK, (*STREAM, (address, 80))) as opened:
            assert opened.type == socket.SOCK_STREAM


async def test_a_name_that_resolves_inside_is_refused() -> None:
    resolver = JudgingResolver(())
    with pytest.raises(Refused, match="localhost resolves to an inner address"):
        await resolver.resolve("localhost", 80)
    await resolver.close()


async def test_a_name_that_may_be_reached_resolves() -> None:
    resolver = JudgingResolver(LOOPBACK)
    found = await resolver.resolve("localhost", 80)
    assert {each["host"] for each in found} <= {"127.0.0.1", "::1"}
    await resolver.close()
