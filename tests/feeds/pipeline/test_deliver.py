"""Deliver and verify: subscribers over real HTTP, strict about what a hub must send.

Sections are those of the W3C WebSub Recommendation.
"""

import hmac
import http.client
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import sqlalchemy as sa

from feeds.pipeline.run import run
from feeds.publish.hub import retry_after

SECRET = "s3cret-ü"


@dataclass
class Reader:
    """A subscriber's server: `paths` says how each callback answers; default is as it should."""

    url: str
    wants: bool = True
    statuses: dict[str, int] = field(default_factory=dict)
    hangs: dict[str, threading.Event] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    challenge_suffix: str = ""
    verify_status: int = 200

    def bodies(self, path: str) -> list[bytes]:
        return [body for where, _, body in self.got if where == path]


@pytest.fixture
def reader(serving: Any) -> Iterator[Reader]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            made.asked.append({"path": self.path, **said})
            body = (said.get("hub.challenge", "") + made.challenge_suffix).encode()
            self._answer(made.verify_status if made.wants else 404, body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path in made.hangs:
                made.hangs[self.path].wait(120)
            made.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self._answer(made.statuses.get(self.path, 204), b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", made.url + "/elsewhere")
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with serving(Handler) as url:
        made = Reader(url)
        yield made
        for event in made.hangs.values():
            event.set()


@dataclass
class Told:
    """Our public web and workers, with a feed and somebody who may subscribe."""

    newsroom: Any
    reader: Reader
    number: int = 0

    @property
    def base(self) -> str:
        return str(self.newsroom.desk.settings.public_url)

    def topic(self, fmt: str = "atom", key: str = "all") -> str:
        return f"{self.base}/feeds/{key}.{fmt}"

    def ask(self, path: str = "/cb", **changes: str | None) -> tuple[int, bytes]:
        form = {
            "hub.mode": "subscribe",
            "hub.topic": self.topic(),
            "hub.callback": self.reader.url + path,
            **{f"hub.{name}": value for name, value in changes.items()},
        }
        body = urlencode({k: v for k, v in form.items() if v is not None}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=60)
        try:
            connection.request("POST", "/hub", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def subscribe(self, path: str = "/cb", **changes: str | None) -> None:
        assert self.ask(path, **changes)[0] == 202
        run(self.newsroom.desk, "verify")

    def publish(self, make_entry: Any, n: int = 1) -> None:
        """Bring news, and do all that follows but delivering."""
        for _ in range(n):
            self.number += 1
            self.newsroom.take("alpha", make_entry(f"news-{self.number}"))
        self.newsroom.settle("relate", "publish", "announce")

    def deliver(self) -> None:
        run(self.newsroom.desk, "deliver")

    def bytes(self, fmt: str = "atom") -> bytes:
        body: bytes = self.newsroom.files()["all", fmt][1]
        return body

    def subscribers(self) -> list[Any]:
        return list(self.newsroom.rows("SELECT * FROM subscriber ORDER BY id"))

    def due(self) -> int:
        query = "SELECT 1 FROM work WHERE kind = 'deliver' AND want > done"
        return len(self.newsroom.rows(query))


@pytest.fixture
def told(followed: Any, reader: Reader, make_entry: Any) -> Told:
    made = Told(followed.newsroom, reader)
    made.publish(make_entry)
    return made


def test_a_subscriber_gets_what_a_reader_would(told: Told, make_entry: Any) -> None:
    """§5.3, §7, §7.1: the full body, its type, hub and self, and a signature by the secret."""
    told.subscribe("/cb?id=7&id=8", secret=SECRET, lease_seconds="86400")
    (asked,) = told.reader.asked
    assert asked["path"].startswith("/cb?id=7&id=8&hub.")
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.topic"] == told.topic()
    assert asked["hub.lease_seconds"] == "86400"
    told.publish(make_entry)
    told.deliver()
    ((path, headers, body),) = told.reader.got
    assert path == "/cb?id=7&id=8"
    assert body == told.bytes()
    assert headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert headers["link"] == f'<{told.base}/hub>; rel="hub", <{told.topic()}>; rel="self"'
    wanted = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    assert headers["x-hub-signature"] == f"sha256={wanted}"
    assert told.due() == 0


def test_without_a_secret_nothing_is_signed(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.deliver()
    assert "x-hub-signature" not in told.reader.got[0][1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mode": "dance"}, "hub.mode"),
        ({"mode": "publish"}, "its own feeds"),
        ({"mode": None}, "hub.mode"),
        ({"topic": None}, "hub.topic is missing"),
        ({"topic": "https://other.example/feed"}, "no feed of ours"),
        ({"callback": None}, "hub.callback is missing"),
        ({"callback": "ftp://a.example/x"}, "scheme"),
        ({"callback": "http://user:pw@a.example:8080/x"}, "user name"),
        ({"callback": "http://10.0.0.1:8080/x"}, "private network"),
        ({"callback": "http://[::1]:8080/x"}, "private network"),
        ({"callback": "http://2130706434:8080/x", "mode": "dance"}, "hub.mode"),
        ({"callback": "http://a.local:8080/x"}, "private network"),
        ({"callback": "http://a.example:8080/x#y"}, "fragment"),
        ({"secret": "ü" * 100}, "200 bytes"),
        ({"lease_seconds": "soon"}, "hub.lease_seconds"),
        ({"lease_seconds": "0"}, "hub.lease_seconds"),
        ({"lease_seconds": "-5"}, "hub.lease_seconds"),
    ],
)
def test_bad_requests_are_refused_with_the_reason(
    told: Told, changes: dict[str, str | None], says: str
) -> None:
    status, body = told.ask(**changes)
    assert (status, says in body.decode()) == (400, True), body
    assert told.newsroom.rows("SELECT 1 FROM hub_request") == []


def test_a_feed_that_is_not_there_is_refused(told: Told) -> None:
    assert told.ask(topic=told.topic(key="section/none"))[0] == 400
    assert told.ask(topic=told.topic() + "?limit=3")[0] == 400


def test_a_secret_of_199_bytes_is_taken(told: Told) -> None:
    assert told.ask(secret="x" * 199)[0] == 202


@pytest.mark.parametrize(
    ("asked", "granted"), [(None, 864_000), ("1", 300), ("99999999999", 2_592_000), ("3600", 3600)]
)
def test_leases_are_finite(told: Told, asked: str | None, granted: int) -> None:
    """§5.1: the hub may give another lease than was asked for."""
    told.subscribe(lease_seconds=asked)
    assert told.reader.asked[0]["hub.lease_seconds"] == str(granted)
    (one,) = told.subscribers()
    assert (one.lease_until - told.newsroom.watch.now).total_seconds() == granted


@pytest.mark.parametrize(
    "how",
    [{"wants": False}, {"challenge_suffix": "x"}, {"verify_status": 302}],
    ids=["404", "another challenge", "a redirect"],
)
def test_who_does_not_confirm_is_not_subscribed(told: Told, how: dict[str, Any]) -> None:
    """§5.3.1: anything but a 2xx with the challenge means no."""
    for name, value in how.items():
        setattr(told.reader, name, value)
    told.subscribe()
    assert told.subscribers() == []
    assert len(told.reader.asked) == 1
    assert told.newsroom.rows("SELECT 1 FROM hub_request") == []


def test_a_subscriber_that_can_not_answer_is_asked_thrice_with_other_challenges(
    told: Told,
) -> None:
    told.reader.verify_status = 503
    told.subscribe()
    for _ in range(4):
        told.newsroom.watch.forward(minutes=5)
        run(told.newsroom.desk, "verify")
    challenges = {one["hub.challenge"] for one in told.reader.asked}
    assert len(told.reader.asked) == len(challenges) == 3
    assert told.newsroom.rows("SELECT 1 FROM hub_request") == []


def test_a_stranger_can_not_end_a_subscription(told: Told, make_entry: Any) -> None:
    told.subscribe(secret=SECRET)
    told.reader.wants = False
    assert told.ask(mode="unsubscribe")[0] == 202
    assert told.ask(secret="mine")[0] == 202
    run(told.newsroom.desk, "verify")
    told.publish(make_entry)
    told.deliver()
    ((_, headers, body),) = told.reader.got
    wanted = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    assert headers["x-hub-signature"] == f"sha256={wanted}"


def test_who_unsubscribes_gets_nothing_more(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.subscribe(mode="unsubscribe")
    assert told.reader.asked[-1]["hub.mode"] == "unsubscribe"
    assert "hub.lease_seconds" not in told.reader.asked[-1]
    told.publish(make_entry)
    told.deliver()
    assert told.reader.got == []
    assert told.subscribers() == []


def test_a_feed_that_went_before_it_was_verified_is_denied(told: Told) -> None:
    """§5.2: hub.mode=denied with the topic and a reason."""
    assert told.ask()[0] == 202
    told.newsroom.execute("DELETE FROM feed_file")
    run(told.newsroom.desk, "verify")
    (asked,) = told.reader.asked
    said = parse_qs(urlsplit(asked["path"]).query)
    assert said["hub.mode"] == ["denied"]
    assert said["hub.topic"] == [told.topic()]
    assert "hub.challenge" not in said
    assert told.subscribers() == []


def test_versions_that_wait_are_delivered_once_as_the_newest(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.publish(make_entry)
    told.deliver()
    assert told.reader.bodies("/cb") == [told.bytes()]
    told.newsroom.settle()
    assert len(told.reader.got) == 1


def test_what_did_not_change_is_not_delivered_again(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.deliver()
    told.newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) SELECT 'deliver', id::text,"
        " :now, :now FROM subscriber",
        now=told.newsroom.watch.now,
    )
    told.deliver()
    assert len(told.reader.got) == 1
    assert told.due() == 0


@pytest.mark.parametrize("status", [500, 404, 301, 307])
def test_failures_and_redirects_are_tried_again_until_the_lease_ends(
    told: Told, make_entry: Any, status: int
) -> None:
    told.subscribe(lease_seconds="3600")
    told.reader.statuses["/cb"] = status
    told.publish(make_entry)
    told.deliver()
    assert told.due() == 1
    waits = []
    for _ in range(30):
        (row,) = told.newsroom.rows("SELECT run_at FROM work WHERE kind = 'deliver'")
        waits.append((row.run_at - told.newsroom.watch.now).total_seconds())
        told.newsroom.watch.now = row.run_at
        told.deliver()
        if not told.due():
            break
    assert 5 <= len(told.reader.got) <= 12
    assert {body for _, _, body in told.reader.got} == {told.bytes()}
    assert all(later > earlier for earlier, later in itertools.pairwise(waits[:-1]))
    assert told.subscribers() == []
    assert all(path == "/cb" for path, _, _ in told.reader.got)


def test_who_recovers_gets_the_newest(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.reader.statuses["/cb"] = 503
    told.publish(make_entry)
    told.deliver()
    told.publish(make_entry)
    told.deliver()
    assert len(told.reader.got) == 1, "news does not cut the wait short"
    told.reader.statuses.clear()
    told.newsroom.watch.forward(seconds=120)
    told.deliver()
    assert told.reader.bodies("/cb")[-1] == told.bytes()
    (one,) = told.subscribers()
    assert (one.failures, one.error, one.delivered) == (0, "", 1)


def test_410_ends_a_subscription(told: Told, make_entry: Any) -> None:
    """§7: the hub MAY terminate it."""
    told.subscribe()
    told.reader.statuses["/cb"] = 410
    told.publish(make_entry)
    told.deliver()
    assert (told.subscribers(), told.due()) == ([], 0)


def test_a_lease_that_ended_is_the_end(told: Told, make_entry: Any) -> None:
    told.subscribe(lease_seconds="300")
    told.newsroom.watch.forward(seconds=300)
    told.publish(make_entry)
    told.deliver()
    assert told.reader.got == []
    told.newsroom.execute("UPDATE work SET run_at = now() - interval '9 years' WHERE kind = 'tidy'")
    told.newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) VALUES ('tidy', 'hourly', :now, :now)"
        " ON CONFLICT DO NOTHING",
        now=told.newsroom.watch.now,
    )
    run(told.newsroom.desk, "tidy")
    assert told.subscribers() == []


def test_who_hangs_keeps_nobody_waiting(told: Told, make_entry: Any) -> None:
    """The batch ends without them, and they are concluded when they answer."""
    for number in range(12):
        told.subscribe(f"/slow/{number}")
        told.reader.hangs[f"/slow/{number}"] = threading.Event()
        told.subscribe(f"/fast/{number}")
    told.publish(make_entry)
    told.deliver()
    served = {path for path, _, _ in told.reader.got}
    assert served == {f"/fast/{number}" for number in range(12)}
    for event in told.reader.hangs.values():
        event.set()
    until = time.monotonic() + 60
    while told.due() and time.monotonic() < until:
        time.sleep(0.05)
    assert told.due() == 0
    assert {one.etag for one in told.subscribers()} == {told.newsroom.files()["all", "atom"][0]}


def test_callbacks_at_one_strange_host_are_called_a_few_at_a_time(
    told: Told, make_entry: Any
) -> None:
    for number in range(25):
        told.subscribe(f"/{number}")
    told.publish(make_entry)
    # By a name, the host is nobody's that the operator listed.
    told.newsroom.execute(
        "UPDATE subscriber SET callback = replace(callback, '127.0.0.1', 'feeds.invalid')"
    )
    told.deliver()
    counts = told.newsroom.rows("SELECT count(*) FILTER (WHERE failures > 0) FROM subscriber")
    assert counts[0][0] == 10
    waits = told.newsroom.rows(
        "SELECT run_at - :now AS wait FROM work JOIN subscriber ON subscriber.id::text = work.key"
        " WHERE kind = 'deliver' AND failures = 0",
        now=told.newsroom.watch.now,
    )
    assert sorted(row.wait.total_seconds() for row in waits) == [1.0] * 10 + [2.0] * 5


def test_the_feed_itself_names_the_hub(told: Told) -> None:
    """§4: hub and self in headers and in the document."""
    assert f'href="{told.base}/hub" rel="hub"' in told.bytes().decode()


def test_outside_hubs_are_told_and_told_again_when_they_fail(
    told: Told, hub: Any, make_entry: Any
) -> None:
    newsroom = told.newsroom
    settings = newsroom.desk.settings.model_copy(update={"hubs": (hub.url,)})
    newsroom.desk = replace(newsroom.desk, settings=settings)
    hub.status, hub.headers = 503, {"Retry-After": "600"}
    told.publish(make_entry)
    run(newsroom.desk, "ping")
    assert hub.asked[-1]["hub.mode"] == "publish"
    (row,) = newsroom.rows("SELECT failures, error FROM outside_hub")
    assert tuple(row) == (1, "HTTP status 503")
    hub.status = 204
    asked = len(hub.asked)
    for seconds, more in ((590, 0), (20, 1)):
        newsroom.watch.forward(seconds=seconds)
        run(newsroom.desk, "ping")
        assert len(hub.asked) == asked + more, "no sooner than it said"
    (row,) = newsroom.rows("SELECT failures, error FROM outside_hub")
    assert tuple(row) == (0, "")
    assert newsroom.rows("SELECT 1 FROM work WHERE kind = 'ping' AND want > done") == []


def test_retries_come_later_each_time_and_apart() -> None:
    waits = [retry_after(n, "x").total_seconds() for n in range(1, 40)]
    assert 7.5 <= waits[0] <= 12.5
    assert max(waits) <= 3600 * 1.25
    assert len({retry_after(3, name) for name in "abcdefgh"}) == 8


def test_a_subscription_is_counted_and_nothing_is_lost_without_a_hub(
    told: Told, make_entry: Any
) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.deliver()
    with told.newsroom.desk.engine.connect() as connection:
        done = dict(connection.execute(sa.text("SELECT outcome, count FROM hub_count")).all())
    assert done == {"verified": 1, "delivered": 1}
