"""The embedded servers: started once, found by all, kept alive, ended in order."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
import sqlalchemy as sa
from kombu.connection import Connection

from worker import embedded
from worker.embedded import EmbeddedError, Running, Servers

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
KEEPER = """
import sys, time
from pathlib import Path
from worker import embedded
running = embedded.start(Path(sys.argv[1]))
sys.stdout.write("ours\\n" if running.is_ours else "joined\\n")
sys.stdout.flush()
time.sleep(600)
"""
WaitFor = Callable[..., None]


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A data folder whose servers have run once; making one takes longer than a copy."""
    with tempfile.TemporaryDirectory(prefix="tw") as name:
        embedded.start(Path(name)).stop()
        yield Path(name)


@pytest.fixture
def fresh() -> Iterator[Path]:
    """An empty data folder with a short path, so that the sockets stand in it."""
    with tempfile.TemporaryDirectory(prefix="tw") as name:
        yield Path(name)


@pytest.fixture
def folder(fresh: Path, used: Path) -> Path:
    """A data folder of this test's own."""
    shutil.copytree(used / "postgres", fresh / "postgres")
    return fresh


@pytest.fixture
def start() -> Iterator[Callable[[Path], Running]]:
    """Start servers that end with the test."""
    made: list[Running] = []

    def begin(data_dir: Path) -> Running:
        made.append(embedded.start(data_dir))
        return made[-1]

    yield begin
    for one in made:
        one.stop()


