"""WebSub, what can be told without asking: sections are the W3C Recommendation's."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest import websub
from feeds.ingest.parse import parse
from feeds.ingest.websub import Hub, discover_unchanged

TWO = "https://two.example/hub"
URL = "https://news.example/feed"
IN_DOCUMENT = Hub("https://hub.example/doc", "https://news.example/doc")
HEADERS = {"link": '<https://hub.example/head>; rel="hub", <https://news.example/head>; rel="self"'}
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>'
    '<link rel="hub" href="https://hub.example/doc"/>'
    '<link rel="self" href="https://news.example/doc"/></feed>'
)
RSS = (
    '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>News</title>'
    '<a:link rel="hub" href="https://hub.example/doc"/>'
    '<a:link rel="self" href="https://news.example/doc"/></channel></rss>'
)
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [],'
    ' "feed_url": "https://news.example/doc",'
    ' "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"},'
    ' {"type": "WebSub", "url": "https://hub.example/doc"}]}'
)
PLAIN = '<rss version="2.0"><channel><title>News</title></channel></rss>'


def found(document: str, headers: dict[str, str] | None = None) -> Hub | None:
    given_headers = headers or {}
    return websub.discover(given_headers, URL, parse(document.encode(), given_headers, URL))


@pytest.mark.parametrize("document", [ATOM, RSS, JSON], ids=["Atom", "RSS", "JSON Feed"])
def test_hub_and_topic_stand_in_the_document(document: str) -> None:
    """§4."""
    assert found(document) == IN_DOCUMENT


@pytest.mark.parametrize("document", [ATOM, RSS, JSON, PLAIN], ids=["Atom", "RSS", "JSON", "none"])
def test_headers_come_before_the_document(document: str) -> None:
    """§4: subscribers MUST check for HTTP Link headers first."""
    assert found(document, HEADERS) == Hub("https://hub.example/head", "https://news.example/head")


def test_what_headers_leave_out_the_document_tells() -> None:
    assert found(ATOM, {"link": "<https://hub.example/head>; rel=hub"}) == Hub(
        "https://hub.example/head", "https://news.example/doc"
    )


def test_of_several_hubs_the_first_is_taken_and_the_others_are_kept() -> None:
    """§4: the subscriber may subscribe to one or more of them."""
    field = "<https://one.example/>; rel=hub, <https://two.example/>; rel=hub"
    one, two = "https://one.example/", "https://two.example/"
    assert found(PLAIN, {"link": field}) == Hub(one, URL, (two,))


@pytest.mark.parametrize("document", [ATOM, RSS, JSON], ids=["Atom", "RSS", "JSON Feed"])
def test_a_document_may_name_several(document: str) -> None:
    first = IN_DOCUMENT.hub_url
    link = "a:link" if "<a:link" in document else "link"
    more = document.replace(f'"{first}"/>', f'"{first}"/><{link} rel="hub" href="{TWO}"/>')
    more = more.replace(f'"{first}"}}', f'"{first}"}}, {{"type": "WebSub", "url": "{TWO}"}}')
    assert found(more) == Hub(first, IN_DOCUMENT.topic_url, (TWO,))


def test_an_unchanged_document_tells_its_hub_by_headers_that_name_both() -> None:
    both = "<https://one.example/>; rel=hub, <https://news.example/rss>; rel=self"
    assert discover_unchanged({"link": both}, URL) == Hub(
        "https://one.example/", "https://news.example/rss"
    )
    for field in ("", "<https://one.example/>; rel=hub", "<https://one.example/>; rel=self"):
        assert discover_unchanged({"link": field}, URL) is None


def test_a_document_without_self_is_known_by_its_address() -> None:
    assert found(PLAIN, {"link": "<https://hub.example/>; rel=hub"}) == Hub(
        "https://hub.example/", URL
    )


def test_a_document_without_hub_has_none() -> None:
    assert found(PLAIN) is None
    assert found(PLAIN, {"link": "<https://news.example/>; rel=self"}) is None


def test_an_endless_address_is_no_hub() -> None:
    assert found(PLAIN, {"link": f"<https://hub.example/{'x' * 3000}>; rel=hub"}) is None


def test_a_subscription_is_asked_for_in_a_form() -> None:
    """§5.1."""
    wish = websub.Wish("subscribe", "https://a.example/?x=1&y=é", "https://us/c", "s" * 43, 600)
    assert parse_qs(wish.form().decode("ascii")) == {
        "hub.mode": ["subscribe"],
        "hub.topic": ["https://a.example/?x=1&y=é"],
        "hub.callback": ["https://us/c"],
        "hub.secret": ["s" * 43],
        "hub.lease_seconds": ["600"],
    }


def test_an_end_is_asked_for_without_secret_and_lease() -> None:
    form = parse_qs(websub.Wish("unsubscribe", "https://a/", "https://us/c", "s", 600).form())
    assert set(form) == {b"hub.mode", b"hub.topic", b"hub.callback"}


# RFC 2202 §3 and RFC 4231 §4.3, test case 2.
JEFE = {
    "sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
    "8e2240ca5e69e2c78b3239ecfab21649",
    "sha512": "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
}
BODY = b"what do ya want for nothing?"


@pytest.mark.parametrize(("algorithm", "digest"), JEFE.items(), ids=JEFE)
def test_every_recognised_algorithm_is_checked(algorithm: str, digest: str) -> None:
    """§7.1.1."""
    assert websub.is_signed(BODY, "Jefe", f"{algorithm}={digest}")
    assert websub.is_signed(BODY, "Jefe", f"{algorithm.upper()}={digest.upper()}")
    assert not websub.is_signed(BODY + b" ", "Jefe", f"{algorithm}={digest}")
    assert not websub.is_signed(BODY, "jefe", f"{algorithm}={digest}")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256",
        "sha256=",
        "=",
        JEFE["sha256"],
        f"sha1={JEFE['sha256']}",
        f"sha256={JEFE['sha256'][:-1]}",
        f"sha256={JEFE['sha256']}0",
        f"md5={JEFE['sha1']}",
        f"shake_128={JEFE['sha1']}",
        "sha256=đ",
    ],
)
def test_what_is_not_signed_with_our_secret_is_not_signed(header: str | None) -> None:
    """§7.1.2."""
    assert not websub.is_signed(BODY, "Jefe", header)


@given(st.binary(max_size=64), st.text(min_size=1, max_size=20), st.text(max_size=40))
def test_a_signature_is_never_an_error(body: bytes, secret: str, header: str) -> None:
    assert not websub.is_signed(body, secret, f"sha256={header}")


LEASES: dict[str, tuple[str | None, int]] = {
    "given": ("86400", 86400),
    "not given": (None, 600),
    "none": ("0", 600),
    "negative": ("-5", 600),
    "no number": ("ten days", 600),
    "digits of another script": ("٣", 600),
    "for ever": ("99999999999", 366 * 86400),
    "longer than any number": ("9" * 5000, 600),
}


@pytest.mark.parametrize(("text", "seconds"), LEASES.values(), ids=LEASES)
def test_the_hubs_lease_is_honoured(text: str | None, seconds: int) -> None:
    """§5.3: the hub-determined number of seconds; without one it is what we asked for."""
    assert websub.lease_of(text, 600) == timedelta(seconds=seconds)


@given(st.integers(600, 10**8), st.floats(0, 1))
def test_a_renewal_comes_well_before_the_end(seconds: int, chance: float) -> None:
    """§5.3.1."""
    lease = timedelta(seconds=seconds)
    assert 0.5 * lease < websub.renewal_after(lease, chance) < 0.9 * lease


def test_a_hub_that_grants_seconds_is_not_asked_every_second() -> None:
    assert websub.renewal_after(timedelta(seconds=1), 0.0) == websub.LEAST_RENEWAL


def test_renewals_of_one_moment_are_spread() -> None:
    lease = timedelta(days=10)
    waits = {websub.renewal_after(lease, websub.chance_of(n, "noon")) for n in range(100)}
    hours = {int(wait.total_seconds() // 3600) for wait in waits}
    assert len(hours) > 30


@given(st.integers(0, 100), st.floats(0, 1), st.floats(0, 1))
def test_each_failure_is_waited_for_longer_up_to_the_most(n: int, one: float, two: float) -> None:
    least, most = timedelta(minutes=10), timedelta(days=1)
    wait, longer = (
        websub.wait_after(n, least, most, one),
        websub.wait_after(n + 1, least, most, two),
    )
    assert least <= wait <= 1.25 * most
    assert wait < longer or wait >= most


REACH = [
    ("https://news.example", "https://hub.example/", True),
    ("http://localhost:8000", "https://hub.example/", False),
    ("http://127.0.0.1:8000", "https://hub.example/", False),
    ("http://[::1]:8000", "https://hub.example/", False),
    ("http://tinwire.localhost", "https://hub.example/", False),
    ("http://127.0.0.1:8000", "http://localhost:9/hub", True),
    ("https://news.example", "http://[", True),
    ("http://localhost", "http://[", False),
]


@pytest.mark.parametrize(("ours", "hub", "wanted"), REACH)
def test_a_public_hub_is_not_sent_to_our_own_machine(ours: str, hub: str, wanted: bool) -> None:
    assert websub.can_call_back(ours, hub) is wanted


PLACES: list[tuple[str, tuple[str, ...]]] = [
    ("https://hub.example/", ("https://hub.example/",)),
    ("http://hub.example/a", ("https://hub.example/a", "http://hub.example/a")),
    ("http://hub.example:8080/", ("http://hub.example:8080/",)),
    ("http://hub.example:port/", ("https://hub.example:port/", "http://hub.example:port/")),
]


@pytest.mark.parametrize(("url", "places"), PLACES)
def test_https_is_tried_first(url: str, places: tuple[str, ...]) -> None:
    """§8.2: subscribers SHOULD always favor the HTTPS URL for hubs."""
    assert websub.candidates(url) == places


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("a" * 32, True), ("a" * 15, False), ("a\0" * 16, False), ("../" * 9, False)],
)
def test_what_can_be_no_callback_of_ours_is_told_at_once(text: str, wanted: Any) -> None:
    assert websub.is_token(text) is wanted
