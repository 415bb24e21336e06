"""Plants: real Celery processes for a test, on a database and a broker of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from worker.embedded import Servers

ROOT = Path(__file__).parents[1]


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
