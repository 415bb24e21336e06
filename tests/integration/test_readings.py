"""What readers read, counted by a web process that is killed before it told the store."""

import http.client
import signal
import socket
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.clock import utc_now
from feeds.model import public_id
from feeds.pipeline.desk import Desk
from feeds.store.tables import article, reading, source

pytestmark = pytest.mark.integration
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ANDROID = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
NUMBER = 4711


@pytest.fixture
def read(desk: Desk) -> Callable[[], int]:
    """Store an article; gives a question: how often was it read?"""
    now = utc_now()
    texts = dict.fromkeys(("title", "excerpt", "html", "text"), "Bài")
    moments = dict.fromkeys(("effective_at", "first_seen_at", "related_at"), now)
    with desk.engine.begin() as connection:
        made = sa.insert(source).values(name="a", title="A", url="https://a.example/", every_s=60)
        row = {"id": NUMBER, "source_id": connection.scalar(made.returning(source.c.id))}
        row |= {"guid": "a", "url": "https://a.example/1", "language": "vi", "content_hash": b"h"}
        connection.execute(sa.insert(article).values(**row, **texts, **moments))

    def count() -> int:
        with desk.engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.sum(reading.c.count))) or 0)

    return count


def test_a_killed_process_loses_no_reading_and_the_next_counts_none_twice(
    plant: Any, read: Callable[[], int], wait_for: Callable[..., None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    patient = "socket_timeout=60&socket_connect_timeout=60&timeout=60"
    plant.env["TINWIRE_COUNTER_URL"] = f"{plant.env['TINWIRE_BROKER_URL']}&{patient}"
    plant.env["TINWIRE_PUBLIC_PORT"] = str(port)

    def ask(agent: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", f"/article/{public_id(NUMBER)}", None, {"User-Agent": agent})
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    web = plant.start("web", "worker", "web")
    wait_for(lambda: ask("curl/8.5") == 200, 90, plant.logs)
    # The second may be counted after its answer, and the process be killed before: so ask again.
    assert [ask(FIREFOX), ask(ANDROID), ask(FIREFOX)] == [200] * 3
    web.send_signal(signal.SIGKILL)
    web.wait(60)
    web = plant.start("web", "worker", "web")
    wait_for(lambda: ask(FIREFOX) == 200, 90, plant.logs)
    web.terminate()
    web.wait(60)
    assert read() == 2, plant.logs()
