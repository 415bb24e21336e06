"""PostgreSQL runs whoever we are, and wherever the data and the programs stand."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from worker import embedded
from worker.servers import postgres
from worker.servers.places import places
from worker.servers.privileges import guise, take_way, ways

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
# An ordinary user that every system knows: initdb looks its user up.
STRANGER = pwd.getpwnam("daemon").pw_uid
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must take another's place")
# The interpreter may stand where only root may go, so it changes its user when it runs,
# and imports before what redis imports late.
START = f"""
import os, secrets, sys
from pathlib import Path
from worker import embedded
os.setgroups([])
os.setresgid({STRANGER}, {STRANGER}, {STRANGER})
os.setresuid({STRANGER}, {STRANGER}, {STRANGER})
embedded.start(Path(sys.argv[1])).stop()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="tw") as name:
        made = Path(name)
        made.chmod(0o755)
        yield made


@pytest.fixture
def without_namespaces(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A machine without `unshare`, as good as one that forbids namespaces."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("setpriv", "sh", "test"):
        found = shutil.which(name) or pytest.skip(f"no program {name}")
        (programs / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(programs))


def serves(data_dir: Path) -> int:
    """Start, write and stop; returns the owner of the database's files."""
    running = embedded.start(data_dir)
    try:
        with psycopg.connect(running.servers.database_url.replace("+psycopg", "")) as one:
            one.execute("CREATE TABLE IF NOT EXISTS written (at timestamptz)")
            one.execute("INSERT INTO written VALUES (now())")
    finally:
        running.stop()
    return (data_dir / "postgres").stat().st_uid


@as_root
@pytest.mark.parametrize("owner", [0, STRANGER])
@pytest.mark.parametrize("without", [False, True], ids=["any way", "no namespaces"])
def test_root_serves_data_in_a_folder_that_nobody_else_may_enter(
    folder: Path, owner: int, without: bool, request: pytest.FixtureRequest
) -> None:
    if without:
        request.getfixturevalue("without_namespaces")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, owner, owner)
    before = closed.stat()
    serves(closed / "var")
    assert (closed.stat().st_mode, closed.stat().st_uid) == (before.st_mode, before.st_uid)


@as_root
def test_data_changes_hands_when_the_way_changes(
    folder: Path, without_namespaces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("PATH", os.defpath)
        first = serves(folder / "var")
    second = serves(folder / "var")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("PATH", os.defpath)
        assert serves(folder / "var") == first
    assert second != 0


@as_root
@pytest.mark.parametrize("way", range(3), ids=["namespace", "nobody", "nobody who may enter"])
def test_programs_that_cannot_be_reached_are_copied(
    folder: Path, way: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    prefix, owner = list(ways())[way]
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, STRANGER, STRANGER)
    package = postgres.programs().parent
    tree = closed / package.name / postgres.programs().name
    shutil.copytree(postgres.programs(), tree, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    data = folder / "data"
    data.mkdir()
    chosen = take_way(prefix, owner, tree, data)
    if chosen is None:
        pytest.skip("this machine forbids it")
    assert chosen.tree != tree
    command = chosen.command("initdb", "-D", str(data / "postgres"), "--auth=trust")
    (data / "postgres").mkdir()
    chosen.own(data / "postgres")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=data)
    assert done.returncode == 0, done.stderr


@as_root
def test_a_machine_without_any_way_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(embedded.EmbeddedError, match="Run as an ordinary user"):
        guise(postgres.programs(), folder)


@as_root
def test_a_socket_folder_that_somebody_else_has_made_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    data = folder / ("x" * 120)
    sockets = places(data).sockets
    os.chown(sockets, STRANGER, STRANGER)
    with pytest.raises(embedded.EmbeddedError, match="belongs to somebody else"):
        places(data)


@as_root
def test_an_ordinary_user_needs_no_disguise(folder: Path) -> None:
    data = folder / "var"
    data.mkdir()
    os.chown(data, STRANGER, STRANGER)
    become = ("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups", "--")
    if take_way(become, STRANGER, postgres.programs(), data) is None or any(data.iterdir()):
        pytest.skip("another user can't reach the programs of this checkout")
    done = subprocess.run(
        [sys.executable, "-c", START, str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (data / "postgres").stat().st_uid == STRANGER
