"""The supervisor: starts child processes, starts again what dies, and leaves nothing behind.

Each child leads a process group of its own, so that its own children end with it; a child that
dies at once again and again is started less and less often.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0
_HEALTHY_S = 30.0
_PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """A process to keep running: its command, environment and log."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    log: Path


@dataclass(frozen=True, slots=True)
class ChildStarted:
    """A child runs."""

    name: str
    pid: int


@dataclass(frozen=True, slots=True)
class ChildDied:
    """A child ended by itself; `how` is for a person."""

    name: str
    how: str
    restart_in_s: float


Event = ChildStarted | ChildDied


class _Child:
    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.wait_s = _FIRST_WAIT_S
        self.start_at = 0.0


class Supervisor:
    """Keeps children running until it is told to stop.

    Start children from a thread that lives on: where the kernel can, it ends them with that thread.
    """

    def __init__(
        self, tell: Callable[[Event], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._children: list[_Child] = []
        # Loaded here: between fork and exec, another thread's lock on the loader would hang it.
        self._libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def start(self, spec: ChildSpec) -> None:
        """Start a child and keep it running from now on."""
        child = _Child(spec)
        self._children.append(child)
        self._run(child)

    def _run(self, child: _Child) -> None:
        child.spec.log.parent.mkdir(parents=True, exist_ok=True)
        with child.spec.log.open("ab") as out:
            child.process = subprocess.Popen(
                child.spec.argv,
                env=dict(child.spec.env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(_die_with_parent, self._libc, os.getpid()),
            )
        child.started_at = self._clock()
        self._tell(ChildStarted(child.spec.name, child.process.pid))

    def poll(self) -> None:
        """Notice what died, and start it again when its time has come."""
        for child in self._children:
            if child.process is None:
                if self._clock() >= child.start_at:
                    self._run_again(child)
            elif (code := child.process.poll()) is not None:
                self._bury(child, child.process, code)

    def _run_again(self, child: _Child) -> None:
        """Start a child that has run before: what stands in its way now may pass."""
        try:
            self._run(child)
        except (OSError, subprocess.SubprocessError) as exc:
            self._postpone(child, f"did not start ({exc})")

    def _bury(self, child: _Child, process: subprocess.Popen[bytes], code: int) -> None:
        """End what the dead child left running, and plan its next start."""
        _signal_group(process.pid, signal.SIGKILL)
        child.process = None
        if self._clock() - child.started_at >= _HEALTHY_S:
            child.wait_s = _FIRST_WAIT_S
        self._postpone(child, _how(code))

    def _postpone(self, child: _Child, how: str) -> None:
        child.start_at = self._clock() + child.wait_s
        self._tell(ChildDied(child.spec.name, how, child.wait_s))
        child.wait_s = min(child.wait_s * 2, _LONGEST_WAIT_S)

    def pids(self) -> dict[str, int]:
        """Map the children that run to their processes."""
        return {
            child.spec.name: child.process.pid
            for child in self._children
            if child.process is not None
        }

    def stop(self, timeout_s: float) -> None:
        """Ask all children to end, and end whole groups that don't within the time."""
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + timeout_s
        for process in running:
            try:
                process.wait(max(0.05, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait(2)
            _signal_group(process.pid, signal.SIGKILL)
        self._children.clear()


def _die_with_parent(libc: ctypes.CDLL | None, parent: int) -> None:
    """Have the kernel end this child when the thread that started it is gone (Linux only)."""
    if libc is None:
        return
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        # It was killed before we asked.
        os.kill(os.getpid(), signal.SIGTERM)


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
