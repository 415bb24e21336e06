"""Run the demo's origin: `python -m worker.demo --port 8090`."""

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from config.errors import ConfigError
from feeds.clock import utc_now
from worker.demo.newsroom import BUNDLED, load
from worker.demo.origin import create

HOST = "127.0.0.1"  # invented news is for this machine only


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; gives the process's exit code."""
    given = _parser().parse_args(arguments)
    started_at = given.started_at or utc_now()
    try:
        app = create(load(given.data), started_at, utc_now)
        asyncio.run(_serve(app, given.port))
    except (ConfigError, OSError) as exc:
        sys.stderr.write(f"demo newsroom: {exc}\n")
        return 1
    return 0


async def _serve(app: web.Application, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # No grace for open connections: a poller that keeps one alive must not hold up the stop.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        sys.stdout.write(f"demo newsroom listens on http://{HOST}:{port}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worker.demo", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--data", type=Path, default=BUNDLED, help="folder of the newsroom's YAML")
    parser.add_argument(
        "--started-at",
        type=_moment,
        help="ISO 8601 time from which ages are counted (default: now)",
    )
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


if __name__ == "__main__":
    sys.exit(main())
