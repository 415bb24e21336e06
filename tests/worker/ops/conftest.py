"""A real ops server on an empty database, and tokens of every kind."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn

from config.editorial import Editorial
from config.settings import Settings
from feeds.pipeline.desk import Desk
from feeds.store import sources, tokens
from feeds.store.engine import connect
from worker.ops.app import create_app
from worker.ops.queues import Waiting


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """Read the body as text."""
        return self.body.decode()


@dataclass(frozen=True)
class Client:
    """Speaks plain HTTP with one server."""

    port: int

    def __call__(
        self, method: str, path: str, token: str | None = None, body: object = None
    ) -> Reply:
        """Send one request; `bytes` go as they are, anything else as JSON."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, raw, headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


@contextmanager
def _serving(desk: Desk, waiting: Waiting | None) -> Iterator[Client]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(desk, waiting), lifespan="off", ws="none", log_level="critical"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Client(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def ops(desk: Desk) -> Iterator[Client]:
    """An ops server whose broker has nothing waiting."""
    with _serving(desk, lambda queue: 0) as client:
        yield client


@pytest.fixture
def orphan(editorial: Editorial, settings: Settings) -> Iterator[Client]:
    """An ops server whose database and broker are gone."""
    engine = connect("postgresql://nobody@127.0.0.1:1/nothing")
    with _serving(Desk(engine, editorial, settings), lambda queue: None) as client:
        yield client
    engine.dispose()


@pytest.fixture
def settings() -> Settings:
    """Settings as they are without any variable set."""
    return Settings()


@pytest.fixture
def secret(desk: Desk) -> Callable[..., str]:
    """Make a token with scopes; returns its secret."""

    def make(*scopes: str, name: str = "tester", days: int = 1) -> str:
        now = desk.clock()
        with desk.engine.begin() as connection:
            return tokens.create(connection, name, scopes, now, now + timedelta(days=days))

    return make


@pytest.fixture
def audited(engine: sa.Engine) -> Callable[[], list[tuple[str, str, dict[str, Any]]]]:
    """Read the audit: actor, action, detail, oldest first."""

    def read() -> list[tuple[str, str, dict[str, Any]]]:
        query = sa.text("SELECT actor, action, detail FROM audit ORDER BY id")
        with engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    return read


@pytest.fixture
def count(engine: sa.Engine) -> Callable[[str], int]:
    """Count the rows of a table."""

    def rows(table: str) -> int:
        with engine.connect() as connection:
            return connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()

    return rows


@pytest.fixture
def source(desk: Desk, editorial: Editorial) -> str:
    """One declared source, by name."""
    spec = editorial.sources[0]
    with desk.engine.begin() as connection:
        sources.declare(connection, [spec], desk.clock())
    return spec.name
