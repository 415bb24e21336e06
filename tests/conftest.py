"""What tests share: the two real servers, a database for each test, a scripted local origin."""

import hmac
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config.editorial import Editorial, load_editorial
from config.settings import Settings, load_settings
from feeds.pipeline.desk import Desk
from feeds.store import migrate, tables
from feeds.store.engine import connect
from worker import embedded
from worker.embedded import Servers

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

hypothesis_settings.register_profile(
    "tinwire", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.load_profile("tinwire")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real data and conformance suites beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder with shared data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Valkey, from the same wheels as in production's embedded mode."""
    with tempfile.TemporaryDirectory(prefix="tw") as folder:
        running = embedded.start(Path(folder))
        try:
            # Nothing of it outlives the machine: no test waits for the disk.
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                _administer(running.servers, f"ALTER SYSTEM SET {name} = off")
            _administer(running.servers, "SELECT pg_reload_conf()")
            yield running.servers
        finally:
            running.stop()


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """A database at the newest migration, which all others are copied from."""
    name = "template_" + uuid.uuid4().hex[:8]
    _administer(servers, f'CREATE DATABASE "{name}"')
    engine = connect(_url(servers, name))
    migrate.upgrade(engine)
    engine.dispose()
    return name


def _url(servers: Servers, database: str) -> str:
    url = sa.make_url(servers.database_url).set(database=database)
    return url.render_as_string(hide_password=False)


def _administer(servers: Servers, statement: str) -> None:
    engine = sa.create_engine(servers.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


Migrated = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def migrated(servers: Servers, template: str) -> Migrated:
    """Make databases that are migrated and empty; gives the address until the context ends."""

    @contextmanager
    def make() -> Iterator[str]:
        name = "test_" + uuid.uuid4().hex[:12]
        _administer(servers, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield _url(servers, name)
        _administer(servers, f'DROP DATABASE "{name}" WITH (FORCE)')

    return make


@pytest.fixture
def database_url(migrated: Migrated) -> Iterator[str]:
    """A migrated, empty database of this test's own, for what connects by itself."""
    with migrated() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """A pool on this test's database."""
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def own_engine(migrated: Migrated) -> Iterator[sa.Engine]:
    """A pool on a database whose tables this test may break."""
    with migrated() as url:
        made = connect(url)
        yield made
        made.dispose()


@pytest.fixture(scope="session")
def shared_engine(migrated: Migrated) -> Iterator[sa.Engine]:
    """A pool on one database for all tests that begin with an empty one."""
    with migrated() as url:
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def empty(shared_engine: sa.Engine) -> Callable[[], None]:
    """Delete all rows, which takes a hundredth of making a database anew."""
    children_first = reversed(tables.metadata.sorted_tables)
    # No row is left that a key could point to, so none is looked for.
    statement = "SET LOCAL session_replication_role = replica;" + "".join(
        f"DELETE FROM {table.name};" for table in children_first
    )

    def delete() -> None:
        with shared_engine.begin() as connection:
            connection.exec_driver_sql(statement + "DROP FUNCTION IF EXISTS refuse() CASCADE")

    return delete


@pytest.fixture(scope="session")
def editorial() -> Editorial:
    """The editors' choices as they are shipped."""
    return load_editorial(ROOT / "config")


@pytest.fixture
def desk(engine: sa.Engine, editorial: Editorial) -> Desk:
    """What every step is handed; feeds are rebuilt without waiting for quiet."""
    return Desk(engine, editorial, local_settings())


def local_settings(**more: object) -> Settings:
    """Settings for tests: this machine may be fetched from, and nothing waits for quiet."""
    values = {
        "publish_quiet_s": 0,
        "publish_max_s": 0,
        "fetch_allow": "127.0.0.0/8",
        "fetch_ports": "1024-65535",
        **more,
    }
    return load_settings({f"TINWIRE_{key.upper()}": str(value) for key, value in values.items()})


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """Let no test leave its logs behind: what they were written to ends with it.

    Tracebacks are plain: drawing one with all its variables takes seconds.
    """
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    yield
    structlog.reset_defaults()


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
    threads: list[threading.Thread] = field(default_factory=list)

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
            self.threads.append(threading.Timer(0.2, self.verify, [form]))
            self.threads[-1].start()
        return self.status, self.headers


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
            each.join()


@dataclass
class Plant:
    """Real Celery processes on a test's own database and broker."""

    env: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *argv: str) -> subprocess.Popen[bytes]:
        """Start `celery -A worker.app …` or another module of ours."""
        log = Path(self.env["TINWIRE_DATA_DIR"]) / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *argv],
                env=self.env,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=ROOT,
            )
        self.processes[name] = process
        return process

    def start_workers(self, *extra: str) -> subprocess.Popen[bytes]:
        """Start the bell and one worker on all queues."""
        celery = ("celery", "-A", "worker.app")
        self.start("bell", *celery, "beat")
        queues = ("-Q", "ingest,build,deliver,reindex", "-c", "2")
        return self.start(
            "worker", *celery, "worker", *queues, "--without-gossip", "--without-mingle", *extra
        )

    def logs(self) -> str:
        """Read what the processes wrote, for the message of a test that fails."""
        folder = Path(self.env["TINWIRE_DATA_DIR"])
        return "\n".join(
            f"== {log.name}\n{log.read_text()}" for log in sorted(folder.glob("*.log"))
        )

    def stop(self) -> None:
        """End all processes."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait(60)


@pytest.fixture
def plant(servers: Servers, database_url: str, tmp_path: Path) -> Iterator[Plant]:
    """Celery processes on this test's own database; the broker's messages are its own too."""
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("TINWIRE_")},
        "TINWIRE_DATABASE_URL": database_url,
        "TINWIRE_BROKER_URL": f"{servers.broker_url}?virtual_host={_broker_database()}",
        "TINWIRE_DATA_DIR": str(tmp_path),
        "TINWIRE_PUBLISH_QUIET_S": "0.2",
        "TINWIRE_PUBLISH_MAX_S": "2",
        "TINWIRE_FETCH_ALLOW": "127.0.0.0/8",
        "TINWIRE_FETCH_PORTS": "1024-65535",
        "TINWIRE_BELL_SWEEP_S": "0.5",
        "REMAP_SIGTERM": "SIGQUIT",
    }
    made = Plant(env)
    yield made
    made.stop()


_databases = iter(range(1, 16))


def _broker_database() -> int:
    return next(_databases)


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """Wait until a condition holds; fails with a message when it doesn't in time."""

    def wait(
        condition: Callable[[], object], timeout: float = 60, why: Callable[[], str] = str
    ) -> None:
        until = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > until:
                pytest.fail(f"waited {timeout:g} s in vain\n{why()}")
            time.sleep(0.1)

    return wait


@pytest.fixture(scope="session")
def seed_page(shared: Path) -> dict[str, Any]:
    """The real article page that the product is modelled on."""
    page: dict[str, Any] = json.loads((shared / "data/seed-page/page.json").read_text())
    return page
