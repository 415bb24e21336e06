"""`tinwire dead`: work that was given up, and having it tried again."""

from dataclasses import asdict
from typing import Annotated

import typer

from config.celery import ROUTES
from config.errors import nearest
from feeds.store import backlog, tokens
from worker import runtime
from worker.commands import show

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_dead(as_json: show.Json = False) -> None:
    """List the newest dead letters, each with its last error."""
    with runtime.desk().engine.connect() as connection:
        found = backlog.dead(connection)
    columns = ("kind", "key", "attempts", "at", "error")
    show.rows([asdict(one) for one in found], as_json, columns, "nothing was given up")


@app.command()
def replay(
    kind: Annotated[str | None, typer.Option(help="Only work of a kind, such as poll.")] = None,
    as_json: show.Json = False,
) -> None:
    """Make dead letters due again, with all their attempts."""
    if kind is not None and kind not in ROUTES:
        raise ValueError(f"no kind of work is named {kind!r}{nearest(kind, ROUTES)}")
    desk = runtime.desk()
    now = desk.clock()
    with desk.engine.begin() as connection:
        replayed = backlog.replay(connection, kind, now)
        tokens.note(connection, "cli", "replay", {"kind": kind, "replayed": replayed}, now)
    if as_json:
        show.print_json({"replayed": replayed})
    else:
        typer.echo(f"due again: {replayed}")
