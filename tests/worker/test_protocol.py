"""The public web's protocol, with the real public web behind it."""

import http.client
import io
import logging
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn
from starlette.types import Receive, Scope, Send

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import utc_now
from feeds.publish.etag import etag
from feeds.store import feeds
from feeds.store.engine import connect
from feeds.web.app import Door, create_app
from feeds.web.cache import RawHeaders, Written
from worker.embedded import Servers
from worker.protocol import AtOnceProtocol

BODY = b"<rss>" + b"tin " * 15_000
FEED = "/feeds/all.rss"
Said = tuple[int, dict[str, str], bytes]


@dataclass
class Counted:
    """The public web, and how many requests came to it by ASGI; it may be made to fail."""

    door: Door
    paths: list[str] = field(default_factory=list)
    fails: bool = False

    def at_once(self, target: bytes, named: RawHeaders) -> Written | None:
        if self.fails:
            raise RuntimeError("of no reader's making")
        return self.door.at_once(target, named)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.paths.append(scope["path"])
        await self.door(scope, receive, send)


@dataclass(frozen=True)
class Served:
    """A running server and what stands behind it."""

    port: int
    app: Counted

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **named: str) -> Said:
        """Ask on a connection of its own; underscores in header names stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {name.replace("_", "-"): value for name, value in named.items()}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        finally:
            connection.close()

    def talk(self, said: bytes, answers: int) -> list[Said]:
        """Send bytes on one connection, and read so many answers."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(said)
            with line.makefile("rb") as heard:
                return [_read(heard) for _ in range(answers)]


def _read(heard: io.BufferedReader) -> Said:
    status = int(heard.readline().split()[1])
    named = http.client.parse_headers(heard)
    headers = {name.lower(): value for name, value in named.items()}
    return status, headers, heard.read(int(headers.get("content-length", "0")))


@pytest.fixture(scope="module")
def running(
    servers: Servers, template: str, editorial: Editorial, tmp_path_factory: Any
) -> Iterator[Served]:
    """The public web as the product runs it, with one feed, on a database of this file's own."""
    name = "protocol_" + uuid.uuid4().hex[:12]
    admin = sa.create_engine(servers.database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    url = sa.make_url(servers.database_url).set(database=name)
    engine = connect(url.render_as_string(hide_password=False))
    _publish(engine)
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    app = Counted(create_app(engine, editorial, settings))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=AtOnceProtocol, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Served(listening.getsockname()[1], app)
    server.should_exit = True
    thread.join()
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def _publish(engine: sa.Engine) -> None:
    now = utc_now()
    files = {name: (etag(BODY), BODY) for name in ("rss", "atom", "json")}
    with engine.begin() as connection:
        feeds.store(connection, [feeds.Built("all", "All", (), now, files)], now)


@pytest.fixture
def served(running: Served) -> Served:
    """The web, warm, with nothing counted yet."""
    running.app.fails = False
    _warm(running)
    return running


def _warm(served: Served) -> None:
    """Ask until all that is asked for below is answered from memory."""
    while True:
        served.app.paths.clear()
        for accepted in ("identity", "gzip", "br"):
            for path in (FEED, "/embed/all"):
                served.ask(path, Accept_Encoding=accepted)
        if not served.app.paths:
            return
        time.sleep(0.05)


ASKED = [
    (FEED, {}),
    (FEED, {"Accept_Encoding": "gzip"}),
    (FEED, {"Accept_Encoding": "br", "Range": "bytes=0-9", "Origin": "https://x.example"}),
    (FEED, {"If_None_Match": etag(BODY)}),
    (FEED, {"If_None_Match": f"W/{etag(BODY)}", "Accept_Encoding": "gzip"}),
    (FEED, {"If_None_Match": '"old"'}),
    (FEED, {"If_Modified_Since": "Mon, 02 Mar 2099 05:00:00 GMT"}),
    ("/feeds/a%6cl.rss", {}),
    ("/embed/all", {}),
    ("/embed/all?x=1", {"Accept_Encoding": "gzip"}),
    ("/embed/all", {"If_None_Match": "*"}),
]


@pytest.mark.parametrize(("path", "named"), ASKED)
def test_what_is_held_is_answered_at_once_and_as_the_application_would(
    served: Served, path: str, named: dict[str, str]
) -> None:
    quick = served.ask(path, **named)
    assert served.app.paths == []
    slow = served.ask(path, **named, Connection="close")
    assert len(served.app.paths) == 1
    for _, headers, _ in (quick, slow):
        del headers["date"]
    assert slow[1].pop("connection") == "close"
    assert quick == slow


@pytest.mark.parametrize(
    ("path", "method", "named"),
    [
        (FEED, "HEAD", {}),
        (FEED, "OPTIONS", {"Access_Control_Request_Method": "GET"}),
        (FEED, "POST", {}),
        (FEED, "GET", {"A_IM": "feed"}),
        (FEED, "GET", {"Authorization": "Bearer twp_x"}),
        (f"{FEED}?key=x", "GET", {}),
        (f"{FEED}?limit=05", "GET", {}),
        (FEED, "GET", {"Upgrade": "h2c", "Connection": "Upgrade"}),
        ("/feeds/none.rss", "GET", {}),
        ("/embed/all?key=x", "GET", {}),
        ("/embed/" + "x" * 2000, "GET", {}),
        ("/healthz", "GET", {}),
    ],
)
@pytest.mark.filterwarnings("ignore:Unsupported upgrade")
def test_all_else_is_left_to_the_application(
    served: Served, path: str, method: str, named: dict[str, str]
) -> None:
    served.ask(path, method, **named)
    assert len(served.app.paths) == 1


def test_a_get_with_a_body_leaves_the_connection_in_step(served: Served) -> None:
    body = b"GET /feeds/none.rss HTTP/1.1\r\n\r\n"
    first = b"GET %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (FEED.encode(), len(body))
    plain = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % FEED.encode()
    said = served.talk(first + body + plain, 2)
    assert [(status, answer) for status, _, answer in said] == [(200, BODY)] * 2


def test_requests_that_come_together_are_answered_in_their_order(served: Served) -> None:
    paths = [FEED, "/healthz", FEED, "/embed/all", "/feeds/none.rss", FEED] * 3
    asked = b"".join(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode() for path in paths)
    alone = {path: served.ask(path) for path in set(paths)}
    said = served.talk(asked, len(paths))
    assert [(status, body) for status, _, body in said] == [
        (alone[path][0], alone[path][2]) for path in paths
    ]


def test_a_reader_who_asks_much_and_reads_slowly_gets_all_of_it(served: Served) -> None:
    asked = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % FEED.encode() * 300
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as line:
        line.sendall(asked)
        time.sleep(0.5)
        assert served.app.paths, "the server writes on for one who doesn't read"
        with line.makefile("rb") as heard:
            for _ in range(300):
                assert _read(heard)[2] == BODY


def test_an_old_client_is_answered_and_let_go(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as line:
        line.sendall(b"GET %b HTTP/1.0\r\n\r\n" % FEED.encode())
        with line.makefile("rb") as heard:
            whole = heard.read()
    assert whole.endswith(BODY)


def test_every_answer_has_its_date(served: Served) -> None:
    assert served.ask(FEED)[1]["date"].endswith(" GMT")


def test_a_fault_of_ours_is_logged_and_not_called_the_readers(
    served: Served, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    served.app.fails = True
    with caplog.at_level(logging.WARNING):
        assert served.ask(FEED)[0] == 200
    assert "not_at_once" in capsys.readouterr().out + caplog.text
