"""`tinwire up`, `status`, `reindex`, `migrate`, and the two webs as processes."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from feeds.store import migrate as migrations
from feeds.store import reindexes
from worker import runtime, serve
from worker.commands import show
from worker.learning import learn_now
from worker.prepare import prepare
from worker.reindex import request_reindex
from worker.status import snapshot
from worker.up import up as run_up


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (up, status, learn, reindex, migrate, web, ops):
        app.command()(command)


def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve a bundled newsroom, without a network.")
    ] = False,
) -> None:
    """Start everything: servers, workers, bell and webs; Ctrl-C stops it all."""
    raise typer.Exit(run_up(runtime.settings(), demo))


def status(as_json: show.Json = False) -> None:
    """Say what runs, what waits and what broke."""
    found = snapshot(runtime.desk())
    if as_json:
        show.print_json(found.as_dict())
        return
    for line in found.lines():
        typer.echo(line)


def reindex(
    mode: Annotated[str, typer.Option(help="refile, relate or publish.")],
    section: Annotated[
        str | None, typer.Option(help="Articles of a section and those below it.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Articles that a source lists.")] = None,
    author: Annotated[str | None, typer.Option(help="Articles of an author, by slug.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Articles since a date, such as 2026-11-24.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All articles.")] = False,
    as_json: show.Json = False,
) -> None:
    """Work through stored articles again, in a lane of its own; live news goes first."""
    given = {"section": section, "source": source, "author": author, "since": since}
    scope = {key: value for key, value in given.items() if value is not None}
    if bool(scope) == everything:
        raise ValueError("say which articles: --section, --source, --author, --since, or --all")
    desk = runtime.desk()
    made = request_reindex(desk, mode, scope, actor="cli")
    with desk.engine.connect() as connection:
        found = reindexes.find(connection, made)
    row: dict[str, Any] = {"id": made, "mode": mode, "scope": scope, "articles": found.total}
    if as_json:
        show.print_json(row)
    else:
        typer.echo(f"reindex {made}: {mode} of {found.total} articles; see `tinwire status`")


def learn(as_json: show.Json = False) -> None:
    """Learn sections from what is stored, now and in this process; then file anew what changes."""
    lesson = learn_now(runtime.desk(), actor="cli")
    if as_json:
        show.print_json(asdict(lesson))
    else:
        typer.echo(lesson.why)


def migrate() -> None:
    """Bring the database to the newest tables, and load the sources of sources.yaml."""
    desk = runtime.desk()
    before = migrations.current(desk.engine)
    prepare(desk, desk.editorial.sources)
    now = migrations.current(desk.engine)
    typer.echo(f"at {now} already" if before == now else f"from {before or 'nothing'} to {now}")


def web() -> None:
    """Run the public web in this process."""
    serve.public(runtime.settings())


def ops() -> None:
    """Run the ops web in this process."""
    serve.ops(runtime.settings())
