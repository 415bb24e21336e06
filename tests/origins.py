"""Servers that do as a test tells them: publishers' origins and WebSub hubs."""

import hmac
import http.client
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free local port until the context ends; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def serving() -> Callable[[type[BaseHTTPRequestHandler]], AbstractContextManager[str]]:
    """Make local servers of handlers."""
    return _serving


@dataclass
class Origin:
    """A publisher's server that does as it is told; counts what it was asked."""

    url: str
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def serve(
        self,
        path: str,
        body: bytes | str,
        content_type: str = "application/xml",
        status: int = 200,
        **headers: str,
    ) -> str:
        """Serve a body under a path from now on; returns its address."""
        raw = body.encode() if isinstance(body, str) else body
        tag = f'"{sha256(raw).hexdigest()[:16]}"'
        self.pages[path] = (status, {"Content-Type": content_type, "ETag": tag, **headers}, raw)
        return self.url + path


@pytest.fixture
def origin() -> Iterator[Origin]:
    """A local HTTP origin with ETags and 304s."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.asked.append((self.path, dict(self.headers)))
            status, headers, body = made.pages.get(self.path, (404, {}, b"not here"))
            if status == 200 and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with _serving(Handler) as url:
        made = Origin(url)
        yield made


@dataclass
class Hub:
    """A WebSub hub that does as it is told (W3C WebSub §5, §7); verifies `before` or `after` it
    answers a request, or `never`. With `moved_to` it sends subscribers to another hub.
    """

    url: str
    verifies: str = "before"
    status: int = 202
    lease_s: int = 864_000
    moved_to: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    verified: list[tuple[str, int, bytes]] = field(default_factory=list)
    threads: list[threading.Timer] = field(default_factory=list)

    def verify(self, form: dict[str, str], **changes: str) -> tuple[int, bytes]:
        """Ask a subscriber whether it wants what was asked for; returns its answer."""
        said = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": uuid.uuid4().hex,
            "hub.lease_seconds": str(self.lease_s),
            **{f"hub.{name}": value for name, value in changes.items()},
        }
        status, body = call("GET", f"{form['hub.callback']}?{urlencode(said)}")
        self.verified.append((form["hub.mode"], status, body))
        return status, body

    def push(
        self,
        body: bytes | str,
        kind: str = "application/rss+xml",
        algorithm: str = "sha256",
        secret: str | None = None,
        form: dict[str, str] | None = None,
    ) -> int:
        """Deliver a body to a subscriber, the last one unless told otherwise, and sign it."""
        form = form or self.asked[-1]
        raw = body.encode() if isinstance(body, str) else body
        key = form["hub.secret"] if secret is None else secret
        signature = hmac.new(key.encode(), raw, algorithm).hexdigest()
        links = f'<{self.url}>; rel="hub", <{form["hub.topic"]}>; rel="self"'
        headers = {"Content-Type": kind, "Link": links}
        headers |= {"X-Hub-Signature": f"{algorithm}={signature}"} if key else {}
        return call("POST", form["hub.callback"], raw, headers)[0]

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Answer a subscriber's request."""
        self.asked.append(form)
        if self.moved_to:
            return 307, {"Location": self.moved_to}
        if self.status == 202 and self.verifies == "before":
            self.verify(form)
        elif self.status == 202 and self.verifies == "after":
            later = threading.Timer(0.2, self._verify_later, [form])
            later.start()
            self.threads.append(later)
        return self.status, self.headers

    def _verify_later(self, form: dict[str, str]) -> None:
        with suppress(ConnectionError):  # a test that ended takes its subscriber along
            self.verify(form)


def call(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Send one request, wherever it leads."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A local WebSub hub."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, headers = made.answer(dict(parse_qsl(body, strict_parsing=True)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    with _serving(Handler) as url:
        made = Hub(f"{url}/hub")
        yield made
    for each in made.threads:
        each.cancel()
        each.join()
