"""What one hostile source in ten costs the others: the same healthy sources, with and without.

    python -m bench.hostile --sources 450

Hostile sources hang, drip, send a bomb, lead in a loop or are cut off, in equal parts. Three kinds
of rounds are run in turns: the healthy ones alone, among hostile ones, and among as many other
healthy ones, which cost something, too. A round is over when every one of the same healthy sources
was read again; the next begins when nothing of the last one hangs any more.
"""

import asyncio
import gzip
import logging
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import structlog
import typer
import uvloop

from bench.measure import machine
from bench.origin import running_origin
from bench.product import specs
from bench.unchanged import desk_of
from config.editorial import SourceSpec
from feeds.pipeline.desk import Desk
from feeds.pipeline.run import run
from feeds.store import work
from worker import embedded, memory
from worker.prepare import prepare

_KINDS = ("hang", "drip", "bomb", "loop", "cut")
_BATCH = 100
_LONG_S = 600.0
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def main(
    sources: Annotated[int, typer.Option(help="Healthy sources.")] = 450,
    rounds: Annotated[int, typer.Option(help="Rounds of each kind.")] = 5,
) -> None:
    """Print healthy sources a second, alone, among other healthy and among hostile ones."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    typer.echo(machine())
    more = sources // 9
    with (
        running_origin(sources + more, 2) as origin,
        _hostile() as url,
        tempfile.TemporaryDirectory(prefix="twh") as name,
    ):
        running = embedded.start(Path(name))
        desk = desk_of(running.servers.database_url, name, _BATCH)
        healthy = specs(origin, sources + more)
        prepare(desk, [*healthy, *_specs(url, more)])
        names = [one.name for one in healthy]
        same, others = names[:sources], names[sources:]
        bad = [f"hostile-{number}" for number in range(more)]
        _round(desk, same, others)  # the first reads all
        memory.settle()  # as a worker does
        kinds = ((), others, bad)
        spent = [[_rested(desk, same, beside) for beside in kinds] for _ in range(rounds)]
        for kind, times in zip(
            ("alone", "among healthy", "among hostile"), zip(*spent, strict=True), strict=True
        ):
            typer.echo(f"{kind}: {sources / statistics.median(times):,.0f} sources/s")
        _tell("alone", [alone / among for alone, _, among in spent])
        _tell("among healthy", [among / hostile for _, among, hostile in spent])
        desk.engine.dispose()
        running.stop()
    typer.echo(machine())


def _tell(beside: str, ratios: Sequence[float]) -> None:
    typer.echo(
        f"among hostile to {beside}: {statistics.median(ratios):.2f}, median of "
        f"{len(ratios)} rounds ({min(ratios):.2f} to {max(ratios):.2f})"
    )


def _specs(url: str, count: int) -> list[SourceSpec]:
    return [
        SourceSpec(name=f"hostile-{n}", title="Hostile", url=f"{url}/{_KINDS[n % len(_KINDS)]}/{n}")
        for n in range(count)
    ]


def _rested(desk: Desk, healthy: Sequence[str], others: Sequence[str]) -> float:
    """Run a round, and wait until all that it asked has an end; gives the seconds of the round."""
    seconds = _round(desk, healthy, others)
    held = sa.text("SELECT count(*) FROM work WHERE kind = 'poll' AND lease_until > now()")
    while True:
        with desk.engine.connect() as connection:
            if not connection.scalar(held):
                return seconds
        time.sleep(0.1)


def _round(desk: Desk, healthy: Sequence[str], others: Sequence[str]) -> float:
    """Make sources due, and poll until the first ones were all read; gives the seconds."""
    started_at = desk.clock()
    with desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE work SET run_at = 'infinity' WHERE kind = 'poll'"))
        work.mark(connection, "poll", [*healthy, *others], started_at)
    started = time.perf_counter()
    left = sa.text(
        "SELECT count(*) FROM source WHERE name = ANY(:names) AND"
        " (fetched_at IS NULL OR fetched_at < :at)"
    )
    while True:
        run(desk, "poll", _LONG_S)
        with desk.engine.connect() as connection:
            if not connection.scalar(left, {"names": [*healthy], "at": started_at}):
                return time.perf_counter() - started
        time.sleep(0.02)


@contextmanager
def _hostile() -> Iterator[str]:
    """Serve what hurts on a free local port, as a process of its own; gives the address."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(tell,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{told.recv()}"
    finally:
        process.terminate()
        process.join()


def _serve(tell: Connection) -> None:
    uvloop.run(_serve_forever(tell))


async def _serve_forever(tell: Connection) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    tell.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        kind = path.split("/")[1]
        if kind == "hang":
            await asyncio.sleep(_LONG_S)
        elif kind == "drip":
            writer.write(_HEAD + b"Content-Length: 100000\r\n\r\n")
            for _ in range(100):
                writer.write(b"<")
                await writer.drain()
                await asyncio.sleep(1)
        elif kind == "bomb":
            writer.write(
                _HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB)
            )
            writer.write(_BOMB)
        elif kind == "loop":
            writer.write(
                b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % path.encode()
            )
        else:
            writer.write(_HEAD + b"Content-Length: 100000\r\n\r\n<rss>")
        await writer.drain()
    except (OSError, RuntimeError, asyncio.IncompleteReadError, asyncio.CancelledError):
        writer.transport.abort()
    finally:
        writer.close()


_BOMB = gzip.compress(b"\0" * 50 * 2**20)

if __name__ == "__main__":
    typer.run(main)
