"""The two real servers of a bare machine: PostgreSQL with pgvector, and Valkey, from wheels.

One data folder, one pair of servers, reached by sockets below it. Whoever starts them leaves a note
there, by which every other process of the same data folder finds them.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from worker.servers import postgres, valkey
from worker.servers.places import Places, places
from worker.servers.process import EmbeddedError, ServerProcess

__all__ = ["EmbeddedError", "Running", "Servers", "find", "start"]


@dataclass(frozen=True, slots=True)
class Servers:
    """How to reach the two servers."""

    database_url: str
    broker_url: str


class Running:
    """The servers of a data folder, kept alive by this process unless another one keeps them."""

    def __init__(self, found: Places, kept: tuple[ServerProcess, ...]) -> None:
        self._places = found
        self._kept = kept
        self.servers = Servers(postgres.url(found), valkey.url(found))

    @property
    def is_ours(self) -> bool:
        """Tell whether this process started them, and will stop them."""
        return bool(self._kept)

    def children(self) -> dict[str, int]:
        """Map each server that we keep to its process."""
        return {one.name: one.pid for one in self._kept if one.pid is not None}

    def ensure(self) -> list[str]:
        """Start again what died; returns a line for each."""
        lines = []
        for one in self._kept:
            if one.has_died:
                one.start()
                one.wait()
                lines.append(f"{one.name} had died and runs again")
        return lines

    def stop(self) -> None:
        """Stop what we started, the database last."""
        if self._kept:
            self._places.note.unlink(missing_ok=True)
        for one in reversed(self._kept):
            one.stop()


def start(data_dir: Path) -> Running:
    """Start both servers of a data folder, or join those that run already.

    Raises `EmbeddedError` when one doesn't start.
    """
    found = places(data_dir)
    if find(data_dir) is not None:
        return Running(found, ())
    kept = (postgres.process(found), valkey.process(found))
    try:
        for one in kept:
            one.start()
        for one in kept:
            one.wait()
        postgres.ensure_database(found)
    except BaseException:
        for one in kept:
            one.stop()
        raise
    running = Running(found, kept)
    _leave_note(found, running.servers)
    return running


def _leave_note(found: Places, servers: Servers) -> None:
    temporary = found.note.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(servers)))
    os.replace(temporary, found.note)


def find(data_dir: Path) -> Servers | None:
    """Find the servers that run for a data folder; `None` when there are none that answer."""
    note = data_dir.absolute() / "run" / "servers.json"
    if not note.exists():
        return None
    found = places(data_dir)
    if not (postgres.answers(found) and valkey.answers(found)):
        return None
    return Servers(**json.loads(note.read_text()))
