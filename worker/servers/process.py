"""A server process: started, waited for, and ended in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


class EmbeddedError(Exception):
    """A server didn't start; the message says what was tried and how its log ends."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """A server: `command` starts it, `answers` tells whether it serves.

    It is asked to end by `stop_signal`, and made to by `last_signal`. `inherits` is the open file
    that marks it as alive. `repair` gets the last words of a server that ended at once, and tells
    whether another try makes sense now.
    """

    name: str
    command: Sequence[str]
    log: Path
    inherits: int
    answers: Callable[[], bool]
    stop_signal: signal.Signals
    last_signal: signal.Signals
    repair: Callable[[str], bool] = lambda words: False


class ServerProcess:
    """One server, while we keep it."""

    def __init__(self, spec: ServerSpec) -> None:
        self._spec = spec
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def name(self) -> str:
        """The server's name for a person."""
        return self._spec.name

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        return None if self._process is None else self._process.pid

    @property
    def has_died(self) -> bool:
        """Tell whether it was started and runs no more."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start without waiting."""
        with self._spec.log.open("ab") as out:
            self._log_start = out.tell()
            self._process = subprocess.Popen(
                self._spec.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self._spec.log.parent,
                pass_fds=(self._spec.inherits,),
            )

    def wait(self, timeout_s: float = 90) -> None:
        """Wait until it answers; raises `EmbeddedError` when it ends or stays silent.

        A database that was killed first writes again what its log has; that may take a minute.
        """
        until = time.monotonic() + timeout_s
        may_repair = True
        while not self._spec.answers() or self.has_died:
            if self.has_died:
                if not (may_repair and self._spec.repair(self._last_words())):
                    raise EmbeddedError(self._complaint("ended at once"))
                may_repair = False
                self.start()
            elif time.monotonic() > until:
                raise EmbeddedError(self._complaint(f"did not answer within {timeout_s:g} s"))
            time.sleep(0.02)

    def _last_words(self) -> str:
        """Read what this run has logged."""
        with self._spec.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _complaint(self, what: str) -> str:
        tail = "\n  ".join(self._last_words().splitlines()[-8:]) or "(nothing)"
        tried = " ".join(self._spec.command)
        return f"{self.name} {what}; tried: {tried}\nits log {self._spec.log} ends:\n  {tail}"

    def stop(self, timeout_s: float = 10) -> None:
        """Ask it to end, and end it when it doesn't."""
        if self._process is None:
            return
        for number in (self._spec.stop_signal, self._spec.last_signal, signal.SIGKILL):
            if self._process.poll() is not None:
                return
            self._process.send_signal(number)
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                continue
