"""What each step costs an article: one process does them one after the other.

    python -m bench.steps --sources 200 --entries 30

CPU of this process, and of PostgreSQL's processes beside it; wall time says nothing here. With
`--profile STEP` the step's functions are listed by their own time, which then counts too much.
"""

import cProfile
import logging
import pstats
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import structlog
import typer

from bench.measure import Watch, machine, print_table
from bench.origin import running_origin
from bench.product import specs
from bench.unchanged import desk_of
from feeds.pipeline.desk import Desk
from feeds.pipeline.run import run
from feeds.store import work
from feeds.store.tables import article
from feeds.text.reading import read_tokens
from worker import embedded, memory
from worker.prepare import prepare

STEPS = ("poll", "relate", "retell", "publish", "search")
_LONG_S = 3600.0


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of a step: ours, and PostgreSQL's."""

    python_s: float
    store_s: float


@dataclass(frozen=True, slots=True)
class Bench:
    """A desk on servers of its own; `store_pids` are the servers' roots."""

    desk: Desk
    store_pids: tuple[int, ...]

    def run(self, step: str, profile: cProfile.Profile | None = None) -> Cost:
        """Do all of a step that is due, and what comes due meanwhile."""
        before = time.process_time()
        with Watch(self.store_pids, every_s=5.0) as watch:  # which is counted as ours
            if profile is not None:
                profile.enable()
            run(self.desk, step, _LONG_S)
            if profile is not None:
                profile.disable()
        return Cost(time.process_time() - before, watch.usage.cpu_s)

    def articles(self) -> int:
        """Count what is stored."""
        with self.desk.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(article)) or 0


@contextmanager
def bench(sources: int, entries: int, batch: int = 50, seed: int = 1) -> Iterator[Bench]:
    """Start an origin and servers; all sources are due."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    read_tokens([""])  # once in a worker, before its children are forked
    memory.settle()  # as a worker does
    with running_origin(sources, entries, seed) as origin, tempfile.TemporaryDirectory() as name:
        running = embedded.start(Path(name))
        desk = desk_of(running.servers.database_url, name, batch)
        try:
            prepare(desk, specs(origin, sources))
            with desk.engine.begin() as connection:
                work.mark(connection, "poll", [f"source-{n}" for n in range(sources)], desk.clock())
            yield Bench(desk, (*running.children().values(),))
        finally:
            desk.engine.dispose()
            running.stop()


def hurry(desk: Desk, kind: str) -> None:
    """Let work of a kind be due now, however long it was to wait for quiet."""
    with desk.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE work SET run_at = :now WHERE kind = :kind"),
            {"now": desk.clock(), "kind": kind},
        )


def main(
    sources: Annotated[int, typer.Option(help="Feeds.")] = 200,
    entries: Annotated[int, typer.Option(help="Entries of each.")] = 30,
    profile: Annotated[str, typer.Option(help="A step whose functions are listed.")] = "",
) -> None:
    """Measure each step over all articles."""
    costs: dict[str, Cost] = {}
    profiler = cProfile.Profile()
    with bench(sources, entries) as made:
        for step in STEPS:
            if step != "poll":
                hurry(made.desk, step)
            costs[step] = made.run(step, profiler if step == profile else None)
        articles = made.articles()
    rows = [
        (step, (1e6 * cost.python_s / articles, 1e6 * cost.store_s / articles))
        for step, cost in costs.items()
    ]
    total = tuple(sum(figures) for figures in zip(*(row[1] for row in rows), strict=True))
    columns = ("Python, µs an article", "PostgreSQL, µs an article")
    print_table(f"{articles} articles, one process", columns, [("all", total), *rows])
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
    typer.echo(machine())


if __name__ == "__main__":
    typer.run(main)
