"""The callback: hubs confirm what we asked for and deliver what was signed; strangers find nothing.

Sections are those of the W3C WebSub Recommendation.
"""

import hmac
import http.client
import itertools
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import utc_now
from feeds.store import subscriptions
from feeds.store.engine import connect
from feeds.store.standing import State, Subscription
from feeds.web.assets import Assets
from feeds.web.front import Front
from feeds.web.websub import confirm, receive

HUB, TOPIC = "https://hub.example/", "https://alpha.example/rss?a=1&b=é"
CHALLENGE = "<script>alert(1)</script>"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Callback:
    """One subscription of its own, and the hub's requests to it."""

    web: Any
    now: datetime
    id: int

    @property
    def held(self) -> Subscription:
        with self.web.engine.begin() as connection:
            return subscriptions.find(connection, [self.id])[self.id]

    def become(self, change: Callable[[Subscription], Subscription]) -> None:
        with self.web.engine.begin() as connection:
            (held,) = subscriptions.find(connection, [self.id]).values()
            subscriptions.save(connection, change(held))

    def ask(self, method: str = "GET", token: str | None = None, **said: str | None) -> Any:
        fields = {"mode": "subscribe", "topic": TOPIC, "challenge": CHALLENGE, **said}
        query = urlencode({f"hub.{k}": v for k, v in fields.items() if v is not None})
        return self.web.ask(f"/websub/{token or self.held.token}?{query}", method)

    def deliver(self, body: bytes, **headers: str) -> int:
        return self.delivered(body, **headers)[0]

    def delivered(self, body: bytes, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("POST", f"/websub/{self.held.token}", body, named)
            answer = connection.getresponse()
            return answer.status, answer.headers
        finally:
            connection.close()

    def signed(self, body: bytes) -> str:
        return "sha256=" + hmac.new(self.held.secret.encode(), body, "sha256").hexdigest()

    def stored(self) -> int:
        query = "SELECT count(*) FROM push WHERE source_id = :id"
        with self.web.engine.connect() as connection:
            return int(connection.scalar(sa.text(query), {"id": self.held.source_id}))

    def marked(self, kind: str, key: str) -> bool:
        query = "SELECT 1 FROM work WHERE kind = :kind AND key = :key"
        with self.web.engine.connect() as connection:
            return connection.scalar(sa.text(query), {"kind": kind, "key": key}) is not None


@pytest.fixture
def callback(web: Any, stock: Any) -> Callback:
    """A subscription that the hub was just asked for."""
    name = f"pushed-{next(_numbers)}"
    stock.source(name, name)
    now = datetime.fromisoformat("2026-03-02T05:00:00+00:00")
    with web.engine.begin() as connection:
        query = sa.text("SELECT id FROM source WHERE name = :name")
        source_id = connection.scalar(query, {"name": name})
        subscriptions.join(connection, source_id, HUB, TOPIC, now)
        held = subscriptions.followed(connection, [source_id])[source_id]
        subscriptions.save(connection, held.asking(now))
        connection.execute(sa.text("DELETE FROM work WHERE kind = 'subscribe'"))
    return Callback(web, now, held.id)


def activate(held: Subscription) -> Subscription:
    now = held.created_at
    return held.asking(now).verified(timedelta(days=1), now, now)


def test_what_we_asked_for_is_confirmed_by_its_challenge(callback: Callback) -> None:
    """§5.3.1: 2xx with a body equal to hub.challenge; as plain text, since it is a stranger's."""
    answer = callback.ask(lease_seconds="86400")
    assert (answer.status, answer.text) == (200, CHALLENGE)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert callback.held.state is State.ACTIVE
    assert callback.held.lease_until == callback.now + timedelta(days=1)
    assert callback.now < callback.held.ask_at < callback.held.lease_until
    assert callback.marked("subscribe", str(callback.id)), "whoever asks next must know"


def test_a_hub_may_ask_twice(callback: Callback) -> None:
    assert [callback.ask().status, callback.ask().status] == [200, 200]


REFUSED: dict[str, dict[str, str | None]] = {
    "another topic": {"topic": "https://alpha.example/other"},
    "a topic that is spelled otherwise": {"topic": TOPIC.replace("alpha", "ALPHA")},
    "no topic": {"topic": None},
    "an end that nobody wants": {"mode": "unsubscribe"},
    "another mode": {"mode": "publish"},
    "no mode": {"mode": None},
    "no challenge": {"challenge": None},
    "an empty challenge": {"challenge": ""},
    "an endless challenge": {"challenge": "x" * 5000},
    "a denial of another topic": {"mode": "denied", "topic": "https://alpha.example/other"},
}


@pytest.mark.parametrize("said", REFUSED.values(), ids=REFUSED)
def test_what_we_did_not_ask_for_is_not_found(
    callback: Callback, said: dict[str, str | None]
) -> None:
    """§5.3.1: MUST respond with 404 when the subscriber does not agree with the action."""
    before = callback.held
    answer = callback.ask(**said)
    assert answer.status == 404
    assert CHALLENGE not in answer.text
    assert callback.held == before


@pytest.mark.parametrize("token", ["x", "x" * 32, "a%00" * 10, "..%2f" * 9])
def test_a_stranger_finds_nothing(callback: Callback, token: str) -> None:
    assert callback.ask(token=token).status == 404
    assert callback.web.ask(f"/websub/{token}", "POST").status == 404


def test_what_was_asked_for_long_ago_is_not_confirmed(callback: Callback) -> None:
    callback.become(lambda held: held.asking(callback.now - timedelta(hours=2)))
    assert callback.ask().status == 404


def test_an_end_is_confirmed_when_we_asked_for_it(callback: Callback) -> None:
    callback.become(lambda held: activate(held).leaving("removed", callback.now))
    assert callback.ask(mode="unsubscribe").status == 404, "the hub was not asked yet"
    callback.become(lambda held: held.asking(callback.now))
    assert callback.ask().status == 404, "we are leaving"
    answer = callback.ask(mode="unsubscribe", lease_seconds="9")
    assert (answer.status, answer.text) == (200, CHALLENGE)
    assert callback.held.state is State.LEFT
    assert callback.ask(mode="unsubscribe").status == 200, "our answer may have been lost"


def test_a_subscription_of_a_paused_source_is_not_confirmed(callback: Callback) -> None:
    with callback.web.engine.begin() as connection:
        query = "UPDATE source SET paused = true WHERE id = :id"
        connection.execute(sa.text(query), {"id": callback.held.source_id})
    assert callback.ask().status == 404


def test_a_denial_is_noted_with_its_reason_and_polls_come_back(callback: Callback) -> None:
    """§5.2."""
    callback.become(activate)
    answer = callback.ask(mode="denied", challenge=None, reason="too\x00 many")
    assert (answer.status, answer.body) == (200, b"")
    assert callback.held.state is State.DENIED
    assert callback.held.why == "the hub denied it: too many"
    assert callback.marked("poll", callback.held.source_name)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE"])
def test_only_a_get_confirms(callback: Callback, method: str) -> None:
    assert callback.ask(method).status == 405
    assert callback.held.state is State.ASKED


def test_a_signed_body_is_kept_as_it_came(callback: Callback) -> None:
    """§7: 2xx means receipt."""
    callback.become(activate)
    body = b"\xff\x00<rss/>"
    headers = {"X_Hub_Signature": callback.signed(body), "Content_Type": "text/xml"}
    assert callback.deliver(body, **headers) == 202
    assert callback.stored() == 1
    assert callback.held.pushed_at == callback.now
    assert callback.held.deliveries == 1


def test_the_links_of_a_delivery_name_no_subscription(callback: Callback) -> None:
    """§7: the Link headers MUST NOT be used to identify the subscription."""
    callback.become(activate)
    link = '<https://other.example/hub>; rel="hub", <https://other.example/feed>; rel="self"'
    body = b"<rss/>"
    assert callback.deliver(body, X_Hub_Signature=callback.signed(body), Link=link) == 202
    with callback.web.engine.connect() as connection:
        query = sa.text("SELECT url FROM push WHERE source_id = :id")
        assert connection.scalar(query, {"id": callback.held.source_id}) == TOPIC


@pytest.mark.parametrize("signature", [None, "", "sha256=00", "md5=00"])
def test_a_body_that_is_not_signed_is_answered_alike_and_ignored(
    callback: Callback, signature: str | None
) -> None:
    """§7.1.2."""
    callback.become(activate)
    headers = {} if signature is None else {"X_Hub_Signature": signature}
    assert callback.deliver(b"<rss/>", **headers) == 202
    assert callback.stored() == 0
    assert (callback.held.ignored, callback.held.deliveries) == (1, 0)


def test_an_empty_body_makes_the_source_due(callback: Callback) -> None:
    callback.become(activate)
    assert callback.deliver(b"", X_Hub_Signature=callback.signed(b"")) == 202
    assert callback.stored() == 0
    assert callback.marked("poll", callback.held.source_name)
    assert callback.held.pinged_at == callback.now


def test_pings_in_a_row_are_refused_for_a_while_and_not_lost(callback: Callback) -> None:
    """RFC 6585 §4: 429 and Retry-After; what it would have made us look for is looked for then."""
    callback.become(lambda held: activate(held).delivered(callback.now, is_ping=True))
    status, headers = callback.delivered(b"", X_Hub_Signature=callback.signed(b""))
    assert (status, headers["Retry-After"]) == (429, "30")
    assert callback.held.deliveries == 1
    assert callback.marked("poll", callback.held.source_name)
    assert callback.deliver(b"", X_Hub_Signature="sha256=00") == 202, "strangers learn nothing"
    body = b"<rss/>"
    assert callback.deliver(body, X_Hub_Signature=callback.signed(body)) == 202
    assert callback.stored() == 1


def test_a_delivery_after_the_end_is_told_so(callback: Callback) -> None:
    """§7: 410 indicates that the subscription has been deleted."""
    callback.become(lambda held: activate(held).leaving("removed", callback.now))
    assert callback.deliver(b"<rss/>", X_Hub_Signature=callback.signed(b"<rss/>")) == 410
    assert callback.stored() == 0


def test_a_body_of_more_than_the_limit_is_refused(callback: Callback) -> None:
    callback.become(activate)
    most = Settings().push_max_bytes
    body = b" " * (most - 6) + b"<rss/>"
    assert callback.deliver(body, X_Hub_Signature=callback.signed(body)) == 202
    assert callback.stored() == 1
    body += b" "
    assert callback.deliver(body, X_Hub_Signature=callback.signed(body)) == 413
    assert callback.stored() == 1


def test_a_body_that_does_not_say_its_length_is_cut_off_at_the_limit(callback: Callback) -> None:
    callback.become(activate)
    chunk = b"100000\r\n" + b"x" * 2**20 + b"\r\n"
    with socket.create_connection(("127.0.0.1", callback.web.port), timeout=60) as raw:
        head = f"POST /websub/{callback.held.token} HTTP/1.1\r\nHost: x\r\n"
        raw.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(9):
            raw.sendall(chunk)
        assert raw.recv(64).startswith(b"HTTP/1.1 413 ")


async def test_without_a_database_the_hub_is_asked_to_come_again(editorial: Editorial) -> None:
    """F13: what is not committed is never answered by 2xx."""
    nowhere = connect("postgresql://nobody@127.0.0.1:1/none")
    app = Starlette()
    app.state.front = Front(nowhere, editorial, Settings(), utc_now, Assets())
    scope = {
        "type": "http",
        "app": app,
        "method": "GET",
        "headers": [],
        "query_string": b"hub.mode=subscribe",
        "path_params": {"token": "a" * 32},
    }
    for answer in (confirm(Request(scope)), await receive(Request(scope))):
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