@pytest.fixture
def keep() -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Start servers from another process, which ends with the test, and they by themselves."""
    made: list[subprocess.Popen[str]] = []

    def begin(data_dir: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", KEEPER, str(data_dir)]
        made.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return made[-1]

    yield begin
    for one in made:
        servers = psutil.Process(one.pid).children(recursive=True) if one.poll() is None else []
        one.kill()
        one.communicate()
        psutil.wait_procs(servers, timeout=30)  # they write to their folder until they have ended


def said(keeper: subprocess.Popen[str]) -> str:
    assert keeper.stdout is not None
    return keeper.stdout.readline().strip()


def ask(servers: Servers, *statements: str) -> list[object]:
    """Run statements; returns the first column of the last one's rows."""
    engine = sa.create_engine(servers.database_url, poolclass=sa.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            result = connection.execute(sa.text(statement))
        return [row[0] for row in result] if result.returns_rows else []


def valkey(servers: Servers) -> redis.Redis:
    path = servers.broker_url.removeprefix("redis+socket://")
    return redis.Redis(unix_socket_path=path, decode_responses=True)


class Ensured:
    """The lines of all calls of `ensure` so far."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self.lines: list[str] = []

    def grows(self) -> bool:
        before = len(self.lines)
        self.lines += self._running.ensure()
        return len(self.lines) > before

    def knows_all_dead(self) -> bool:
        self.grows()
        text = str(self.lines)
        return "PostgreSQL had died and runs" in text and "Valkey had died and runs" in text


def use(servers: Servers) -> None:
    """Reach both servers as the product does."""
    assert ask(servers, "SELECT current_database()") == ["tinwire"]
    with Connection(servers.broker_url) as connection:  # type: ignore[no-untyped-call]
        connection.ensure_connection(max_retries=1)


def test_both_servers_are_what_the_product_needs(
    fresh: Path, start: Callable[[Path], Running]
) -> None:
    servers = start(fresh).servers
    use(servers)
    assert ask(servers, "CREATE EXTENSION vector", "SELECT '[1,2]'::vector <-> '[1,2]'") == [0]
    assert ask(servers, "SHOW server_encoding") == ["UTF8"]
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(servers, f"SHOW {name}") == ["on"]
    with valkey(servers) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_no_server_listens_on_a_port(folder: Path, start: Callable[[Path], Running]) -> None:
    children = start(folder).children()
    assert sorted(children) == ["PostgreSQL", "Valkey"]
    for pid in children.values():
        assert psutil.Process(pid).net_connections("inet") == []


def test_only_their_owner_reaches_the_sockets(
    folder: Path, start: Callable[[Path], Running]
) -> None:
    start(folder)
    assert (folder / "run").stat().st_mode & 0o777 == 0o700


def test_a_second_start_joins_the_first(
    folder: Path, start: Callable[[Path], Running], keep: Callable[[Path], subprocess.Popen[str]]
) -> None:
    first = keep(folder)
    assert said(first) == "ours"
    second = start(folder)
    assert not second.is_ours
    assert second.children() == {}
    second.stop()
    assert embedded.find(folder) == second.servers
    use(second.servers)


def test_two_starts_at_once_give_one_pair_of_servers(
    fresh: Path, keep: Callable[[Path], subprocess.Popen[str]]
) -> None:
    keepers = [keep(fresh), keep(fresh), keep(fresh)]
    assert sorted(map(said, keepers)) == ["joined", "joined", "ours"]
    servers = embedded.find(fresh)
    assert servers is not None
    use(servers)


def test_servers_that_do_not_run_are_not_found(fresh: Path) -> None:
    assert embedded.find(fresh) is None
    assert list(fresh.iterdir()) == []
    running = embedded.start(fresh)
    assert embedded.find(fresh) == running.servers
    running.stop()
    assert embedded.find(fresh) is None


def test_servers_whose_connections_are_all_in_use_are_found(
    folder: Path, start: Callable[[Path], Running]
) -> None:
    servers = start(folder).servers
    with ExitStack() as taken:

        def take_all() -> None:
            while True:
                one = psycopg.connect(servers.database_url.replace("+psycopg", ""))
                taken.enter_context(closing(one))

        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            take_all()
        assert embedded.find(folder) == servers


def test_what_was_stored_is_there_after_a_restart(
    folder: Path, start: Callable[[Path], Running]
) -> None:
    first = start(folder)
    ask(first.servers, "CREATE TABLE kept AS SELECT 1 AS one")
    with valkey(first.servers) as client:
        client.rpush("queue", "message")
    first.stop()
    second = start(folder)
    assert ask(second.servers, "SELECT one FROM kept") == [1]
    with valkey(second.servers) as client:
        assert client.lrange("queue", 0, -1) == ["message"]


def test_killed_servers_are_started_again_with_their_rows(
    folder: Path, start: Callable[[Path], Running], wait_for: WaitFor
) -> None:
    running = start(folder)
    ask(running.servers, "CREATE TABLE kept AS SELECT 1 AS one")
    assert running.ensure() == []
    for pid in running.children().values():
        os.kill(pid, signal.SIGKILL)
    ensured = Ensured(running)
    wait_for(ensured.knows_all_dead, why=lambda: str(ensured.lines))
    assert ask(running.servers, "SELECT one FROM kept") == [1]


def test_a_server_that_does_not_come_back_is_tried_again(
    folder: Path, start: Callable[[Path], Running], wait_for: WaitFor
) -> None:
    running = start(folder)
    settings = folder / "postgres" / "postgresql.conf"
    right = settings.read_text()
    settings.write_text(right + "no_such_setting = 1\n")
    postgres = psutil.Process(running.children()["PostgreSQL"])
    postgres.send_signal(signal.SIGINT)
    ensured = Ensured(running)
    wait_for(ensured.grows)
    assert "no_such_setting" in ensured.lines[0]
    settings.write_text(right)
    wait_for(ensured.grows)
    assert ensured.lines[1:] == ["PostgreSQL had died and runs again"]
    use(running.servers)


def test_a_killed_keeper_s_servers_end_in_order_and_the_next_start_waits_for_them(
    folder: Path,
    start: Callable[[Path], Running],
    keep: Callable[[Path], subprocess.Popen[str]],
) -> None:
    keeper = keep(folder)
    assert said(keeper) == "ours"
    ask(embedded.find(folder) or pytest.fail("no servers"), "CREATE TABLE kept AS SELECT 1 AS one")
    keeper.kill()
    keeper.wait()
    running = start(folder)
    assert running.is_ours
    assert ask(running.servers, "SELECT one FROM kept") == [1]
    log = (folder / "logs" / "postgres.log").read_text()
    assert "database system is shut down" in log
    assert "was not properly shut down" not in log
    assert "User requested shutdown" in (folder / "logs" / "valkey.log").read_text()


def test_who_joined_takes_over_when_the_keeper_ends(
    folder: Path,
    start: Callable[[Path], Running],
    keep: Callable[[Path], subprocess.Popen[str]],
    wait_for: WaitFor,
) -> None:
    keeper = keep(folder)
    assert said(keeper) == "ours"
    joined = start(folder)
    assert joined.ensure() == []
    keeper.kill()
    keeper.wait()
    ensured = Ensured(joined)
    wait_for(ensured.grows)
    assert "kept by this process" in ensured.lines[0]
    assert joined.is_ours
    use(joined.servers)


@pytest.mark.parametrize("name", ["postgres/postmaster.pid", "run/.s.PGSQL.5432.lock"])
@pytest.mark.parametrize("content", ["", "half\0writ", "another process"])
def test_a_killed_server_s_lock_file_stops_no_start(
    folder: Path, start: Callable[[Path], Running], name: str, content: str
) -> None:
    start(folder).stop()
    # The test's own number: a process that lives and is no server.
    rest = f"\n{folder}/postgres\n1\n5432\n{folder}/run\n\n   0  0\nready   \n"
    lives = f"{os.getppid()}{rest}"
    (folder / name).write_text(lives if content == "another process" else content)
    use(start(folder).servers)


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (lambda whole: whole[:-5], "all but the last"),
        (lambda whole: whole + bytes(64), "set aside"),
    ],
    ids=["cut off", "zeros at the end"],
)
def test_damaged_messages_stop_no_start(
    folder: Path,
    start: Callable[[Path], Running],
    damage: Callable[[bytes], bytes],
    kept: str,
) -> None:
    first = start(folder)
    with valkey(first.servers) as client:
        for number in range(10):
            client.rpush("queue", number)
    first.stop()
    (messages,) = (folder / "valkey" / "appendonlydir").glob("*.incr.aof")
    messages.write_bytes(damage(messages.read_bytes()))
    second = start(folder)
    with valkey(second.servers) as client:
        assert client.llen("queue") == (9 if kept == "all but the last" else 0)
    assert (folder / "valkey" / "appendonlydir.damaged").exists() == (kept == "set aside")


@pytest.mark.parametrize("name", ["x" * 120, "tin tức, 100%", "a&b#c?d=e"])
def test_the_servers_of_a_folder_of_any_name_are_reached(
    folder: Path, start: Callable[[Path], Running], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    temporary = folder / "t"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    servers = start(folder / name).servers
    use(servers)
    assert [one.stat().st_mode & 0o777 for one in temporary.iterdir()] == [0o700]
    monkeypatch.setattr(tempfile, "tempdir", "/var/tmp")
    assert embedded.find(folder / name) == servers


def test_a_server_that_does_not_start_says_why_and_leaves_nothing_running(
    folder: Path, start: Callable[[Path], Running]
) -> None:
    start(folder).stop()
    settings = folder / "postgres" / "postgresql.conf"
    right = settings.read_text()
    settings.write_text(right + "no_such_setting = 1\n")
    with pytest.raises(EmbeddedError) as caught:
        start(folder)
    assert "PostgreSQL ended at once; tried: " in str(caught.value)
    assert 'unrecognized configuration parameter "no_such_setting"' in str(caught.value)
    here = [one for one in psutil.process_iter(["cmdline"]) if str(folder) in str(one.info)]
    assert here == []
    settings.write_text(right)
    use(start(folder).servers)
