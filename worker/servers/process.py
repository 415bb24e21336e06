"""A server process: started, waited for, and ended in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class EmbeddedError(Exception):
    """A server didn't start; the message says what was tried and how its log ends."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ServerProcess:
    """One server: `command` starts it, `answers` tells whether it serves."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        answers: Callable[[], bool],
        stop_signal: signal.Signals,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._command = list(command)
        self._log = log
        self._answers = answers
        self._stop_signal = stop_signal
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start without waiting."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,
                cwd=self._log.parent,
            )

    def wait(self, timeout_s: float = 30) -> None:
        """Wait until it answers; raises `EmbeddedError` when it ends or stays silent."""
        until = time.monotonic() + timeout_s
        while not self._answers():
            if self.has_died:
                raise EmbeddedError(self._complaint("ended at once"))
            if time.monotonic() > until:
                raise EmbeddedError(self._complaint(f"did not answer within {timeout_s:g} s"))
            time.sleep(0.02)

    def _complaint(self, what: str) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-8:]
        tail = "\n  ".join(lines) or "(nothing)"
        tried = " ".join(self._command)
        return f"{self.name} {what}; tried: {tried}\nits log {self._log} ends:\n  {tail}"

    @property
    def has_died(self) -> bool:
        """Tell whether it was started and runs no more."""
        return self._process is not None and self._process.poll() is not None

    def stop(self, timeout_s: float = 10) -> None:
        """Ask it to end, and end it when it doesn't."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
