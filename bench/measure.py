"""What a bench measures of processes: wall time, CPU seconds and peak memory of whole trees.

Theory: a figure that forgets a process flatters. CPU counts children that died (the kernel adds a
child's time to its parent's when it is waited for), up to the last sample of a parent that dies.
Memory counts what each process has alone, plus the largest shared part once: PostgreSQL's
children all map the same buffers, and a sum of RSS would count these once for each. Looking at
twenty processes takes 20 ms of CPU where the kernel has no list of children, so it is seldom.
"""

import os
import platform
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType

from rich.console import Console
from rich.table import Table

try:
    import psutil  # type: ignore[import-untyped]
except ImportError:  # Linux says the same in /proc
    psutil = None

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tree of processes used."""

    wall_s: float
    cpu_s: float
    peak_bytes: int

    @property
    def peak_mb(self) -> float:
        """Peak memory in megabytes (10⁶)."""
        return self.peak_bytes / 1e6


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment; `cpu_s` includes the children that it has waited for."""

    cpu_s: float
    own_bytes: int
    shared_bytes: int


class Watch:
    """Samples trees of processes in a thread, from `with` to its end.

    `pids` are the roots; a daemon that left its parent must be named itself.
    """

    def __init__(self, pids: Iterable[int], every_s: float = 0.5) -> None:
        self._roots = tuple(pids)
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._cpu_s: dict[int, float] = {}
        self._peak = 0

    def __enter__(self) -> "Watch":
        self._started = time.perf_counter()
        self._look()
        self._before = dict(self._cpu_s)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._look()
        self._wall_s = time.perf_counter() - self._started

    @property
    def seconds(self) -> float:
        """How long it has watched."""
        return time.perf_counter() - self._started

    @property
    def usage(self) -> Usage:
        """What was used between the two ends of the `with`."""
        cpu_s = sum(self._cpu_s.values()) - sum(self._before.values())
        return Usage(self._wall_s, cpu_s, self._peak)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            self._look()

    def _look(self) -> None:
        peak = 0
        for root in self._roots:
            samples = list(_tree(root))
            # A tree's time can only shrink when a process dies between two looks.
            cpu_s = sum(sample.cpu_s for sample in samples)
            self._cpu_s[root] = max(self._cpu_s.get(root, 0.0), cpu_s)
            shared = max((sample.shared_bytes for sample in samples), default=0)
            peak += shared + sum(sample.own_bytes for sample in samples)
        self._peak = max(self._peak, peak)


def run_measured(argv: Sequence[str], cwd: Path | None = None) -> tuple[str, Usage]:
    """Run a program to its end; give what it printed and used, children included.

    Raises `CalledProcessError` when it fails.
    """
    with TemporaryFile("w+", encoding="utf-8") as out:
        started = time.perf_counter()
        process = subprocess.Popen(argv, cwd=cwd, stdout=out)
        with Watch([process.pid]) as watch:
            _, status, spent = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, argv, text)
    peak = max(watch.usage.peak_bytes, spent.ru_maxrss * 1024)
    return text, Usage(wall_s, spent.ru_utime + spent.ru_stime, peak)


def machine() -> str:
    """Describe where the figures were measured, in one line."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    memory_gb = os.sysconf("SC_PHYS_PAGES") * _PAGE / 1e9
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"{os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.machine()} "
        f"{platform.system()}, {python}, load {load}"
    )


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float | None]]]
) -> None:
    """Print figures with, from the second row on, their ratio to the first row's.

    A row is a label and a figure for each column; `None` where there is none.
    """
    table = Table(title=title, caption=machine())
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    base = rows[0][1]
    for at, (label, figures) in enumerate(rows):
        against = [None] * len(figures) if at == 0 else base
        table.add_row(label, *map(_cell, figures, against))
    Console().print(table)


def _cell(figure: float | None, base: float | None) -> str:
    if figure is None:
        return "–"
    text = f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:,.2f}"
    return f"{text} ({figure / base:.2f}×)" if base else text


def _tree(root: int) -> Iterator[Sample]:
    return _tree_of_psutil(root) if psutil else _tree_of_proc(root)


def _tree_of_psutil(root: int) -> Iterator[Sample]:
    try:
        processes = [psutil.Process(root), *psutil.Process(root).children(recursive=True)]
    except psutil.Error:
        return
    for process in processes:
        try:
            times, memory = process.cpu_times(), process.memory_info()
        except psutil.Error:
            continue
        shared = getattr(memory, "shared", 0)
        own = sum((times.user, times.system, times.children_user, times.children_system))
        yield Sample(own, memory.rss - shared, shared)


def _tree_of_proc(root: int) -> Iterator[Sample]:
    waiting = [root]
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        try:
            # The command's name may hold spaces: count fields after its closing bracket.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            _, resident, shared = (folder / "statm").read_text().split()[:3]
            children = [path.read_text() for path in folder.glob("task/*/children")]
        except OSError:
            continue
        waiting += map(int, " ".join(children).split())
        cpu_s = sum(map(int, fields[11:15])) / _TICKS
        yield Sample(cpu_s, (int(resident) - int(shared)) * _PAGE, int(shared) * _PAGE)
