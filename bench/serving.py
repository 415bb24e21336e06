"""How fast feeds are served, beside nginx with the same bytes from a file, in the same run.

    python -m bench.serving

One web process, as `tinwire` runs it, warm; one nginx worker; wrk with one thread and 32
connections, in turns. Needs nginx and wrk (Debian: nginx-light, wrk).
"""

import os
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table

from bench.measure import Watch, machine
from bench.servers import Server, nginx, web
from feeds.publish.etag import etag
from feeds.store import feeds, migrate
from feeds.store.engine import connect
from worker import embedded

FEED_BYTES = 60_000
REPUBLISHED = 20  # feeds, each once a second


@dataclass(frozen=True, slots=True)
class Plan:
    """How often and how long to measure."""

    seconds: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Target:
    """An address, and the headers to ask it with."""

    url: str
    headers: tuple[str, ...] = ()


def missing() -> list[str]:
    """Name the programs that this bench needs and that are not here."""
    paths = os.environ.get("PATH", "") + ":/usr/sbin"
    return [name for name in ("nginx", "wrk") if shutil.which(name, path=paths) is None]


def rate(target: Target, seconds: float) -> float:
    """Ask for an address as fast as it answers; gives answers a second.

    Raises `RuntimeError` where connections fail.
    """
    headers = [part for header in target.headers for part in ("-H", header)]
    argv = ["wrk", "-t1", "-c32", f"-d{seconds:.0f}s", *headers, target.url]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    # A 304 is none of wrk's successes either, and it is told apart by `check`.
    if found is None or "Socket errors" in said:
        raise RuntimeError(said)
    return float(found[1])


def check(target: Target, status: int) -> tuple[bytes, str]:
    """Ask once, and make sure of the status; gives the body and the ETag."""
    request = urllib.request.Request(target.url)
    for header in target.headers:
        name, _, value = header.partition(": ")
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answer:
            found, body, tag = answer.status, answer.read(), answer.headers.get("ETag", "")
    except urllib.error.HTTPError as refused:
        found, body, tag = refused.code, b"", refused.headers.get("ETag", "")
        refused.close()
    if found != status:
        raise RuntimeError(f"{target.url} answers with {found}, not {status}")
    return body, tag


def emit(engine: sa.Engine, key: str, body: bytes) -> None:
    """Store a feed as it would be published."""
    files = {name: (etag(body), body) for name in ("rss", "atom", "json")}
    now = datetime.now(UTC) - timedelta(days=1)
    with engine.begin() as connection:
        feeds.store(connection, [feeds.Built(key, key, (), now, files)], now)


@contextmanager
def republishing(engine: sa.Engine) -> Iterator[None]:
    """Republish twenty feeds, each once a second, until the context ends."""
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.wait(1 / REPUBLISHED):
            number += 1
            emit(engine, f"topic/{number % REPUBLISHED}", b"%d" % number + b"y" * FEED_BYTES)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def feed_body() -> bytes:
    """Make something of a feed's size; what it says doesn't matter to who serves it."""
    return (b"<rss>" + b"tin " * FEED_BYTES)[:FEED_BYTES]


def main(
    seconds: Annotated[float, typer.Option(help="Of each measurement.")] = 2,
    rounds: Annotated[int, typer.Option(help="Pairs, in turns.")] = 5,
) -> None:
    """Measure 200s, 304s, 200s under republishing, and the embed page."""
    if absent := missing():
        typer.echo(f"not measured: {' and '.join(absent)} missing (Debian: nginx-light, wrk)")
        return
    with tempfile.TemporaryDirectory(prefix="tws") as name:
        folder = Path(name)
        running = embedded.start(folder / "servers")
        engine = connect(running.servers.database_url)
        try:
            migrate.upgrade(engine)
            emit(engine, "all", feed_body())
            with web(running.servers.database_url, folder / "servers", "/feeds/all.rss") as ours:
                page, _ = check(Target(f"{ours.url}/embed/all"), 200)
                files = {"feed.rss": feed_body(), "embed.html": page}
                with nginx(folder, files) as theirs:
                    _measure(engine, ours, theirs, Plan(seconds, rounds))
        finally:
            engine.dispose()
            running.stop()


@dataclass(frozen=True, slots=True)
class Served:
    """What one measurement came to: answers a second, and the server's CPU for each."""

    rate: float
    cpu_us: float


def serve(target: Target, pid: int, seconds: float) -> Served:
    """Measure an address and the process that serves it."""
    with Watch([pid]) as watch:
        answers = rate(target, seconds)
    return Served(answers, 1e6 * watch.usage.cpu_s / (answers * seconds))


def _measure(engine: sa.Engine, ours: Server, theirs: Server, plan: Plan) -> None:
    """Ask both in turns; of each pair the ratio counts, and of the ratios the median."""
    rows: list[tuple[str, tuple[float | None, ...]]] = []
    for what, (mine, other) in _targets(ours.url, theirs.url).items():
        pairs = [
            (serve(other, theirs.pid, plan.seconds), serve(mine, ours.pid, plan.seconds))
            for _ in range(plan.rounds)
        ]
        rows.append((what, _ratios(pairs)))
    feed = Target(f"{ours.url}/feeds/all.rss")
    pairs = []
    for _ in range(plan.rounds):
        quiet = serve(feed, ours.pid, plan.seconds)
        with republishing(engine):
            pairs.append((quiet, serve(feed, ours.pid, plan.seconds)))
    rows.append((f"200 while {REPUBLISHED} feeds/s change, beside quiet", _ratios(pairs)))
    _print(rows)


def _ratios(pairs: list[tuple[Served, Served]]) -> tuple[float | None, ...]:
    return (
        median(own.rate for _, own in pairs),
        median(beside.rate for beside, _ in pairs),
        median(own.rate / beside.rate for beside, own in pairs),
        median(beside.cpu_us / own.cpu_us for beside, own in pairs),
    )


def _print(rows: list[tuple[str, tuple[float | None, ...]]]) -> None:
    columns = ("ours/s", "beside/s", "ratio", "ratio by CPU")
    table = Table(title="answers a second, one process each", caption=machine())
    for column in ("", *columns):
        table.add_column(column, justify="right" if column else "left")
    for what, figures in rows:
        table.add_row(
            what, *(f"{one:,.0f}" if one and one > 50 else f"{one:.2f}" for one in figures)
        )
    Console().print(table)


def _targets(ours: str, theirs: str) -> dict[str, tuple[Target, Target]]:
    """List what is asked of us and of nginx, each made sure of."""
    feed, file = Target(f"{ours}/feeds/all.rss"), Target(f"{theirs}/feed.rss")
    (mine, tag), (other, other_tag) = check(feed, 200), check(file, 200)
    if mine != other:
        raise RuntimeError("nginx serves other bytes")
    same = Target(feed.url, (f"If-None-Match: {tag}",))
    other_same = Target(file.url, (f"If-None-Match: {other_tag}",))
    for target in (same, other_same):
        check(target, 304)
    return {
        "feed, 200, beside nginx": (feed, file),
        "feed, 304, beside nginx": (same, other_same),
        "embed page, 200, beside nginx": (
            Target(f"{ours}/embed/all"),
            Target(f"{theirs}/embed.html"),
        ),
    }


if __name__ == "__main__":
    typer.run(main)
