"""What the worst texts cost: whatever reads what publishers send, on texts that repeat themselves.

    python -m bench.worst

A pattern or a loop that goes back at every letter takes quadratic time on some text, and publishers
could send it. So fragments of markup, dates, names and headers are repeated, alone and in pairs, to
a few sizes, and each function reads each of them. Where four times the text takes far more than
four times as long, it is told, and the command fails. What is no error of ours is told, too.
"""

import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf
from time import process_time
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench.measure import machine
from bench.readers import FRAGMENTS, READERS, Reads
from feeds.errors import TinwireError

_GROWS = 4
_MOST_GROWTH = 9.0  # of a text four times as long: more than its length to the power of 1.5
_LEAST_S = 0.02  # what takes less is noise
_MOST_S = 10.0
_WORDS = ("reader", "the worst repeats")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a text cost at the larger size; `growth` is its ratio to a quarter of the text."""

    pattern: str
    seconds: float
    growth: float

    @property
    def is_bad(self) -> bool:
        """Tell what is worse than linear from what is noise."""
        return self.growth > _MOST_GROWTH


class _TooLong(Exception):
    """Raised where a function is stopped."""


def main(
    pairs: Annotated[int, typer.Option(help="Pairs of fragments, drawn at random.")] = 100,
    kb: Annotated[int, typer.Option(help="Size of the larger texts, in KB.")] = 32,
    seed: Annotated[int, typer.Option(help="Of the pairs.")] = 1,
    only: Annotated[str, typer.Option(help="Readers whose name has this.")] = "",
) -> None:
    """Print for each reader what its worst text costs; fails where one is worse than linear."""
    typer.echo(machine())
    patterns = list(_patterns(pairs, random.Random(seed)))
    table = Table(title=f"{len(patterns)} texts of {kb} KB, by reader; ms of CPU")
    for column in ("reader", "median", "worst", "of four times the text", "the worst repeats"):
        table.add_column(column, justify="left" if column in _WORDS else "right")
    faults = []
    for name, reads in READERS.items():
        if only in name:
            costs, broken = costs_of(reads, patterns, kb * 1024)
            table.add_row(name, *_told(costs))
            bad = [f"{cost.pattern!r}: {cost.growth:.0f} times" for cost in costs if cost.is_bad]
            faults += [f"{name}: {fault}" for fault in (*bad, *broken)]
    Console(width=110).print(table)
    for fault in faults:
        typer.echo(fault)
    raise typer.Exit(bool(faults))


def costs_of(reads: Reads, patterns: Sequence[str], size: int) -> tuple[list[Cost], list[str]]:
    """Give what each text costs, and which ended in an error that is none of ours."""
    costs, broken = [], []
    for pattern in patterns:
        try:
            costs.append(_cost(reads, pattern, size))
        except Exception as exc:  # noqa: BLE001 - to be told, whatever it is
            broken.append(f"{pattern!r}: {type(exc).__name__}: {exc}"[:200])
    return sorted(costs, key=lambda cost: cost.seconds), broken


def _told(costs: Sequence[Cost]) -> tuple[str, str, str, str]:
    median, worst = costs[len(costs) // 2], costs[-1]
    return (
        f"{1e3 * median.seconds:.2f}",
        f"{1e3 * worst.seconds:.1f}",
        f"{worst.growth:.1f} ×",
        repr(worst.pattern),
    )


def _patterns(pairs: int, draw: random.Random) -> Iterator[str]:
    """Give what is repeated."""
    yield from FRAGMENTS
    for _ in range(pairs):
        one, other = draw.sample(FRAGMENTS, 2)
        yield one + other


def _cost(reads: Reads, pattern: str, size: int) -> Cost:
    small = pattern * (size // _GROWS // len(pattern))
    before = _timed(reads, small)
    if before == inf:
        return Cost(pattern, inf, inf)
    after = _timed(reads, small * _GROWS)
    if after > _LEAST_S and after > _MOST_GROWTH * before:  # perhaps somebody else was busy
        before = min(before, _timed(reads, small))
        after = min(after, _timed(reads, small * _GROWS))
    return Cost(pattern, after, after / max(before, _LEAST_S / _GROWS))


def _timed(reads: Reads, text: str) -> float:
    """Give the seconds of CPU that a text costs; without end where it had to be stopped."""
    started = process_time()
    try:
        with _limited(), suppress(TinwireError):
            reads(text)
    except _TooLong:
        return inf
    return process_time() - started


@contextmanager
def _limited() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise _TooLong

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _MOST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


if __name__ == "__main__":
    typer.run(main)
