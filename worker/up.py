"""`tinwire up`: the servers, the workers, the bell and the webs, started, watched and stopped.

Whatever dies is started again and said so; a signal stops all of it, last of all the database.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from config.editorial import SourceSpec
from config.errors import ConfigError
from config.settings import Settings, variable
from feeds.clock import utc_now
from feeds.pipeline.desk import Desk
from feeds.store import feeds, migrate, sources
from worker import demo, embedded, runtime
from worker.demo.sources import sources as demo_sources
from worker.prepare import prepare
from worker.progress import Progress
from worker.supervisor import ChildSpec, Supervisor

_BEAT_S = 0.25
_STOP_S = 22


def up(settings: Settings, with_demo: bool) -> int:
    """Run everything until SIGINT or SIGTERM; returns the exit code."""
    _check_ports(settings, with_demo)
    runtime.editorial()  # a mistake in an editor's file is said before anything starts
    progress = Progress(settings)
    stop = _Stop()
    with _servers(settings, progress) as running:
        desk = runtime.desk()
        progress.say("preparing the store")
        migrate.upgrade(desk.engine)
        prepare(desk, _specs(desk, with_demo))
        supervisor = Supervisor(progress.child)
        try:
            for spec in children(settings, with_demo):
                supervisor.start(spec)
            _watch(desk, supervisor, running, progress, stop)
        finally:
            progress.say("stopping")
            supervisor.stop(_STOP_S)
            desk.engine.dispose()
    progress.say("stopped")
    return 0


class _Stop:
    """Set by SIGINT or SIGTERM."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def _check_ports(settings: Settings, with_demo: bool) -> None:
    wanted = [
        (settings.public_host, "public_port"),
        (settings.ops_host, "ops_port"),
        *([("127.0.0.1", "demo_port")] if with_demo else []),
    ]
    for host, field in wanted:
        port: int = getattr(settings, field)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as exc:
                raise ConfigError(
                    f"port {port} on {host} is busy ({exc.strerror}); "
                    f"stop what listens there, or set {variable(field)}"
                ) from exc


@contextmanager
def _servers(settings: Settings, progress: Progress) -> Iterator[embedded.Running | None]:
    """Start the embedded servers where no others are set."""
    if settings.database_url is not None and settings.broker_url is not None:
        yield None
        return
    progress.say("starting PostgreSQL and Valkey")
    running = embedded.start(settings.data_dir)
    try:
        yield running
    finally:
        running.stop()


def _specs(desk: Desk, with_demo: bool) -> tuple[SourceSpec, ...]:
    """Choose the sources; those of the demo go when it is over."""
    newsroom = demo_sources(f"http://127.0.0.1:{desk.settings.demo_port}")
    if with_demo:
        return newsroom
    _forget(desk, {spec.name for spec in newsroom})
    return desk.editorial.sources


def _forget(desk: Desk, names: set[str]) -> None:
    with desk.engine.begin() as connection:
        for one in sources.listed(connection):
            if one.source.name in names:
                sources.remove(connection, one.source.name, desk.clock())


def children(settings: Settings, with_demo: bool) -> list[ChildSpec]:
    """Say which processes run, in the order in which they start and stop."""
    env = environment(settings, with_demo)
    logs = settings.data_dir.absolute() / "logs"
    celery = (sys.executable, "-m", "celery", "-A", "worker.app")
    quiet = ("--without-gossip", "--without-mingle")
    own = (sys.executable, "-m", "worker")
    specs = {
        "bell": (*celery, "beat"),
        "web": (*own, "web"),
        "ops": (*own, "ops"),
        "worker": (*celery, "worker", "-Q", "ingest,build,deliver", "-n", "live@%h", *quiet),
        "reindex": (*celery, "worker", "-Q", "reindex", "-c", "1", "-n", "reindex@%h", *quiet),
    }
    if with_demo:
        port = str(settings.demo_port)
        newsroom = (sys.executable, "-m", demo.__name__, "--port", port)
        specs = {"newsroom": (*newsroom, "--started-at", _first_start(settings)), **specs}
    return [ChildSpec(name, argv, env, logs / f"{name}.log") for name, argv in specs.items()]


def _first_start(settings: Settings) -> str:
    """Say when this data folder's demo first started, so that a restart moves no date."""
    note = settings.data_dir.absolute() / "run" / "demo-started"
    if not note.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(utc_now().isoformat())
    return note.read_text()


def environment(settings: Settings, with_demo: bool) -> Mapping[str, str]:
    """Give the children the same settings, and in the demo the right to fetch from this machine."""
    env = {**os.environ, variable("data_dir"): str(settings.data_dir.absolute())}
    # SIGTERM ends a worker after its running batches, within worker_soft_shutdown_timeout.
    env["REMAP_SIGTERM"] = "SIGQUIT"
    if with_demo:
        env[variable("fetch_allow")] = "127.0.0.1/32"
        env[variable("fetch_ports")] = f"80,443,{settings.demo_port}"
    return env


def _watch(
    desk: Desk,
    supervisor: Supervisor,
    running: embedded.Running | None,
    progress: Progress,
    stop: _Stop,
) -> None:
    ready = False
    with progress:
        while not stop.asked:
            supervisor.poll()
            if running is not None:
                for line in running.ensure():
                    progress.say(line)
            if not ready and (ready := _is_ready(desk)):
                progress.ready(desk)
            progress.tick(desk)
            time.sleep(_BEAT_S)


def _is_ready(desk: Desk) -> bool:
    """Tell whether a reader could fetch a feed now: it is stored, and the web answers."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        if probe.connect_ex((desk.settings.public_host, desk.settings.public_port)):
            return False
    with desk.engine.connect() as connection:
        return feeds.file(connection, "all", "rss") is not None
