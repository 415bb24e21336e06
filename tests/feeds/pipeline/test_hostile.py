"""F17: hostile publishers. Each ends under its word; the others don't notice."""

import asyncio
import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.settings import Settings
from feeds.model import Outcome
from feeds.pipeline import poll, wait
from feeds.pipeline.run import run
from feeds.store import sources

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]
ROOT = Path(__file__).parents[3]
TIMEOUT_S = 12.0
MOST_MB = 300


def rss(items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'.encode()


def item(name: str, more: str = "") -> str:
    return f"<item><title>On {name}</title><link>https://n.example/{name}</link>{more}</item>"


def whole(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(answer: bytes, closes: bool = False) -> Script:
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        if closes:
            writer.close()

    return script


def repeats(head: bytes, piece: bytes, pause_s: float) -> Script:
    """Say something for ever."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return script


BOMB = gzip.compress(b"0" * 60 * 2**20)
LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + rss(item("&b;"))
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n"
MANY = rss("".join(f"<item><guid>{n}</guid><title>t{n}</title></item>" for n in range(100_000)))
YEAR = rss(item("late", "<pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate>"))

HOSTILE: dict[str, tuple[Script, Outcome]] = {
    "bomb": (says(whole(BOMB, "Content-Encoding: gzip")), Outcome.BOMB),
    "drip": (repeats(OPEN, b"<", 0.05), Outcome.TIMED_OUT),
    "slow-headers": (repeats(b"HTTP/1.1 200 OK\r\n", b"X", 0.05), Outcome.TIMED_OUT),
    "silence": (repeats(b"", b"", 0.2), Outcome.TIMED_OUT),
    "endless-headers": (repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 999, 0), Outcome.BAD_ANSWER),
    "endless-body": (repeats(OPEN, b"<rss>" * 9999, 0), Outcome.TOO_LARGE),
    "loop": (says(whole(b"", "Location: /loop", status="301 Moved")), Outcome.BAD_ANSWER),
    "too-little": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx", True),
        Outcome.BAD_ANSWER,
    ),
    "too-much": (says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), Outcome.TOO_LARGE),
    "no-http": (says(b"SSH-2.0-OpenSSH_9.9\r\n\r\n", True), Outcome.BAD_ANSWER),
    "unasked-304": (says(b"HTTP/1.1 304 Not Modified\r\n\r\n"), Outcome.BAD_ANSWER),
    "inside": (says(whole(b"", "Location: http://10.0.0.1/", status="302 F")), Outcome.REFUSED),
    "gzip-in-gzip": (
        says(whole(gzip.compress(gzip.compress(rss(""))), "Content-Encoding: gzip")),
        Outcome.NOT_A_FEED,
    ),
    "laughs": (says(whole(LAUGHS)), Outcome.NOT_A_FEED),
    "many": (says(whole(MANY)), Outcome.OK),
    "year-9999": (says(whole(YEAR)), Outcome.OK),
    "gone": (says(whole(b"", status="410 Gone")), Outcome.GONE),
    "busy": (says(whole(b"", "Retry-After: 1", status="503 Busy")), Outcome.BUSY),
}


@pytest.fixture(scope="module")
def publishers() -> Iterator[str]:
    """A server that does to each path what its script says, and serves a feed under all others."""
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                name = head.split(b" ")[1].decode().strip("/").partition("?")[0]
                script = HOSTILE.get(name, (says(whole(rss(item(name)))), None))[0]
                await script(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", 0)

    async def stop() -> None:
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(start(), loop).result(60)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    asyncio.run_coroutine_threadsafe(stop(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def settings_of(old: Settings) -> Settings:
    return old.model_copy(update={"fetch_timeout_s": TIMEOUT_S, "poll_batch": 200})


def states(newsroom: Any) -> dict[str, str]:
    rows = newsroom.rows("SELECT name, status FROM source")
    return {row.name: row.status for row in rows}


def declare(newsroom: Any, publishers: str) -> list[str]:
    """Declare the hostile sources, and nine healthy ones for each."""
    healthy = [f"healthy-{number}" for number in range(9 * len(HOSTILE))]
    for name in [*HOSTILE, *healthy]:
        newsroom.source(name, url=f"{publishers}/{name}")
    return healthy


def test_one_hostile_source_in_ten_keeps_no_other_waiting(
    newsroom: Any, publishers: str, wait_for: Callable[..., None]
) -> None:
    newsroom.desk = replace(newsroom.desk, settings=settings_of(newsroom.desk.settings))
    healthy = declare(newsroom, publishers)
    run(newsroom.desk, "poll")
    found = states(newsroom)
    assert {found[name] for name in healthy} == {"ok"}, "stored with the batch"
    wait_for(lambda: "waiting" not in states(newsroom).values(), why=lambda: str(states(newsroom)))
    found = states(newsroom)
    assert {name: found[name] for name in HOSTILE} == {
        name: outcome.value for name, (_, outcome) in HOSTILE.items()
    }
    rows = newsroom.rows(
        "SELECT s.name, e.id, e.error, e.why FROM fetch_event e JOIN source s ON s.id = e.source_id"
    )
    slow = [row.id for row in rows if found[row.name] == "timed out"]
    assert len(slow) == 3
    assert max(row.id for row in rows if row.name in healthy) < min(slow), "none waited for them"
    assert all(row.error for row in rows if found[row.name] != "ok"), "each has its reason"
    assert all(row.why for row in rows), "each says what comes next"


def test_a_batch_that_is_all_silent_keeps_the_next_one_not_waiting(
    newsroom: Any, publishers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However patient a poll is: here it would wait until the requests end by themselves."""
    monkeypatch.setattr(poll, "PATIENCE_S", 2 * TIMEOUT_S)
    monkeypatch.setattr(wait, "_QUIET", 0.01)
    settings = settings_of(newsroom.desk.settings).model_copy(update={"poll_batch": 4})
    newsroom.desk = replace(newsroom.desk, settings=settings)
    for number in range(4):
        newsroom.source(f"silent-{number}", url=f"{publishers}/silence?{number}")
    newsroom.watch.forward(seconds=1)
    for number in range(4):
        newsroom.source(f"healthy-{number}", url=f"{publishers}/healthy-{number}")
    run(newsroom.desk, "poll")
    rows = newsroom.rows(
        "SELECT s.name FROM fetch_event e JOIN source s ON s.id = e.source_id ORDER BY e.id"
    )
    assert [row.name.partition("-")[0] for row in rows] == ["healthy"] * 4 + ["silent"] * 4


def test_who_was_not_asked_for_the_sake_of_others_is_asked_soon(
    newsroom: Any, publishers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "MOST_BESIDE", 0)
    monkeypatch.setattr(poll, "PATIENCE_S", 0.5)
    settings = settings_of(newsroom.desk.settings).model_copy(update={"fetch_concurrency": 2})
    newsroom.desk = replace(newsroom.desk, settings=settings)
    for number in range(3):
        newsroom.source(f"silent-{number}", url=f"{publishers}/silence?{number}")
    run(newsroom.desk, "poll")
    assert sorted(states(newsroom).values()) == ["timed out", "timed out", "waiting"]
    (row,) = newsroom.rows(
        "SELECT w.run_at, w.attempts, w.lease_until FROM work w JOIN source s ON s.name = w.key"
        " WHERE s.fetched_at IS NULL AND w.kind = 'poll'"
    )
    assert row.run_at == newsroom.watch.now + timedelta(seconds=1)
    assert (row.attempts, row.lease_until) == (0, None)


def test_a_source_that_counts_a_hundred_thousand_entries_brings_five_hundred(
    newsroom: Any, publishers: str
) -> None:
    newsroom.source("many", url=f"{publishers}/many")
    run(newsroom.desk, "poll")
    (row,) = newsroom.rows("SELECT entries, new FROM fetch_event")
    assert (row.entries, row.new) == (500, 500)


def test_an_entry_of_the_year_9999_is_dated_now(newsroom: Any, publishers: str) -> None:
    newsroom.source("year-9999", url=f"{publishers}/year-9999")
    run(newsroom.desk, "poll")
    (row,) = newsroom.rows("SELECT effective_at FROM article")
    assert row.effective_at == newsroom.watch.now


CHILD = """
import time
from pathlib import Path
from config.editorial import load_editorial
from config.settings import load_settings
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import line
from feeds.pipeline.run import run
from feeds.store import sources
from feeds.store.engine import connect
settings = load_settings()
url = settings.database_url.get_secret_value()
desk = Desk(connect(url), load_editorial(settings.config_dir), settings)
run(desk, "poll")
until = time.monotonic() + 240
while time.monotonic() < until:  # those that came late are stored beside the batch
    with desk.engine.connect() as connection:
        if all(one.status != "waiting" for one in sources.listed(connection)):
            break
    time.sleep(0.1)
line(desk).close()
# The peak since this program began; `ru_maxrss` would hold that of the process it was forked from.
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.integration
def test_hostile_sources_fill_no_childs_memory(
    newsroom: Any, publishers: str, engine: sa.Engine
) -> None:
    large = ("bomb", "endless-body", "too-much", "many", "laughs")
    for name in large:
        for number in range(8):
            newsroom.source(f"{name}-{number}", url=f"{publishers}/{name}?{number}")
    with newsroom.desk.engine.begin() as connection:
        assert len(sources.listed(connection)) == 40
    env = {
        **os.environ,
        "TINWIRE_DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "TINWIRE_FETCH_ALLOW": "127.0.0.0/8",
        "TINWIRE_FETCH_PORTS": "1024-65535",
        # None of them is slow: however busy the machine is, their size decides, not the time.
        "TINWIRE_FETCH_TIMEOUT_S": "120",
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD], env=env, cwd=ROOT, check=True, capture_output=True, text=True
    )
    peak_mb = int(done.stdout.splitlines()[-1]) / 1024
    assert 50 < peak_mb < MOST_MB
    assert {row.status for row in newsroom.rows("SELECT status FROM source")} == {
        "bomb",
        "too large",
        "ok",
        "not a feed",
    }
