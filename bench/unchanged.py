"""A round over sources that did not change, without bell and broker: client, host queues, store.

    python -m bench.unchanged --sources 2000 --batch 100 --processes 2

Each process claims batches and runs the product's poll step until nothing is due, as a worker does.
"""

import logging
import multiprocessing
import tempfile
import time
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bench.measure import machine
from bench.origin import running_origin
from bench.product import ROOT, specs
from config.editorial import load_editorial
from config.settings import load_settings
from feeds.pipeline.desk import Desk
from feeds.pipeline.run import run
from feeds.store import work
from feeds.store.engine import connect
from worker import embedded, memory
from worker.prepare import prepare

_LONG_S = 600.0


def desk_of(database_url: str, folder: str, batch: int) -> Desk:
    """Make a desk that may fetch from this machine."""
    settings = load_settings(
        {
            "TINWIRE_DATA_DIR": folder,
            "TINWIRE_DATABASE_URL": database_url,
            "TINWIRE_FETCH_ALLOW": "127.0.0.1/32",
            "TINWIRE_FETCH_PORTS": "1024-65535",
            "TINWIRE_POLL_BATCH": str(batch),
        }
    )
    return Desk(connect(database_url), load_editorial(ROOT / "config"), settings)


def poll_when_told(
    database_url: str, folder: str, batch: int, told: "Queue[bool]", done: "Queue[float]"
) -> None:
    """Be one worker: poll all that is due whenever told, and say how much CPU it took."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    desk = desk_of(database_url, folder, batch)
    memory.settle()  # as a worker does
    done.put(0.0)
    while told.get():
        before = time.process_time()
        run(desk, "poll", _LONG_S)
        done.put(time.process_time() - before)


def main(
    sources: Annotated[int, typer.Option(help="Feeds.")] = 2000,
    batch: Annotated[int, typer.Option(help="Sources of one batch.")] = 100,
    processes: Annotated[int, typer.Option(help="Processes that poll.")] = 2,
    rounds: Annotated[int, typer.Option(help="Unchanged rounds after the first.")] = 3,
) -> None:
    """Measure rounds in which no source changed; the first, which reads all, is not told."""
    typer.echo(machine())
    context = multiprocessing.get_context("spawn")
    told, done = context.Queue(), context.Queue()
    with running_origin(sources, 2) as origin, tempfile.TemporaryDirectory(prefix="twu") as name:
        running = embedded.start(Path(name))
        url = running.servers.database_url
        desk = desk_of(url, name, batch)
        prepare(desk, specs(origin, sources))
        workers = _start(processes, (url, name, batch, told, done), done)
        for number in range(rounds + 1):
            with desk.engine.begin() as connection:
                work.mark(connection, "poll", [f"source-{n}" for n in range(sources)], desk.clock())
            wall_s, cpu_s = _round(processes, told, done)
            if number:
                each_us = 1e6 * cpu_s / sources
                typer.echo(f"{sources / wall_s:,.0f} sources/s, {each_us:.0f} µs CPU a source")
        for _ in workers:
            told.put(False)
        for each in workers:
            each.join()
        desk.engine.dispose()
        running.stop()
    typer.echo(machine())


def _start(
    processes: int, arguments: tuple[object, ...], done: "Queue[float]"
) -> list[multiprocessing.process.BaseProcess]:
    """Start processes, and wait until each is ready."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=poll_when_told, args=arguments) for _ in range(processes)]
    for each in workers:
        each.start()
    for _ in workers:
        done.get()
    return [*workers]


def _round(processes: int, told: "Queue[bool]", done: "Queue[float]") -> tuple[float, float]:
    """Let all processes poll until nothing is due; gives seconds of wall and of CPU."""
    started = time.perf_counter()
    for _ in range(processes):
        told.put(True)
    cpu_s = sum(done.get() for _ in range(processes))
    return time.perf_counter() - started, cpu_s


if __name__ == "__main__":
    typer.run(main)
