"""Our hub with somebody who may subscribe, strict about what a hub must send."""

import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from feeds.pipeline.run import run
from feeds.store import aliases, deliveries, feeds, sources


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

    def remove_source(self, name: str) -> None:
        """Take a source away, and with it its feed."""
        with self.newsroom.desk.engine.begin() as connection:
            sources.remove(connection, name, self.newsroom.watch.now)
        self.newsroom.settle("publish", "announce")

    def rename(self, old: str, new: str) -> None:
        """Rename a feed, as the command does."""
        now = self.newsroom.watch.now
        with self.newsroom.desk.engine.begin() as connection:
            aliases.rename(connection, old, new)
            feeds.retire(connection, [old], now)
            deliveries.mark(connection, [old], now, to_all=False)
        self.newsroom.settle("announce")

    def due(self) -> int:
        query = "SELECT 1 FROM work WHERE kind = 'deliver' AND want > done"
        return len(self.newsroom.rows(query))


@pytest.fixture
def told(followed: Any, reader: Reader, make_entry: Any) -> Told:
    made = Told(followed.newsroom, reader)
    made.publish(make_entry)
    return made
