"""The supervisor: what dies is started again, what is stopped leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from worker.supervisor import ChildDied, ChildSpec, ChildStarted, Event, Supervisor

ROOT = Path(__file__).parents[2]
WAIT = "import time; time.sleep(600)"
# Starts a child of its own, and names it.
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {WAIT!r}])
print(child.pid, flush=True)
time.sleep(600)
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + PARENT
OBEDIENT = """
import signal, sys, time
def end(*_):
    print("ended in order", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""
KEEPER = """
import os, sys, time
from pathlib import Path
from worker.supervisor import ChildSpec, Supervisor
supervisor = Supervisor(lambda event: None)
argv = (sys.executable, "-c", sys.argv[1])
supervisor.start(ChildSpec("one", argv, dict(os.environ), Path(sys.argv[2])))
print(supervisor.pids()["one"], flush=True)
time.sleep(600)
"""
WaitFor = Callable[..., None]


class Desk:
    """A supervisor with its events, and a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.folder = folder
        self.events: list[Event] = []
        self.supervisor = Supervisor(self.events.append, lambda: self.now)

    def start(self, code: str, name: str = "one", **env: str) -> None:
        self.supervisor.start(self.spec(name, (sys.executable, "-c", code), **env))

    def spec(self, name: str, argv: tuple[str, ...], **env: str) -> ChildSpec:
        return ChildSpec(name, argv, {**os.environ, **env}, self.folder / "logs" / f"{name}.log")

    def log(self, name: str = "one") -> str:
        return (self.folder / "logs" / f"{name}.log").read_text()

    def deaths(self) -> list[ChildDied]:
        self.supervisor.poll()
        return [event for event in self.events if isinstance(event, ChildDied)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.supervisor.stop(0.1)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_child_gets_its_environment_and_writes_to_its_log(desk: Desk, wait_for: WaitFor) -> None:
    desk.start("import os; print(os.environ['WORD'])", WORD="xin chào")
    wait_for(desk.deaths)
    assert desk.log() == "xin chào\n"


def test_a_killed_child_is_reported_and_started_again(desk: Desk, wait_for: WaitFor) -> None:
    desk.start(WAIT)
    first = desk.supervisor.pids()["one"]
    os.kill(first, signal.SIGKILL)
    wait_for(desk.deaths)
    assert desk.supervisor.pids() == {}
    desk.now += 0.5
    desk.supervisor.poll()
    second = desk.supervisor.pids()["one"]
    assert desk.events == [
        ChildStarted("one", first),
        ChildDied("one", "signal SIGKILL", 0.5),
        ChildStarted("one", second),
    ]


def test_a_child_that_keeps_dying_is_started_less_and_less_often(
    desk: Desk, wait_for: WaitFor
) -> None:
    desk.start("raise SystemExit(3)")
    for count in range(1, 8):
        wait_for(lambda count=count: len(desk.deaths()) == count)
        desk.now += desk.deaths()[-1].restart_in_s - 0.01
        desk.supervisor.poll()
        assert desk.supervisor.pids() == {}
        desk.now += 0.02
        desk.supervisor.poll()
    deaths = desk.deaths()
    assert [one.restart_in_s for one in deaths[:7]] == [0.5, 1, 2, 4, 8, 10, 10]
    assert {one.how for one in deaths} == {"exit code 3"}


def test_a_child_that_lived_long_is_started_again_soon(desk: Desk, wait_for: WaitFor) -> None:
    desk.start(WAIT)
    for lived_s, expected in ((1, 0.5), (1, 1), (31, 0.5)):
        desk.now += lived_s
        seen = len(desk.deaths())
        os.kill(desk.supervisor.pids()["one"], signal.SIGKILL)
        wait_for(lambda seen=seen: len(desk.deaths()) > seen)
        assert desk.deaths()[-1].restart_in_s == expected
        desk.now += expected
        desk.supervisor.poll()


def test_what_a_dead_child_started_ends_with_it(desk: Desk, wait_for: WaitFor) -> None:
    desk.start(PARENT)
    wait_for(desk.log)
    grandchild = int(desk.log())
    os.kill(desk.supervisor.pids()["one"], signal.SIGKILL)
    wait_for(desk.deaths)
    wait_for(lambda: is_gone(grandchild))


def test_a_program_that_is_away_for_a_while_is_tried_again(
    desk: Desk, tmp_path: Path, wait_for: WaitFor
) -> None:
    program = tmp_path / "python"
    program.symlink_to(sys.executable)
    desk.supervisor.start(desk.spec("one", (str(program), "-c", WAIT)))
    program.unlink()
    os.kill(desk.supervisor.pids()["one"], signal.SIGKILL)
    wait_for(desk.deaths)
    desk.now += 0.5
    assert "did not start" in desk.deaths()[-1].how
    program.symlink_to(sys.executable)
    desk.now += 1
    desk.supervisor.poll()
    assert list(desk.supervisor.pids()) == ["one"]


def test_a_program_that_never_was_there_is_an_error(desk: Desk) -> None:
    with pytest.raises(FileNotFoundError):
        desk.supervisor.start(desk.spec("one", ("no-such-program",)))


def test_stopping_lets_children_end_in_order(desk: Desk, wait_for: WaitFor) -> None:
    for name in ("one", "two"):
        desk.start(OBEDIENT, name)
    wait_for(lambda: desk.log("one") and desk.log("two"))
    desk.supervisor.stop(10)
    assert [desk.log(name) for name in ("one", "two")] == ["ready\nended in order\n"] * 2
    assert desk.supervisor.pids() == {}
    assert desk.deaths() == []


def test_stopping_ends_a_deaf_child_with_all_that_it_started(desk: Desk, wait_for: WaitFor) -> None:
    desk.start(DEAF)
    wait_for(desk.log)
    child, grandchild = desk.supervisor.pids()["one"], int(desk.log())
    desk.supervisor.stop(0.2)
    assert is_gone(child)
    wait_for(lambda: is_gone(grandchild))


def test_stopping_leaves_no_grandchild_of_a_child_that_ended_in_order(
    desk: Desk, wait_for: WaitFor
) -> None:
    desk.start(PARENT)
    wait_for(desk.log)
    grandchild = int(desk.log())
    desk.supervisor.stop(10)
    wait_for(lambda: is_gone(grandchild))


def test_a_child_that_waits_for_its_next_start_is_not_started_by_stopping(
    desk: Desk, wait_for: WaitFor
) -> None:
    desk.start("raise SystemExit(1)")
    wait_for(desk.deaths)
    desk.supervisor.stop(1)
    desk.now += 60
    desk.supervisor.poll()
    assert desk.supervisor.pids() == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_children_end_in_order_when_the_supervisor_s_process_is_killed(
    tmp_path: Path, wait_for: WaitFor
) -> None:
    log = tmp_path / "one.log"
    command = [sys.executable, "-c", KEEPER, OBEDIENT, str(log)]
    keeper = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert keeper.stdout is not None
    child = int(keeper.stdout.readline())
    wait_for(lambda: log.exists() and log.read_text())
    keeper.kill()
    keeper.communicate()
    wait_for(lambda: is_gone(child))
    assert log.read_text() == "ready\nended in order\n"
