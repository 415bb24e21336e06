"""Keys at the door: who gets in, what they get, and what everybody else gets as before."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import structlog

from config.partners import PartnerSpec
from feeds.store import partners
from feeds.web.partners import key_of, may_carry_key

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # as the web's clock has it
HOME = "https://daily.example"
OTHER = "https://foreign.example"
UNKNOWN = "twp_" + "x" * 32
Ask = Callable[..., Any]
Make = Callable[..., str]

KEYED = [
    "/embed/all",
    "/embed/all.html",
    "/embed/all.json",
    "/embed/section/nhan-quyen?count=3&theme=dark",
    "/feeds/all.rss",
    "/feeds/all.atom",
    "/feeds/all.json",
    "/oembed?url={home}",
]
routes = pytest.mark.parametrize("route", KEYED)


def _with(route: str, key: str, web: Any) -> str:
    path = route.format(home=quote(web.url + "/", safe=""))
    return f"{path}{'&' if '?' in path else '?'}key={key}"


@dataclass(frozen=True)
class Known:
    """Keys that the web knows already: waiting for each would take seconds a test."""

    home: str  # for the origin HOME
    two: str  # for two origins
    other: str  # for the origin OTHER
    used_up: dict[str, str]  # for HOME, by route; the one request of their minute was made
    gone: dict[str, str]  # was valid, and is revoked


@pytest.fixture(scope="module")
def known(web: Any) -> Known:
    """Add partners of many kinds."""

    def add(name: str, *origins: str, per_minute: int = 10_000) -> str:
        spec = PartnerSpec(name=name, origins=origins, per_minute=per_minute)
        return partners.create(connection, spec, NOW)

    with web.engine.begin() as connection:
        made = Known(
            add("home", HOME),
            add("two", HOME, "https://m.daily.example"),
            add("other", OTHER),
            {route: add(f"one-{n}", HOME, per_minute=1) for n, route in enumerate(KEYED)},
            {route: add(f"gone-{n}", HOME) for n, route in enumerate(KEYED)},
        )
    settled(lambda: web.ask(f"/embed/a/b?key={made.home}").status != 403)
    for key in made.used_up.values():
        assert web.ask(f"/embed/a/b?key={key}").status == 404
    for route, key in made.gone.items():
        assert web.ask(_with(route, key, web)).status == 200
    with web.engine.begin() as connection:
        for number in range(len(KEYED)):
            partners.revoke(connection, f"gone-{number}", NOW)
    settled(lambda: web.ask(_with(KEYED[0], made.gone[KEYED[0]], web)).status == 403)
    return made


@pytest.fixture
def ready(web: Any, partner: Make) -> Make:
    """Add a partner of a test's own, and wait until the web knows its key; that is one request."""

    def add(*origins: str, **more: Any) -> str:
        key = partner(*origins, **more)
        settled(lambda: web.ask(f"/embed/a/b?key={key}").status != 403)
        return key

    return add


