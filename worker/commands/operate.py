"""`tinwire up`, `status`, `migrate`, and the two webs as processes."""

from dataclasses import asdict
from typing import Annotated

import typer

from feeds.related.statistics import LEAST_ARTICLES
from feeds.store import migrate as migrations
from worker import runtime, serve
from worker.commands import show
from worker.learning import fit_now, learn_now
from worker.prepare import prepare
from worker.status import snapshot
from worker.status_lines import lines
from worker.up import up as run_up


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (up, status, learn, fit, migrate, web, ops):
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
    for line in lines(found):
        typer.echo(line)


def learn(as_json: show.Json = False) -> None:
    """Learn sections from what is stored, now and in this process; then file anew what changes."""
    lesson = learn_now(runtime.desk(), actor="cli")
    if as_json:
        show.print_json(asdict(lesson))
    else:
        typer.echo(lesson.why)


def fit(as_json: show.Json = False) -> None:
    """Count words over the store and learn vectors, now; then relate everything by both."""
    version = fit_now(runtime.desk(), actor="cli")
    if as_json:
        show.print_json({"version": version})
    else:
        least = f"nothing was counted: that takes {LEAST_ARTICLES} articles"
        typer.echo(least if version is None else f"version {version}; a reindex relates by it")


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
