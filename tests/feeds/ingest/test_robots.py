"""robots.txt as RFC 9309 has it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FetchFailed, Refused, TinwireError
from feeds.ingest.fetch import Response
from feeds.ingest.robots import Robots, is_allowed, read_robots, robots_url

HOST = "https://bao.vn"
RULES = [
    ("User-agent: *\nDisallow: /", "/tin", False),
    ("User-agent: *\nDisallow:", "/tin", True),
    ("User-agent: tinwire\nDisallow: /tin\n\nUser-agent: *\nDisallow: /", "/khac", True),
    ("User-agent: TINWIRE\nDisallow: /tin", "/tin-1", False),
    ("User-agent: googlebot\nDisallow: /", "/tin", True),
    ("User-agent: Tinwire/1.0\nDisallow: /", "/tin", False),
    (
        "User-agent: *\nDisallow:\n\rUser-Agent: tinwire/0.1 (+https://x.vn)\nDisallow: /",
        "/",
        False,
    ),
    ("User-agent: Tinwire/1.0\nDisallow:\n\nUser-agent: *\nDisallow: /", "/tin", True),
    ("User-agent: Tinwires/1.0\nDisallow: /", "/tin", True),
    ("User-agent: Anti-Tinwire/1.0\nDisallow: /", "/tin", True),
    ("User-agent: a\nUser-agent: tinwire\nDisallow: /", "/tin", False),
    ("User-agent: *\nDisallow: /tin\nAllow: /tin/mo", "/tin/mo/1", True),
    ("User-agent: *\nAllow: /tin\nDisallow: /tin", "/tin", True),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
    ("User-agent: *\nDisallow: /t%C3%ADn", "/tín", False),
    ("\ufeffUser-agent: * # all\nDisallow: /tin # this", "/tin", False),
    ("<html>not a file of rules</html>", "/tin", True),
    ("", "/tin", True),
]


@pytest.mark.parametrize(("text", "path", "allowed"), RULES)
def test_rules_decide(text: str, path: str, allowed: bool) -> None:
    assert is_allowed(read_robots(answer(200, text.encode())), HOST + path) is allowed


def answer(status: int, body: bytes = b"") -> Response:
    return Response(status, f"{HOST}/robots.txt", {}, body)


@pytest.mark.parametrize(
    ("given_", "allowed", "kept"),
    [
        (answer(404), True, timedelta(hours=24)),
        (answer(403), True, timedelta(hours=24)),
        (answer(500), False, timedelta(minutes=5)),
        (answer(503), False, timedelta(minutes=5)),
        (answer(429), False, timedelta(minutes=5)),
        (FetchFailed("nothing came for 10 s"), False, timedelta(minutes=5)),
        (Refused("a private address"), True, timedelta(hours=24)),
    ],
)
def test_no_file_opens_a_host_and_a_failure_closes_it(
    given_: Response | TinwireError, allowed: bool, kept: timedelta
) -> None:
    robots = read_robots(given_)
    assert is_allowed(robots, f"{HOST}/tin") is allowed
    assert robots.kept == kept


def test_only_the_first_half_mebibyte_is_read() -> None:
    text = b"#" * (500 * 1024) + b"\nUser-agent: *\nDisallow: /\n"
    assert is_allowed(read_robots(answer(200, text)), f"{HOST}/tin")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://bao.vn/a/b?c#d", "https://bao.vn/robots.txt"),
        ("http://bao.vn:8080", "http://bao.vn:8080/robots.txt"),
        ("http://[bad/a", None),
        ("urn:x", None),
    ],
)
def test_each_scheme_host_and_port_has_its_own_file(url: str, place: str | None) -> None:
    assert robots_url(url) == place


@given(st.binary(max_size=300))
def test_any_bytes_are_rules(raw: bytes) -> None:
    robots = read_robots(answer(200, raw))
    assert is_allowed(robots, f"{HOST}/tin") in (True, False)
    assert "\x00" not in robots.text, "PostgreSQL stores no such character"


def test_a_host_that_is_closed_is_closed_whatever_its_text() -> None:
    assert not is_allowed(Robots("User-agent: *\nAllow: /", closed="HTTP status 500"), HOST)