def settled(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@routes
def test_a_key_gets_what_everybody_gets(web: Any, known: Known, route: str) -> None:
    key = known.home
    plain = web.ask(route.format(home=quote(web.url + "/", safe="")))
    keyed = web.ask(_with(route, key, web))
    assert keyed.status == plain.status == 200
    assert keyed.headers["content-type"] == plain.headers["content-type"]
    if not route.startswith("/oembed"):
        assert (keyed.body, keyed.headers["etag"]) == (plain.body, plain.headers["etag"])


@routes
def test_the_header_does_as_the_address_does(web: Any, known: Known, route: str) -> None:
    key = known.home
    path = route.format(home=quote(web.url + "/", safe=""))
    by_address, by_header = (
        web.ask(_with(route, key, web)),
        web.ask(path, Authorization=f"Bearer {key}"),
    )
    assert by_header.status == 200
    assert by_header.body == by_address.body
    for name in ("content-security-policy", "cache-control", "vary"):
        assert by_header.headers[name] == by_address.headers[name]


@routes
def test_only_the_partners_origins_may_frame_and_read_it(
    web: Any, known: Known, route: str
) -> None:
    key = known.two
    quiet = web.ask(_with(route, key, web))
    (ancestors,) = re.findall("frame-ancestors ([^;]*)", quiet.headers["content-security-policy"])
    assert ancestors == f"{HOME} https://m.daily.example"
    assert "access-control-allow-origin" not in quiet.headers
    assert "Origin" in quiet.headers["vary"].split(", ")
    assert quiet.headers["cache-control"].startswith("private")
    own = web.ask(_with(route, key, web), Origin=HOME)
    assert own.status == 200
    assert own.headers["access-control-allow-origin"] == HOME


@routes
@pytest.mark.parametrize("origin", [OTHER, "null", HOME + ".evil.example", "http://daily.example"])
def test_another_origin_is_refused(web: Any, known: Known, route: str, origin: str) -> None:
    answer = web.ask(_with(route, known.home, web), Origin=origin)
    assert answer.status == 403
    assert origin in answer.text
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@routes
def test_another_partners_key_opens_no_door_for_its_origin(
    web: Any, known: Known, route: str
) -> None:
    assert web.ask(_with(route, known.other, web), Origin=HOME).status == 403
    assert web.ask(_with(route, known.home, web), Origin=HOME).status == 200


@routes
@pytest.mark.parametrize("key", [UNKNOWN, "x", "%00", "twp_", "a" * 5000])
def test_an_unknown_key_is_refused_with_a_sentence(web: Any, route: str, key: str) -> None:
    answer = web.ask(_with(route, key, web))
    assert answer.status == 403
    said = json.loads(answer.body)["error"] if ".json" in route else answer.text
    assert said.strip().startswith("This key is unknown, or it was revoked.")


@routes
def test_a_revoked_key_is_refused(web: Any, known: Known, route: str) -> None:
    answer = web.ask(_with(route, known.gone[route], web), Origin=HOME)
    assert answer.status == 403
    assert "it was revoked" in answer.text


@routes
def test_without_a_key_all_is_public_as_before(web: Any, route: str) -> None:
    answer = web.ask(route.format(home=quote(web.url + "/", safe="")), Origin=OTHER)
    assert answer.status == 200
    if route != "/embed/all" and "theme" not in route:
        assert answer.headers["access-control-allow-origin"] == "*"
    else:
        assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("public")


def test_an_empty_key_and_another_scheme_are_none(web: Any) -> None:
    assert web.ask("/embed/all?key=&count=3").body == web.ask("/embed/all?count=3").body
    assert web.ask("/embed/all", Authorization="Basic eDp5").status == 200
    assert web.ask("/embed/all?monkey=1").status == 200


@routes
def test_over_its_quota_a_partner_is_told_when_to_come_back(
    web: Any, known: Known, route: str
) -> None:
    answer = web.ask(_with(route, known.used_up[route], web), Origin=HOME)
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == HOME
    assert "etag" not in answer.headers
    assert web.ask(_with(route, known.home, web)).status == 200, "it is that partner's alone"
    plain = web.ask(route.format(home=quote(web.url + "/", safe="")))
    assert plain.status == 200


def test_over_the_quota_a_frame_shows_its_last_content(web: Any, known: Known) -> None:
    held = web.ask("/embed/all?count=4")
    key = known.used_up["/embed/all"]
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    sa.event.listen(web.engine, "before_cursor_execute", note)
    try:
        answer = web.ask(f"/embed/all?count=4&key={key}", If_None_Match=held.headers["etag"])
    finally:
        sa.event.remove(web.engine, "before_cursor_execute", note)
    assert (answer.status, answer.body) == (429, held.body)
    assert f"frame-ancestors {HOME}" in answer.headers["content-security-policy"]
    assert [one for one in statements if "partner_key" not in one] == []


def test_a_frame_that_was_never_drawn_is_drawn_over_the_quota_too(web: Any, known: Known) -> None:
    key = known.used_up["/embed/all"]
    answer = web.ask(f"/embed/all?count=17&layout=compact&key={key}")
    assert answer.status == 429
    assert answer.text.count("<li>") == 17


def test_a_poll_that_finds_nothing_new_is_a_304_with_a_key_too(web: Any, known: Known) -> None:
    key = known.home
    first = web.ask(f"/feeds/all.rss?key={key}")
    again = web.ask(f"/feeds/all.rss?key={key}", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"].startswith("private")


def test_who_is_sent_on_keeps_the_key(web: Any, known: Known) -> None:
    key = known.home
    answer = web.ask(f"/feeds/all.rss?limit=007&key={key}&utm=x")
    assert answer.status == 301
    assert answer.headers["location"] == f"/feeds/all.rss?limit=7&key={key}"
    bare = web.ask(f"/feeds/all.rss?utm=x&key={key}")
    assert bare.headers["location"] == f"/feeds/all.rss?key={key}"
    by_header = web.ask("/feeds/all.rss?utm=x", Authorization=f"Bearer {key}")
    assert by_header.headers["location"] == "/feeds/all.rss"


def test_a_preflight_is_answered_for_the_partners_origins_and_not_counted(
    web: Any, ready: Make
) -> None:
    key = ready(HOME, per_minute=2)
    asked = {"Access-Control-Request-Method": "GET"}
    for _ in range(5):
        answer = web.ask(f"/feeds/all.json?key={key}", "OPTIONS", Origin=HOME, **asked)
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == HOME
    assert web.ask(f"/feeds/all.json?key={key}", "OPTIONS", Origin=OTHER, **asked).status == 403
    assert web.ask(f"/feeds/all.json?key={key}", Origin=HOME).status == 200


def test_oembed_gives_a_frame_with_the_key(web: Any, known: Known) -> None:
    key = known.home
    found = json.loads(web.ask(f"/oembed?url={quote(web.url + '/', safe='')}&key={key}").body)
    address = unescape(re.findall('src="([^"]+)"', found["html"])[0])
    assert address.startswith(f"{web.url}/embed/all?key={key}")
    frame = web.ask(address.removeprefix(web.url))
    assert frame.status == 200
    assert f"frame-ancestors {HOME}" in frame.headers["content-security-policy"]


def test_the_picker_puts_a_key_into_every_line(web: Any, known: Known) -> None:
    key = known.home
    text = unescape(web.ask(f"/partners/embed?feed=all&count=3&lang=en&in=en&key={key}").text)
    assert f'<tinwire-feed key="{key}" feed="all" count="3" lang="en"></tinwire-feed>' in text
    assert f'<iframe src="{web.url}/embed/all?key={key}&count=3&lang=en"' in text
    assert f"/embed/all.json?key={key}&" in text
    assert f"This key works on pages of: {HOME}" in text
    assert '<iframe src="/embed/all?count=3&lang=en"' in text, "its own page is no partner's"


def test_the_picker_says_that_a_key_is_wrong_and_does_without(web: Any) -> None:
    text = web.ask(f"/partners/embed?lang=en&key={UNKNOWN}").text
    assert "This key is unknown or was revoked" in text
    assert f"key={UNKNOWN}" not in text
    assert f'key="{UNKNOWN}"' not in text


def test_no_key_is_logged(web: Any, ready: Make) -> None:
    with structlog.testing.capture_logs() as logs:
        key = ready(HOME, per_minute=3)
        for _ in range(4):
            web.ask(f"/embed/all?key={key}", Origin=OTHER)
            web.ask(f"/feeds/all.rss?key={key}")
            web.ask(f"/feeds/gone.rss?key={UNKNOWN}")
    assert key not in str(logs)
    assert UNKNOWN not in str(logs)


def test_the_answers_that_are_held_stay_as_they_were(web: Any, known: Known) -> None:
    key = known.home
    before = web.ask("/embed/all").headers, web.ask("/feeds/all.rss").headers
    for path in ("/embed/all", "/feeds/all.rss"):
        web.ask(f"{path}?key={key}", Origin=HOME)
    after = web.ask("/embed/all").headers, web.ask("/feeds/all.rss").headers
    for one, other in zip(before, after, strict=True):
        assert {**one, "date": ""} == {**other, "date": ""}


def _scope(query: bytes, *headers: tuple[bytes, bytes]) -> Any:
    return {"query_string": query, "headers": list(headers)}


@pytest.mark.parametrize(
    ("query", "authorization", "key", "rest"),
    [
        (b"key=a&count=3", None, "a", b"count=3"),
        (b"count=3&key=a", None, "a", b"count=3"),
        (b"key=a&key=b", None, "a", b""),
        (b"key=a", b"Bearer twp_b", "a", b""),
        (b"key=", b"Bearer twp_b", "twp_b", b""),
        (b"count=3", b"bearer  twp_b ", None, b""),
        (b"count=3", b"BEARER twp_b", "twp_b", b"count=3"),
        (b"monkey=a", None, None, b""),
        (b"count=3", b"Bearer other", None, b""),
    ],
)
def test_a_key_is_taken_out_of_the_request(
    query: bytes, authorization: bytes | None, key: str | None, rest: bytes
) -> None:
    named = [] if authorization is None else [(b"authorization", authorization)]
    scope = _scope(query, (b"accept", b"*/*"), *named)
    found = key_of(scope)
    assert (None if found is None else found.key) == key
    if found is not None:
        assert found.query == rest
        assert may_carry_key(scope)
