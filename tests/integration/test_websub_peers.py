"""WebSub with somebody else's software: Flask-WebSub (PyPI, ISC) as subscriber and as hub.

Runs where it is installed: in this interpreter, or in the one that WEBSUB_PEER_PYTHON names
(`pip install Flask-WebSub celery`). The peers themselves lie beside the clone, in
../shared/conformance/websub.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.pipeline.desk import Desk
from feeds.store import feeds
from worker.prepare import prepare

pytestmark = pytest.mark.integration
PEERS = Path(__file__).parents[3] / "shared/conformance/websub"
PYTHON = os.environ.get("WEBSUB_PEER_PYTHON", sys.executable)
ITEM = (
    "<item><title>On {0}</title><link>https://news.example/{0}</link>"
    "<description>What there is to say about {0}.</description></item>"
)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _ask(port: int, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        if form is None:
            connection.request("GET", path)
        else:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urlencode(form), kind)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextmanager
def _running(name: str, folder: Path) -> Iterator[int]:
    """Run one of the peers; gives its port."""
    if not (PEERS / name).exists():
        pytest.skip("the shared peers are not beside this checkout")
    known = subprocess.run([PYTHON, "-c", "import flask_websub, celery"], capture_output=True)
    if known.returncode != 0:
        pytest.skip("no Flask-WebSub: pip install Flask-WebSub celery, see WEBSUB_PEER_PYTHON")
    port = _free_port()
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, str(PEERS / name), str(port)], stdout=log, stderr=subprocess.STDOUT, cwd=folder
        )
        try:
            _listening(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(60)


def _listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            _ask(port, "/")
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the peer did not come up")


def _feed(origin: Any, hub: str, *slugs: str) -> str:
    """Serve a feed that names a hub in headers, as this hub asks for; gives its address."""
    items = "".join(ITEM.format(slug) for slug in slugs)
    body = f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'
    links = f'<{hub}>; rel="hub", <{origin.url}/feed>; rel="self"' if hub else ""
    return str(origin.serve("/feed", body, "application/rss+xml", Link=links))


@pytest.fixture
def ours(plant: Any, desk: Desk, origin: Any, wait_for: Any) -> Callable[..., int]:
    """Start our workers and web with one source; gives the web's port."""

    def start(hub: str = "") -> int:
        port = _free_port()
        plant.env["TINWIRE_PUBLIC_PORT"] = str(port)
        plant.env["TINWIRE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        url = _feed(origin, hub, "a")
        prepare(desk, [SourceSpec(name="alpha", title="Alpha", url=url, every_s=3600)])
        plant.start_workers()
        plant.start("web", "worker", "web")
        wait_for(lambda: b"On a" in _body(desk), 60, plant.logs)
        return port

    return start


def _body(desk: Desk) -> bytes:
    with desk.engine.connect() as connection:
        found = feeds.file(connection, "all", "atom")
    return b"" if found is None else found.body


def _count(desk: Desk, query: str) -> int:
    with desk.engine.connect() as connection:
        return int(connection.scalar(sa.text(query)) or 0)


def test_its_subscriber_discovers_our_hub_and_gets_what_readers_get(
    ours: Any, desk: Desk, origin: Any, plant: Any, wait_for: Any, tmp_path: Path
) -> None:
    """Discovery by Link, verification, a signed fat ping, and the end of it by unsubscribing."""
    with _running("peer_subscriber.py", tmp_path) as peer:
        topic = f"http://127.0.0.1:{ours()}/feeds/all.atom"
        place = "/{0}?" + urlencode({"url": topic, "secret": "s3cret"})
        status, said = _ask(peer, place.format("sub"))
        assert (status, json.loads(said)["topic_url"]) == (200, topic), said
        wait_for(lambda: _count(desk, "SELECT count(*) FROM subscriber") == 1, 90, plant.logs)
        _feed(origin, "", "b", "a")
        with desk.engine.begin() as connection:
            connection.execute(sa.text("UPDATE work SET run_at = now() WHERE kind = 'poll'"))
            connection.execute(sa.text("SELECT pg_notify('tinwire_work', 'poll')"))
        wait_for(lambda: len(_got(peer, "content")) >= 1, 90, plant.logs)
        (content,) = _got(peer, "content")
        assert content["topic"] == topic
        assert "On b" in content["body"]
        assert content["body"].encode() == _body(desk)
        assert [one["mode"] for one in _got(peer, "ok")] == ["subscribe"]
        assert _ask(peer, place.format("unsub"))[0] == 200
        wait_for(lambda: _count(desk, "SELECT count(*) FROM subscriber") == 0, 90, plant.logs)
        assert [one["mode"] for one in _got(peer, "ok")] == ["subscribe", "unsubscribe"]


def _got(peer: int, event: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_ask(peer, "/got")[1])
    return [one for one in found if one["ev"] == event]


def test_its_hub_verifies_us_and_what_it_pushes_is_an_article_without_a_poll(
    ours: Any, desk: Desk, origin: Any, plant: Any, wait_for: Any, tmp_path: Path
) -> None:
    with _running("peer_hub.py", tmp_path) as peer:
        ours(f"http://127.0.0.1:{peer}/hub")
        active = "SELECT count(*) FROM subscription WHERE state = 'active'"
        wait_for(lambda: _count(desk, active) == 1, 90, plant.logs)
        polls = _polls(origin)
        topic = _feed(origin, f"http://127.0.0.1:{peer}/hub", "b", "a")
        form = {"hub.mode": "publish", "hub.topic": topic}
        assert _ask(peer, "/hub", form)[0] == 202
        wait_for(lambda: b"On b" in _body(desk), 90, plant.logs)
        assert _polls(origin) == polls
        assert _count(desk, "SELECT sum(deliveries) FROM subscription") == 1
        assert _count(desk, "SELECT sum(ignored) FROM subscription") == 0


def _polls(origin: Any) -> int:
    """Count what we asked the source, and not the hub, which fetches what it pushes."""
    return sum("python-requests" not in headers["User-Agent"] for _, headers in origin.asked)
