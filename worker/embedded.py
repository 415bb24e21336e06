"""The two real servers of a bare machine: PostgreSQL with pgvector, and Valkey, from wheels.

One data folder, one pair of servers, reached by sockets below it. Whoever starts them keeps them,
and leaves a note there, by which every other process of the same data folder finds them. A killed
keeper's servers end in order by themselves (`worker.servers.privileges`).
"""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from worker.servers import postgres, valkey
from worker.servers.hold import Hold, is_kept, take
from worker.servers.places import Places, places
from worker.servers.process import EmbeddedError, ServerProcess

__all__ = ["EmbeddedError", "Running", "Servers", "find", "start"]

# How long a start waits for another one, or for a killed keeper's servers to end.
_PATIENCE_S = 30.0
# How soon a server that doesn't come up again is tried again, as when a disk is full.
_RETRY_S = 3.0


@dataclass(frozen=True, slots=True)
class Servers:
    """How to reach the two servers."""

    database_url: str
    broker_url: str


class Running:
    """The servers of a data folder, kept alive by this process unless another one keeps them."""

    def __init__(self, found: Places) -> None:
        self._places = found
        self._hold: Hold | None = None
        self._kept: tuple[ServerProcess, ...] = ()
        self._not_before = 0.0
        self.servers = Servers(postgres.url(found), valkey.url(found))

    @property
    def is_ours(self) -> bool:
        """Tell whether this process started them, and will stop them."""
        return self._hold is not None

    def children(self) -> dict[str, int]:
        """Map each server that we keep to its process."""
        return {one.name: one.pid for one in self._kept if one.pid is not None}

    def ensure(self) -> list[str]:
        """Start again what died, and take over what its keeper left; returns a line for each.

        What doesn't start is tried again by later calls.
        """
        if time.monotonic() < self._not_before:
            return []
        if self._hold is None:
            return self._take_over()
        return [self._revive(one) for one in self._kept if one.has_died]

    def _take_over(self) -> list[str]:
        hold = take(self._places.run)
        if hold is None:
            return []
        try:
            self.launch(hold)
        except (EmbeddedError, OSError) as exc:
            return [self._postpone("the servers' keeper has ended, and they don't start", exc)]
        return ["the servers' keeper has ended; they run again, kept by this process"]

    def _revive(self, one: ServerProcess) -> str:
        try:
            one.start()
            one.wait()
        except (EmbeddedError, OSError) as exc:
            return self._postpone(f"{one.name} had died, and doesn't start", exc)
        return f"{one.name} had died and runs again"

    def _postpone(self, what: str, why: Exception) -> str:
        self._not_before = time.monotonic() + _RETRY_S
        return f"{what}; the next try is in {_RETRY_S:g} s: {why}"

    def launch(self, hold: Hold) -> None:
        """Start both servers under a hold, and keep them; raises `EmbeddedError`."""
        self._hold = hold
        try:
            self._kept = (
                postgres.process(self._places, hold.servers),
                valkey.process(self._places, hold.servers),
            )
            for one in self._kept:
                one.start()
            for one in self._kept:
                one.wait()
            postgres.ensure_database(self._places)
            self._leave_note()
        except BaseException:
            self.stop()
            raise

    def _leave_note(self) -> None:
        note = self._places.note
        temporary = note.with_suffix(".new")
        temporary.write_text(json.dumps(asdict(self.servers)))
        os.replace(temporary, note)

    def stop(self) -> None:
        """Stop what we started, the database last."""
        if self._hold is None:
            return
        self._places.note.unlink(missing_ok=True)
        for one in reversed(self._kept):
            one.stop()
        self._hold.release()
        self._hold, self._kept = None, ()


def start(data_dir: Path) -> Running:
    """Start both servers of a data folder, or join those that another process keeps.

    Waits for servers that are about to start or to end. Raises `EmbeddedError` when one doesn't
    start. Call it from a thread that lives as long as the servers shall.
    """
    found = places(data_dir)
    running = Running(found)
    until = time.monotonic() + _PATIENCE_S
    while (hold := take(found.run)) is None:
        patient = time.monotonic() < until
        # Those without a keeper are about to end; unless nothing has told them to.
        if (is_kept(found.run) or not patient) and find(data_dir) is not None:
            return running
        if not patient:
            raise EmbeddedError(
                f"another process has the servers of {found.data} (it holds {found.run}/*.lock),"
                f" and they didn't answer within {_PATIENCE_S:g} s"
            )
        time.sleep(0.05)
    running.launch(hold)
    return running


def find(data_dir: Path) -> Servers | None:
    """Find the servers that run for a data folder; `None` when there are none that answer."""
    note = data_dir.absolute() / "run" / "servers.json"
    try:
        servers = Servers(**json.loads(note.read_text()))
    except FileNotFoundError:
        return None
    found = places(data_dir)
    return servers if postgres.answers(found) and valkey.answers(found) else None
