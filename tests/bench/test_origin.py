from collections.abc import Iterator

import orjson
import pytest
import urllib3

from bench.corpus import Corpus
from bench.origin import Site, build_site, running_origin
from bench.render import render_feed


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with running_origin(sources=5, entries=3, seed=1) as address:
        yield address


@pytest.fixture
def client() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False) as pool:
        yield pool


@pytest.fixture
def site() -> Site:
    return build_site(Corpus(2, 3, 1))


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


@pytest.mark.parametrize("source", [0, 4])
def test_feed_is_served_as_rendered(origin: str, client: urllib3.PoolManager, source: int) -> None:
    document = render_feed(Corpus(5, 3, 1, origin=origin), source)
    response = client.request("GET", origin + document.path)
    assert (response.status, response.data) == (200, document.body)
    assert response.headers["Content-Type"] == document.content_type


def test_known_etag_is_answered_with_304_and_no_body(
    origin: str, client: urllib3.PoolManager
) -> None:
    first = client.request("GET", f"{origin}/f1.xml")
    headers = {"If-None-Match": first.headers["ETag"]}
    again = client.request("GET", f"{origin}/f1.xml", headers=headers)
    assert (again.status, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_stats_count_requests_by_status_until_they_are_reset(
    origin: str, client: urllib3.PoolManager
) -> None:
    client.request("GET", f"{origin}/stats?reset")
    etag = client.request("GET", f"{origin}/f0.xml").headers["ETag"]
    client.request("GET", f"{origin}/f0.xml", headers={"If-None-Match": etag})
    client.request("GET", f"{origin}/nothing")
    counted = orjson.loads(client.request("GET", f"{origin}/stats?reset").data)
    assert counted["requests"] == {"200": 1, "304": 1, "404": 1}
    assert orjson.loads(client.request("GET", f"{origin}/stats").data)["requests"] == {}


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        (b"GET /f0.xml HTTP/1.1", 200),
        (b"HEAD /f1.xml HTTP/1.1", 200),
        (b"GET /f2.xml HTTP/1.1", 404),
        (b"POST /f0.xml HTTP/1.1", 405),
    ],
)
def test_request_is_answered_by_its_line(site: Site, request_line: bytes, expected: int) -> None:
    assert status(site.respond(request_line + b"\r\nHost: x\r\n")) == expected


def test_head_gives_the_length_without_the_body(site: Site) -> None:
    full = site.respond(b"GET /f0.xml HTTP/1.1\r\nHost: x\r\n")
    head = site.respond(b"HEAD /f0.xml HTTP/1.1\r\nHost: x\r\n")
    assert head == full[: len(head)]
    assert head.endswith(b"\r\n\r\n")


def test_stale_etag_gets_the_whole_feed(site: Site) -> None:
    head = b'GET /f0.xml HTTP/1.1\r\nIf-None-Match: "0"\r\n'
    assert status(site.respond(head)) == 200
