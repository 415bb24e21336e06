"""Tinwire itself under the bench: real servers, real workers, from an origin to published feeds."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.measure import Usage, Watch
from bench.render import feed_path
from config.editorial import SourceSpec, load_editorial
from config.settings import Settings, load_settings
from feeds.pipeline.desk import Desk
from feeds.pipeline.drain import is_settled
from feeds.store import backlog, work
from feeds.store.engine import connect
from feeds.store.tables import article, feed, fetch_event
from worker import embedded
from worker.prepare import prepare

ROOT = Path(__file__).parents[1]
_LONG_S = 86400
_LOOK_S = 0.25  # looking costs the store some milliseconds, so it is no more often than need be


@dataclass(frozen=True, slots=True)
class Round:
    """One round over all sources: how long until nothing was left to do, and what it used.

    `published_s` is how long it was until all articles were in feeds.
    """

    usage: Usage
    published_s: float
    articles: int
    feeds: int
    fetches: int


@dataclass
class Plant:
    """Servers, a worker as it is set by default and a bell, on a folder of their own."""

    desk: Desk
    running: embedded.Running
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def pids(self) -> list[int]:
        """Name the roots of all process trees."""
        return [*self.running.children().values(), *(one.pid for one in self.processes)]

    def run(self, names: list[str]) -> Round:
        """Make all sources due, and measure until nothing is left to do."""
        with Watch(self.pids()) as watch:
            with self.desk.engine.begin() as connection:
                work.mark(connection, "poll", names, self.desk.clock())
            published_s = 0.0
            while not is_settled(self.desk) or self._polls_open():
                if not published_s and self._are_published():
                    published_s = watch.seconds
                time.sleep(_LOOK_S)
        with self.desk.engine.connect() as connection:
            counted = [
                connection.scalar(sa.select(sa.func.count()).select_from(table))
                for table in (article, feed, fetch_event)
            ]
        usage = watch.usage
        return Round(usage, published_s or usage.wall_s, *(count or 0 for count in counted))

    def _are_published(self) -> bool:
        """Tell whether all that was fetched is in feeds."""
        now = self.desk.clock()
        before = [(kind, work.LIVE) for kind in ("relate", "retell", "publish")]
        with self.desk.engine.connect() as connection:
            due = backlog.due(connection, now, before)
        return not self._polls_open() and not any(one.ready or one.next_at for one in due)

    def _polls_open(self) -> int:
        """Count polls that are due or under way: to be settled, they don't count."""
        now = self.desk.clock()
        with self.desk.engine.connect() as connection:
            loads = [one for one in backlog.load(connection, now) if one.kind == "poll"]
        return sum(one.waiting + one.running for one in loads)

    def steps(self) -> dict[str, tuple[int, float]]:
        """Add up batches and seconds by kind of work, from the workers' logs; then forget them."""
        batches: Counter[str] = Counter()
        seconds: Counter[str] = Counter()
        log = self.folder / "worker.log"
        for line in log.read_text().splitlines():
            event = _event(line)
            if event.get("event") == "worked":
                batches[event["kind"]] += 1
                seconds[event["kind"]] += event["ms"] / 1000
        os.truncate(log, 0)
        return {kind: (batches[kind], seconds[kind]) for kind in sorted(batches)}


def _event(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def specs(origin: str, sources: int) -> list[SourceSpec]:
    """Describe the origin's feeds as sources that come due once."""
    return [
        SourceSpec(
            name=f"source-{number}",
            title=f"Source {number}",
            url=origin + feed_path(number),
            language="vi",
            every_s=_LONG_S,
        )
        for number in range(sources)
    ]


@contextmanager
def plant(origin: str, sources: int) -> Iterator[Plant]:
    """Start everything with no source due yet; everything ends with the context."""
    with tempfile.TemporaryDirectory(prefix="twb") as name:
        folder = Path(name)
        running = embedded.start(folder)
        chosen = settings_for(running, folder)
        desk = Desk(connect(running.servers.database_url), load_editorial(ROOT / "config"), chosen)
        prepare(desk, specs(origin, sources))
        with desk.engine.begin() as connection:
            work.cancel(connection, "poll", [spec.name for spec in specs(origin, sources)])
        made = Plant(desk, running, folder)
        try:
            _start(made)
            yield made
        finally:
            for process in made.processes:
                process.terminate()
            for process in made.processes:
                process.wait(30)
            desk.engine.dispose()
            running.stop()


def settings_for(running: embedded.Running, folder: Path) -> Settings:
    """Say where the servers of a folder are, and nothing else."""
    return load_settings(_environment(running, folder))


def _environment(running: embedded.Running, folder: Path) -> dict[str, str]:
    return {
        "TINWIRE_DATA_DIR": str(folder),
        "TINWIRE_DATABASE_URL": running.servers.database_url,
        "TINWIRE_BROKER_URL": running.servers.broker_url,
        "TINWIRE_FETCH_ALLOW": "127.0.0.1/32",
        "TINWIRE_FETCH_PORTS": "1024-65535",
        "TINWIRE_LOG_JSON": "true",
    }


def _start(made: Plant) -> None:
    env = {**os.environ, **_environment(made.running, made.folder), "REMAP_SIGTERM": "SIGQUIT"}
    celery = [sys.executable, "-m", "celery", "-A", "worker.app"]
    queues = ["-Q", "ingest,build,deliver,reindex", "--without-gossip", "--without-mingle"]
    for name, argv in (("worker", [*celery, "worker", *queues]), ("bell", [*celery, "beat"])):
        with (made.folder / f"{name}.log").open("ab") as out:
            made.processes.append(
                subprocess.Popen(argv, env=env, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT)
            )
    _wait_for_worker(made)


def _wait_for_worker(made: Plant) -> None:
    """Wait until the tidying that `prepare` marked is done: the bell rings and the worker works."""
    until = time.monotonic() + 60
    while not made.steps():
        if time.monotonic() > until:
            raise RuntimeError((made.folder / "worker.log").read_text()[-3000:])
        time.sleep(0.1)
