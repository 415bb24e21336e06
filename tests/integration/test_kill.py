"""A worker child that is killed loses nothing and doubles nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.pipeline.drain import drain, is_settled
from feeds.store import work
from feeds.store.engine import connect
from worker.demo.sources import sources as demo_sources
from worker.prepare import prepare

ROOT = Path(__file__).parents[2]
KILLS = 6

# Business tables without leases, ids that count, and times of processing.
DUMP = {
    "article": "SELECT id, guid, url, title, html, section, section_why, state, duplicate_of,"
    " story_id, effective_at, source_id FROM article ORDER BY id",
    "sighting": "SELECT source_id, guid, article_id, entry_hash FROM sighting ORDER BY 1, 2",
    "author": "SELECT * FROM article_author ORDER BY 1, 2",
    "topic": "SELECT article_id, slug, why FROM article_topic ORDER BY 1, 2",
    "relation": "SELECT left_id, right_id, kind, why FROM relation ORDER BY 1, 2, 3",
    "ledger": "SELECT source_id, label, entry_hash, article_id FROM ledger ORDER BY 1, 2, 3",
    "feed": "SELECT key, format, body FROM feed_file ORDER BY 1, 2",
}


@pytest.fixture
def newsroom() -> Iterator[str]:
    """The demo's origin, started long ago, so that nothing of it changes any more."""
    long_ago = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    command = [sys.executable, "-m", "worker.demo", "--port", "18392", "--started-at", long_ago]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "listens" in process.stdout.readline()
    yield "http://127.0.0.1:18392"
    process.terminate()
    process.wait(10)
    process.stdout.close()


def test_killed_children_lose_and_double_nothing(
    plant: Any, desk: Desk, newsroom: str, wait_for: Callable[..., None]
) -> None:
    """The same rows and the same bytes as without any disturbance."""
    prepare(desk, demo_sources(newsroom))
    plant.env["TINWIRE_POLL_BATCH"] = "1"
    plant.env["TINWIRE_RELATE_BATCH"] = "10"
    plant.env["TINWIRE_LEASE_S"] = "5"
    worker = plant.start_workers()
    seed = random.randrange(10**6)
    killed = _kill_children(worker.pid, random.Random(seed), desk)
    wait_for(lambda: is_settled(desk), 90, plant.logs)
    _poll_again(desk)
    wait_for(lambda: is_settled(desk), 90, plant.logs)
    disturbed = _dump(desk.engine)
    with desk.engine.connect() as connection:
        assert work.dead(connection) == []
    plant.stop()
    assert killed >= KILLS, f"seed {seed}"

    undisturbed = _undisturbed(desk, newsroom)
    for table, rows in undisturbed.items():
        assert disturbed[table] == rows, f"{table} differs; seed {seed}"
    assert len(undisturbed["article"]) >= 95


def _kill_children(worker: int, chance: random.Random, desk: Desk) -> int:
    """Kill a random child of the worker every half second."""
    killed = 0
    until = time.monotonic() + 30
    while killed < KILLS and time.monotonic() < until:
        time.sleep(0.5)
        children = psutil.Process(worker).children()
        if children:
            os.kill(chance.choice(children).pid, signal.SIGKILL)
            killed += 1
            _poll_again(desk)
    return killed


def _poll_again(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        names = connection.scalars(sa.text("SELECT name FROM source WHERE NOT paused")).all()
        work.mark(connection, "poll", names, desk.clock())


def _undisturbed(desk: Desk, newsroom: str) -> dict[str, list[tuple[Any, ...]]]:
    """Do the same in this process, in a database of its own."""
    url = desk.engine.url.set(database=f"{desk.engine.url.database}_calm")
    with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{url.database}"'))
    engine = connect(url.render_as_string(hide_password=False))
    calm = Desk(engine, desk.editorial, desk.settings, desk.clock)
    try:
        prepare(calm, demo_sources(newsroom))
        drain(calm, 60)
        _poll_again(calm)
        drain(calm, 60)
        return _dump(engine)
    finally:
        engine.dispose()
        with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f'DROP DATABASE "{url.database}" WITH (FORCE)'))


def _dump(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.text(query))]
            for name, query in DUMP.items()
        }
