"""A publisher on loopback: serves a corpus from memory, so that a bench measures the reader.

Theory: whatever the origin burns is missing from the cores that are measured. So every answer is
rendered before the first request, and a request costs one dictionary look-up and one write.

    python -m bench.origin --port 8080 --sources 500 --entries 30 --seed 1

Feeds are at /f0.xml, /f1.xml …; `/stats` tells the requests by status, `/stats?reset` also clears
them. It prints `listening` when it is ready, and stops on SIGTERM.
"""

import asyncio
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from hashlib import blake2b
from typing import Annotated, cast

import orjson
import typer
import uvloop

from bench.corpus import Corpus
from bench.render import Document, render_feed

MAX_HEAD_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Answer:
    """Both complete answers of a feed; `etag` is quoted as in the header."""

    etag: bytes
    full: bytes
    head: bytes
    unchanged: bytes


@dataclass
class Site:
    """All answers by path, and what was asked so far."""

    answers: dict[bytes, Answer]
    statuses: Counter[int] = field(default_factory=Counter)
    body_bytes: int = 0

    def respond(self, head: bytes) -> bytes:
        """Answer one request, given its line and headers as sent."""
        method, _, rest = head.partition(b" ")
        target = rest[: rest.find(b" ")]
        answer = self.answers.get(target)
        if method not in (b"GET", b"HEAD"):
            return self._count(405, _plain(405, b"Method Not Allowed", b""))
        if answer is None:
            if target.startswith(b"/stats"):
                return self._stats(reset=target == b"/stats?reset")
            return self._count(404, _plain(404, b"Not Found", b""))
        if answer.etag in _header(head, b"\r\nif-none-match:"):
            return self._count(304, answer.unchanged)
        if method == b"HEAD":
            return self._count(200, answer.head)
        self.body_bytes += len(answer.full) - len(answer.head)
        return self._count(200, answer.full)

    def _count(self, status: int, response: bytes) -> bytes:
        self.statuses[status] += 1
        return response

    def _stats(self, *, reset: bool) -> bytes:
        requests = {str(status): count for status, count in sorted(self.statuses.items())}
        body = orjson.dumps({"requests": requests, "body_bytes": self.body_bytes})
        if reset:
            self.statuses.clear()
            self.body_bytes = 0
        return _plain(200, b"OK", body, b"application/json")


class Connection(asyncio.Protocol):
    """One client; keeps the connection open as HTTP/1.1 does, and answers pipelined requests."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer each complete request; requests have no bodies here."""
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head, self.received = self.received[: end + 2], self.received[end + 4 :]
            self.transport.write(self.site.respond(head))
            if b" HTTP/1.0\r\n" in head or b"close" in _header(head, b"\r\nconnection:"):
                self.transport.close()
        if len(self.received) > MAX_HEAD_BYTES:
            self.transport.abort()


def build_site(corpus: Corpus) -> Site:
    """Render every feed of a corpus."""
    modified = format_datetime(corpus.newest, usegmt=True).encode()
    documents = (render_feed(corpus, source) for source in range(corpus.sources))
    return Site({document.path.encode(): _answer(document, modified) for document in documents})


async def serve(site: Site, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: Connection(site), "127.0.0.1", port, backlog=1024)
    print("listening", flush=True)
    await stopped.wait()
    server.close()


@contextmanager
def running_origin(sources: int, entries: int, seed: int = 1) -> Iterator[str]:
    """Run an origin as a process of its own; gives its address once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"port": port, "sources": sources, "entries": entries, "seed": seed}
    argv = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "bench.origin", *argv]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "listening\n":
                raise RuntimeError(f"the origin did not start on port {port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def main(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8080,
    sources: Annotated[int, typer.Option(help="Feeds to serve.")] = 500,
    entries: Annotated[int, typer.Option(help="Entries of each feed.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same feeds.")] = 1,
    body_bytes: Annotated[int, typer.Option(help="Mean size of an article's HTML.")] = 2000,
) -> None:
    """Serve generated news feeds on loopback."""
    corpus = Corpus(sources, entries, seed, body_bytes, origin=f"http://127.0.0.1:{port}")
    uvloop.run(serve(build_site(corpus), port))


def _answer(document: Document, modified: bytes) -> Answer:
    etag = b'"' + blake2b(document.body, digest_size=12).hexdigest().encode() + b'"'
    validators = b"ETag: " + etag + b"\r\nLast-Modified: " + modified + b"\r\n"
    head = b"".join(
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: " + document.content_type.encode(),
            b"\r\nContent-Length: %d\r\n" % len(document.body),
            validators,
            b"\r\n",
        )
    )
    unchanged = b"HTTP/1.1 304 Not Modified\r\n" + validators + b"\r\n"
    return Answer(etag, head + document.body, head, unchanged)


def _plain(status: int, reason: bytes, body: bytes, content_type: bytes = b"text/plain") -> bytes:
    lines = b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
    return lines % (status, reason, content_type, len(body)) + body


def _header(head: bytes, name: bytes) -> bytes:
    """Find a header's value; empty where it is missing. ETags and `close` are lower case here."""
    lower = head.lower()
    start = lower.find(name)
    return b"" if start < 0 else lower[start + len(name) : lower.find(b"\r\n", start + 2)]


if __name__ == "__main__":
    typer.run(main)
