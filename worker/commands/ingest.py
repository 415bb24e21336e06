"""`tinwire ingest`, `tinwire drain` and `tinwire why`: what goes in, and what became of it."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from feeds.errors import BadEntry, Raced
from feeds.model import Source, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.drain import drain, is_settled
from feeds.pipeline.ingest import ingest
from feeds.pipeline.links import end_of, read_document
from feeds.store import links, sources
from feeds.urls import canonicalise, is_web
from worker import runtime
from worker.commands import show
from worker.why import explain

RACES = 3


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("ingest")(ingest_all)
    app.command("drain")(drain_all)
    app.command("why")(why)


def ingest_all(
    what: Annotated[list[str], typer.Argument(help="Addresses or files: feeds or article pages.")],
    source: Annotated[str | None, typer.Option(help="Source that they belong to.")] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until they are stored and published.")
    ] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait.")] = 120,
    as_json: show.Json = False,
) -> None:
    """Hand in links, or read feeds and article pages from disk."""
    desk = runtime.desk()
    urls = [one for one in what if is_web(one)]
    files = [Path(one) for one in what if not is_web(one)]
    for file in files:
        if not file.is_file():
            raise BadEntry(f"{file}: neither an http(s) address nor a file")
    owner = _source(desk, source)
    ends = [_ingest_file(desk, file, owner) for file in files]
    ends += _submit(desk, urls, owner if source else None, wait, timeout)
    if wait:
        _wait_until_settled(desk, timeout)
    show.rows(ends, as_json, ("what", "status", "article", "why"), "Nothing was given.")
    if any(end["status"] in {"failed", "quarantined"} for end in ends):
        raise BadEntry("not everything could be stored; see above")


def _source(desk: Desk, name: str | None) -> Source:
    with desk.engine.begin() as connection:
        return sources.submitted(connection) if name is None else sources.find(connection, name)


def _ingest_file(desk: Desk, file: Path, source: Source) -> dict[str, Any]:
    """Read a file as a feed or an article page; only a local operator may name files."""
    try:
        incoming = read_document(file.read_bytes(), {}, source.url, source)
    except BadEntry as exc:
        return _end(str(file), ("failed", exc.message, None))
    for _ in range(RACES):
        try:
            with desk.engine.begin() as connection:
                return _end(str(file), end_of(ingest(desk, connection, [incoming])))
        except Raced:
            continue
    raise BadEntry(f"{file}: other workers kept storing the same articles; try again")


def _submit(
    desk: Desk, urls: Sequence[str], source: Source | None, wait: bool, timeout: float
) -> list[dict[str, Any]]:
    clean = sorted({canonicalise(url) for url in urls})
    with desk.engine.begin() as connection:
        links.submit(connection, clean, None if source is None else source.id, desk.clock())
    until = time.monotonic() + timeout
    while True:
        with desk.engine.connect() as connection:
            found = links.find(connection, clean)
        waiting = any(one.status == "waiting" for one in found)
        if not (wait and waiting and time.monotonic() < until):
            return [_end(one.url, (one.status, one.why or "", one.article_id)) for one in found]
        time.sleep(0.3)


def _end(what: str, end: tuple[str, str, int | None]) -> dict[str, Any]:
    status, why, article_id = end
    article = None if article_id is None else public_id(article_id)
    return {"what": what, "status": status, "article": article, "why": why}


def _wait_until_settled(desk: Desk, timeout: float) -> None:
    until = time.monotonic() + timeout
    while not is_settled(desk):
        if time.monotonic() >= until:
            raise BadEntry(
                f"stored, but not all published within {timeout:g} s; is a worker running?"
            )
        time.sleep(0.2)


def drain_all(
    timeout: Annotated[
        float, typer.Option(help="Seconds after which it gives up with exit code 1.")
    ] = 600,
    as_json: show.Json = False,
) -> None:
    """Work until nothing is due, then exit: for cron and for tests, without Celery."""
    with runtime.servers():
        worked = drain(runtime.desk(), timeout)
    if as_json:
        show.print_json({"batches": worked})
    else:
        typer.echo(f"nothing is due; {sum(worked.values())} batches done")


def why(
    article: Annotated[str, typer.Argument(help="An article's id or address, or an entry's guid.")],
    as_json: show.Json = False,
) -> None:
    """Say what became of an article and why: its entries, section, topics, relations, merges."""
    found = explain(runtime.desk(), article)
    if as_json:
        show.print_json(asdict(found))
        return
    for line in found.lines():
        typer.echo(line)
