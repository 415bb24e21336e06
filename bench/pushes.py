"""From news to subscribers: how long it takes until all subscribers of a feed have what is new.

    python -m bench.pushes --subscribers 1000 --rounds 5
    python -m bench.pushes --subscribers 1000 --bad 250

Real worker, bell, broker and store; one process is all the subscribers, which verify as any would.
The clock starts when the news commits and stops when a subscriber has read the whole body, so the
two seconds for which a touched feed waits for quiet are part of it. `--bad` adds subscribers that
fail, hang, are gone, redirect or point inside, in equal parts; only the others are waited for.
"""

import asyncio
import math
import multiprocessing
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from typing import Annotated

import sqlalchemy as sa
import typer
from aiohttp import web

from bench.measure import machine
from bench.origin import running_origin
from bench.product import Plant, plant
from feeds.model import Entry
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.publish.hub import SUBSCRIBE
from feeds.store import feeds, sources, subscribers
from feeds.store.subscribers import Wanted
from feeds.store.tables import subscriber

KEY, FORMAT = "all", "atom"
_LONG_S = 120.0


def percentile(values: Sequence[float], part: float) -> float:
    """Give the least value that at least this part of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def receive(told: Connection, got: "Queue[tuple[float, bool]]") -> None:
    """Be all subscribers: confirm what is asked, and say when each body was read, and its mark."""
    asyncio.run(_receive(told, got))


async def _receive(told: Connection, got: "Queue[tuple[float, bool]]") -> None:
    async def confirm(request: web.Request) -> web.Response:
        return web.Response(text=request.query["hub.challenge"])

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        got.put((time.monotonic(), body.rstrip().endswith(b"</feed>")))
        return web.Response(status=204)

    async def misbehave(request: web.Request) -> web.Response:
        how = request.match_info["how"]
        if how == "hangs":
            await asyncio.sleep(_LONG_S)
        if how == "redirects":
            return web.Response(status=307, headers={"Location": "/0"})
        return web.Response(status={"fails": 503, "gone": 410}.get(how, 500))

    app = web.Application(client_max_size=2**24)
    app.router.add_get("/{how}/{number}", confirm)
    app.router.add_post("/{how}/{number}", misbehave)
    app.router.add_get("/{number}", confirm)
    app.router.add_post("/{number}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    told.send(runner.addresses[0][1])
    while not told.poll():
        await asyncio.sleep(0.1)
    await runner.cleanup()


def main(
    count: Annotated[int, typer.Option("--subscribers", help="Subscribers of one feed.")] = 1000,
    rounds: Annotated[int, typer.Option(help="News, one after the other.")] = 5,
    bad: Annotated[int, typer.Option(help="More subscribers, that misbehave.")] = 0,
) -> None:
    """Measure the time from news to subscribers."""
    typer.echo(machine())
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    got: Queue[tuple[float, bool]] = context.Queue()
    readers = context.Process(target=receive, args=(theirs, got))
    readers.start()
    try:
        with running_origin(1, 50) as origin, plant(origin, 1) as made:
            made.run(["source-0"])
            port = ours.recv()
            _subscribe(made, [f"http://127.0.0.1:{port}/{number}" for number in range(count)])
            _subscribe(made, [_bad(port, number) for number in range(bad)])
            _point_inside(made)
            times = [one for n in range(rounds) for one in _round(made, got, count, n)]
            size = _size(made)
    finally:
        ours.send(None)
        readers.join()
    typer.echo(
        f"{count} subscribers of one feed of {size / 1000:.0f} KB beside {bad} bad ones, "
        f"{rounds} rounds: "
        f"p50 {percentile(times, 0.5):.2f} s, p95 {percentile(times, 0.95):.2f} s, "
        f"p99 {percentile(times, 0.99):.2f} s, "
        f"first {min(times):.2f} s, last {max(times):.2f} s"
    )


HOWS = ("fails", "hangs", "gone", "redirects", "inside")


def _bad(port: int, number: int) -> str:
    return f"http://127.0.0.1:{port}/{HOWS[number % len(HOWS)]}/{number}"


def _point_inside(made: Plant) -> None:
    """Let callbacks lead to a private network, as a name may that was public when it was asked."""
    with made.desk.engine.begin() as connection:
        inside = sa.func.regexp_replace(subscriber.c.callback, "127.0.0.1:[0-9]+", "10.255.255.1")
        which = subscriber.c.callback.contains("/inside/")
        connection.execute(sa.update(subscriber).where(which).values(callback=inside))


def _subscribe(made: Plant, callbacks: Sequence[str]) -> None:
    """Ask for all, and wait until the workers have verified each."""
    before = _count(made)
    topic = f"{made.desk.settings.public_url}/feeds/{KEY}.{FORMAT}"
    with made.desk.engine.begin() as connection:
        for number, callback in enumerate(callbacks):
            wanted = Wanted(SUBSCRIBE, KEY, FORMAT, callback, topic, f"secret-{number}", 86_400)
            subscribers.ask(connection, wanted, made.desk.clock())
    _wait(lambda: _count(made) == before + len(callbacks))


def _count(made: Plant) -> int:
    with made.desk.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(subscriber)) or 0


def _size(made: Plant) -> int:
    with made.desk.engine.connect() as connection:
        found = feeds.file(connection, KEY, FORMAT)
    return len(found.body) if found else 0


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _LONG_S
    while not done():
        if time.monotonic() > until:
            raise RuntimeError("waited in vain for the workers")
        time.sleep(0.05)


def _round(made: Plant, got: "Queue[tuple[float, bool]]", count: int, number: int) -> list[float]:
    """Bring one article, and wait until every subscriber has had it; gives seconds for each."""
    desk = made.desk
    with desk.engine.connect() as connection:
        source = sources.find(connection, "source-0")
    entry = Entry(
        guid=f"pushed-{number}",
        url=f"https://pushed.example/{number}",
        title=f"Pushed news number {number}",
        content="<p>" + f"Word {number} of what is pushed to all who subscribed. " * 20 + "</p>",
        published=desk.clock() - timedelta(seconds=1),
    )
    with desk.engine.begin() as connection:
        ingest(desk, connection, [Incoming(source, (entry,), (), ())])
    started = time.monotonic()
    found = [got.get(timeout=_LONG_S) for _ in range(count)]
    if not all(whole for _, whole in found):
        raise RuntimeError("a body came cut off")
    return [at - started for at, _ in found]


if __name__ == "__main__":
    typer.run(main)
