"""What partners' keys cost: CPU of warm embeds and feeds with a key and without one.

    python -m bench.keyed

In one process, over ASGI, without sockets but that of Valkey; in turns, the best of the rounds.
*Undoored* is what stands behind the look for a key, which every request passes.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import machine
from config.editorial import load_editorial
from config.partners import PartnerSpec
from config.settings import Settings
from feeds.clock import utc_now
from feeds.publish.etag import etag
from feeds.store import feeds, migrate, partners
from feeds.store.engine import connect
from feeds.web.app import create_app
from worker import embedded
from worker.runtime import plain_url

ROUNDS, REQUESTS = 7, 1600
AT_ONCE = 32
UNDOORED = "undoored"
# What a browser sends with a frame.
HEADERS = [
    (b"host", b"news.example.org"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8"),
    (b"accept-language", b"vi,en;q=0.5"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"sec-fetch-dest", b"iframe"),
    (b"sec-fetch-mode", b"navigate"),
    (b"sec-fetch-site", b"cross-site"),
    (b"connection", b"keep-alive"),
]
App = Callable[[Any, Any, Any], Awaitable[None]]


def _scope(path: str, query: bytes = b"") -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": HEADERS,
    }


async def _cost(app: App, scope: dict[str, Any], at_once: int) -> float:
    """Measure the CPU of one request in µs; raises `RuntimeError` for any but a 200."""
    statuses = []

    async def send(message: Any) -> None:
        if "status" in message:
            statuses.append(message["status"])

    began = time.process_time()
    for _ in range(REQUESTS // at_once):
        if at_once == 1:
            await app(dict(scope), None, send)
        else:
            await asyncio.gather(*(app(dict(scope), None, send) for _ in range(at_once)))
    spent = time.process_time() - began
    if set(statuses) != {200}:
        raise RuntimeError(f"answers with {set(statuses)}")
    return spent / REQUESTS * 1e6


async def _measure(app: Any, key: str) -> dict[str, list[float]]:
    with_key = f"key={key}".encode()
    asked: dict[str, tuple[App, dict[str, Any], int]] = {}
    for kind, path, behind in (
        ("embed", "/embed/all", app._embeds),
        ("feed", "/feeds/all.rss", app._feeds),
    ):
        asked[f"{kind}, {UNDOORED}"] = behind, _scope(path), 1
        asked[f"{kind}, no key"] = app, _scope(path), 1
        asked[f"{kind}, a key"] = app, _scope(path, with_key), 1
        asked[f"{kind}, a key, {AT_ONCE} at once"] = app, _scope(path, with_key), AT_ONCE
    costs: dict[str, list[float]] = {name: [] for name in asked}
    async with _alive(app):
        for _ in range(ROUNDS):
            for name, (target, scope, at_once) in asked.items():
                costs[name].append(await _cost(target, scope, at_once))
    return costs


class _alive:
    """The application's lifespan, for the listener that lets it believe what it holds."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._in: asyncio.Queue[Any] = asyncio.Queue()
        self._out: asyncio.Queue[Any] = asyncio.Queue()

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(
            self._app({"type": "lifespan", "state": {}}, self._in.get, self._out.put)  # type: ignore[arg-type]
        )
        await self._in.put({"type": "lifespan.startup"})
        await self._out.get()
        await asyncio.sleep(1)

    async def __aexit__(self, *_: object) -> None:
        await self._in.put({"type": "lifespan.shutdown"})
        await self._task


def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory(prefix="tw") as name:
        running = embedded.start(Path(name))
        try:
            engine = connect(running.servers.database_url)
            migrate.upgrade(engine)
            now, body = utc_now(), b"<rss>" + b"x" * 60_000
            with engine.begin() as connection:
                files = {kind: (etag(body), body) for kind in ("rss", "atom", "json")}
                feeds.store(connection, [feeds.Built("all", "All", (), now, files)], now)
                spec = PartnerSpec(name="bench", per_minute=10**6, per_day=10**9)
                key = partners.create(connection, spec, now)
            editorial = load_editorial(Settings().config_dir)
            settings = Settings(data_dir=Path(name))
            counter = plain_url(running.servers.broker_url)
            app = create_app(engine, editorial, settings, counter_url=counter)
            costs = asyncio.run(_measure(app, key))
            engine.dispose()
        finally:
            running.stop()
    _show(costs)


def _show(costs: dict[str, list[float]]) -> None:
    console = Console(width=110)
    console.print(machine())
    table = Table("request", "CPU µs, best", "all rounds", f"to {UNDOORED}")
    base = 0.0
    for name, found in costs.items():
        base = min(found) if UNDOORED in name else base
        spread = f"{min(found):.1f} to {max(found):.1f}"
        table.add_row(name, f"{min(found):.1f}", spread, f"{min(found) / base:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
