"""`tinwire reindex` and `tinwire reindexes`: stored articles worked through again."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from feeds.store import reindexes
from worker import runtime
from worker.commands import show
from worker.reindex import request_reindex, turn
from worker.status import round_of

app = typer.Typer(no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="The round's number, as `reindexes list` shows it.")]
_COLUMNS = ("id", "mode", "is_dry", "scope", "state", "done", "total", "changed", "per_minute")


def add_to(main: typer.Typer) -> None:
    """Add these commands to the command line."""
    main.command()(reindex)
    main.add_typer(app, name="reindexes", help="Reindexes: list, show, pause, resume, cancel.")


def reindex(
    mode: Annotated[str, typer.Option(help="refile, relate or publish.")],
    section: Annotated[
        str | None, typer.Option(help="Articles of a section and those below it.")
    ] = None,
    topic: Annotated[str | None, typer.Option(help="Articles of a topic, by slug.")] = None,
    source: Annotated[str | None, typer.Option(help="Articles that a source lists.")] = None,
    author: Annotated[str | None, typer.Option(help="Articles of an author, by slug.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Articles since a date, such as 2026-11-24.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Articles before a date.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All articles.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change; see `reindexes show`.")
    ] = False,
    per_minute: Annotated[
        int | None, typer.Option(help="Most articles in a minute; unset: as fast as it goes.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Work through stored articles again, in a lane of its own; live news goes first."""
    given = {
        "section": section,
        "topic": topic,
        "source": source,
        "author": author,
        "since": since,
        "until": until,
    }
    scope = {key: value for key, value in given.items() if value is not None}
    if bool(scope) == everything:
        named = ", ".join(f"--{key}" for key in given)
        raise ValueError(f"say which articles: {named}, or --all")
    desk = runtime.desk()
    made = request_reindex(desk, mode, scope, "cli", dry_run, per_minute)
    found = _find(made)
    row: dict[str, Any] = {"id": made, "mode": mode, "scope": scope, "articles": found.total}
    if as_json:
        show.print_json(row | {"dry_run": dry_run, "per_minute": per_minute})
    else:
        kind = "preview" if dry_run else "reindex"
        typer.echo(f"{kind} {made}: {mode} of {found.total} articles; see `reindexes show {made}`")


@app.command("list")
def list_rounds(as_json: show.Json = False) -> None:
    """List the newest rounds, with how far they are."""
    with runtime.desk().engine.connect() as connection:
        found = reindexes.newest(connection)
    rows = [asdict(round_of(one)) for one in found]
    show.rows(rows, as_json, _COLUMNS, "no reindex was asked for yet")


@app.command("show")
def show_round(number: Number, as_json: show.Json = False) -> None:
    """Show a round, and the first of what it changed, or would change."""
    found = _find(number)
    row = asdict(round_of(found))
    if as_json:
        show.print_json(row | {"diff": list(found.diff)})
        return
    show.rows([row], False, _COLUMNS, "")
    if found.error:
        typer.echo(f"last error: {found.error}")
    columns = list(dict.fromkeys(key for line in found.diff for key in line))
    show.rows(found.diff, False, columns, "no change so far")


@app.command()
def pause(number: Number) -> None:
    """Stop a round where it is."""
    _turn(number, "pause")


@app.command()
def resume(number: Number) -> None:
    """Let a paused or failed round go on where it stopped."""
    _turn(number, "resume")


@app.command()
def cancel(number: Number) -> None:
    """End a round before its time; what it did stays."""
    _turn(number, "cancel")


def _turn(number: int, to: str) -> None:
    turn(runtime.desk(), number, to, "cli")
    found = _find(number)
    typer.echo(f"reindex {number} is {found.state}, {found.done} of {found.total} articles done")


def _find(number: int) -> reindexes.Reindex:
    with runtime.desk().engine.connect() as connection:
        return reindexes.find(connection, number)
