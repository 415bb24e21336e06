"""Who may start the servers of a data folder: one at a time, and never beside a living pair.

Two locks. The keeper's own falls when the keeper ends, however it ends. The servers' lock is
inherited by all their processes, so it falls only when the last of them is gone: after a
`kill -9` of the keeper, the next start waits for servers that are still writing. (A file that
holds a process's number can't tell that; the number may be another process's by then.)
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to start the servers; `servers` is the open file that they inherit."""

    keeper: int
    servers: int

    def release(self) -> None:
        """Give it back; the servers' lock stays as long as any of them runs."""
        os.close(self.servers)
        os.close(self.keeper)


def take(run: Path) -> Hold | None:
    """Take the right for a run folder; `None` while a keeper or a server of it lives."""
    keeper = _locked(run / "keeper.lock")
    if keeper is None:
        return None
    servers = _locked(run / "servers.lock")
    if servers is None:
        os.close(keeper)
        return None
    return Hold(keeper, servers)


def is_kept(run: Path) -> bool:
    """Tell whether a living process keeps the servers of a run folder."""
    keeper = _locked(run / "keeper.lock")
    if keeper is None:
        return True
    os.close(keeper)
    return False


def _locked(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
