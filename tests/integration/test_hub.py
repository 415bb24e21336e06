"""The hub with real workers, one of which is killed while it delivers."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.pipeline.desk import Desk
from feeds.publish.hub import SUBSCRIBE
from feeds.store import feeds, subscribers
from feeds.store.subscribers import Wanted
from worker.prepare import prepare

pytestmark = pytest.mark.integration
SUBSCRIBERS = 30
ITEM = (
    "<item><title>On {0}</title><link>https://news.example/{0}</link>"
    "<description>What there is to say about {0}.</description></item>"
)


class Crowd:
    """All subscribers in one server, each slow enough to be caught in the middle."""

    def __init__(self) -> None:
        self.got: dict[str, list[bytes]] = {}
        self.wait_s = 0.0
        crowd = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                (challenge,) = parse_qs(urlsplit(self.path).query)["hub.challenge"]
                self._answer(challenge.encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                crowd.got.setdefault(self.path, []).append(body)
                time.sleep(crowd.wait_s)
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                return

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    made = Crowd()
    yield made
    made.close()


def _serve(origin: Any, *slugs: str) -> None:
    items = "".join(ITEM.format(slug) for slug in slugs)
    origin.serve("/feed", f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>')


def _body(desk: Desk) -> bytes:
    with desk.engine.connect() as connection:
        found = feeds.file(connection, "all", "atom")
    return b"" if found is None else found.body


def _subscribe(desk: Desk, crowd: Crowd) -> None:
    topic = "http://localhost:8000/feeds/all.atom"
    with desk.engine.begin() as connection:
        for number in range(SUBSCRIBERS):
            url = f"{crowd.url}/{number}"
            wanted = Wanted(SUBSCRIBE, "all", "atom", url, topic, "secret", 86_400)
            subscribers.ask(connection, wanted, desk.clock())


def _poll(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE work SET run_at = now() WHERE kind = 'poll'"))
        connection.execute(sa.text("SELECT pg_notify('tinwire_work', 'poll')"))


def test_a_worker_killed_while_it_delivers_leaves_every_subscriber_with_the_newest(
    plant: Any, desk: Desk, origin: Any, crowd: Crowd, wait_for: Callable[..., None]
) -> None:
    """What came twice came with the same bytes."""
    plant.env["TINWIRE_LEASE_S"] = "5"
    _serve(origin, "a")
    spec = SourceSpec(name="alpha", title="Alpha", url=f"{origin.url}/feed", every_s=3600)
    prepare(desk, [spec])
    worker = plant.start_workers()
    wait_for(lambda: b"On a" in _body(desk), 60, plant.logs)
    _subscribe(desk, crowd)
    wait_for(
        lambda: _number(desk, "SELECT count(*) FROM subscriber") == SUBSCRIBERS, 60, plant.logs
    )
    crowd.wait_s = 1.5
    _serve(origin, "b", "a")
    _poll(desk)
    wait_for(lambda: len(crowd.got) >= 5, 60, plant.logs)
    for child in psutil.Process(worker.pid).children():
        os.kill(child.pid, signal.SIGKILL)
    crowd.wait_s = 0
    undelivered = "SELECT count(*) FROM subscriber WHERE etag <> (SELECT etag FROM feed_file"
    undelivered += " WHERE key = 'all' AND format = 'atom')"
    wait_for(lambda: _number(desk, undelivered) == 0, 90, plant.logs)
    newest = _body(desk)
    assert b"On b" in newest
    assert len(crowd.got) == SUBSCRIBERS
    assert all(bodies[-1] == newest for bodies in crowd.got.values())
    assert all(len(set(bodies)) == 1 for bodies in crowd.got.values())
    assert _number(desk, "SELECT count(*) FROM work WHERE dead_at IS NOT NULL") == 0


def _number(desk: Desk, query: str) -> int:
    with desk.engine.connect() as connection:
        return int(connection.scalar(sa.text(query)) or 0)
