"""Partners' quotas over real web processes that are killed, and a Valkey that goes away."""

import http.client
import signal
import socket
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from config.partners import PartnerSpec
from feeds.clock import utc_now
from feeds.pipeline.desk import Desk
from feeds.store import partners, usage

pytestmark = pytest.mark.integration
QUOTA = 20


class Webs:
    """Web processes of one store."""

    def __init__(self, plant: Any) -> None:
        self.plant = plant
        self.ports: dict[str, int] = {}
        # A machine that is busy with tests must not make a quota seem uncounted.
        patient = "socket_timeout=60&socket_connect_timeout=60&timeout=60"
        broker = plant.env["TINWIRE_BROKER_URL"]
        plant.env.setdefault("TINWIRE_COUNTER_URL", f"{broker}&{patient}")

    def start(self, name: str) -> None:
        if name not in self.ports:
            with socket.create_server(("127.0.0.1", 0)) as probe:
                self.ports[name] = probe.getsockname()[1]
        self.plant.env["TINWIRE_PUBLIC_PORT"] = str(self.ports[name])
        self.plant.start(name, "worker", "web")

    def status(self, name: str, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


@pytest.fixture
def webs(plant: Any, wait_for: Callable[..., None]) -> Webs:
    """Two web processes that answer."""
    made = Webs(plant)
    for name in ("left", "right"):
        made.start(name)
    for name in ("left", "right"):
        wait_for(lambda name=name: made.status(name, "/healthz") == 200, 90, plant.logs)
    return made


@pytest.fixture
def key(desk: Desk) -> str:
    with desk.engine.begin() as connection:
        spec = PartnerSpec(name="daily", per_minute=10**6, per_day=QUOTA)
        return partners.create(connection, spec, utc_now())


def _served_and_limited(engine: sa.Engine) -> tuple[int, int]:
    with engine.connect() as connection:
        days = usage.days(connection, date(2000, 1, 1))
    return sum(one.served for one in days), sum(one.limited for one in days)


def test_a_quota_is_shared_and_its_counts_survive_a_killed_process(
    webs: Webs, desk: Desk, key: str, wait_for: Callable[..., None]
) -> None:
    if time.gmtime()[3:5] == (23, 59):
        time.sleep(61)  # a day's quota is that of one day
    path = f"/embed/all.json?key={key}"
    statuses = [webs.status(("left", "right")[number % 2], path) for number in range(QUOTA + 6)]
    assert statuses == [200] * QUOTA + [429] * 6, webs.plant.logs()

    webs.plant.processes["left"].send_signal(signal.SIGKILL)
    webs.plant.processes["left"].wait(60)
    webs.plant.processes["right"].send_signal(signal.SIGTERM)
    webs.plant.processes["right"].wait(60)
    wait_for(lambda: _served_and_limited(desk.engine) == (QUOTA, 6), 90, webs.plant.logs)

    webs.start("left")
    wait_for(lambda: webs.status("left", "/healthz") == 200, 90, webs.plant.logs)
    assert webs.status("left", path) == 429, "the day is used up for the new process, too"
    assert key not in webs.plant.logs()


def test_without_a_broker_that_answers_all_is_served_and_counted(
    plant: Any, desk: Desk, key: str, wait_for: Callable[..., None]
) -> None:
    plant.env["TINWIRE_COUNTER_URL"] = "redis://127.0.0.1:1/0"
    webs = Webs(plant)
    webs.start("left")
    wait_for(lambda: webs.status("left", "/healthz") == 200, 90, plant.logs)
    path = f"/embed/all.json?key={key}"
    assert [webs.status("left", path) for _ in range(QUOTA + 5)] == [200] * (QUOTA + 5)
    plant.processes["left"].terminate()
    plant.processes["left"].wait(60)
    assert _served_and_limited(desk.engine) == (QUOTA + 5, 0)
    assert "partners_uncounted" in plant.logs()
