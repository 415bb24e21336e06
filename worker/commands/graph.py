"""`tinwire check`: whether the graph and the feeds hold what is promised of them."""

from dataclasses import asdict

import typer

from feeds.store import checking
from worker import runtime
from worker.commands import show


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(check)


def check(as_json: show.Json = False) -> None:
    """Prove over the whole store that relations, stories, groups and feeds are as promised."""
    with runtime.desk().engine.connect() as connection:
        found, size = checking.broken(connection), checking.size(connection)
        pending = checking.pending(connection)
    if as_json:
        show.print_json(
            {"broken": [asdict(one) for one in found], "pending": pending, "size": size}
        )
    else:
        for one in found:
            typer.echo(f"broken {one.count} times: {one.law}")
            for case in one.cases:
                typer.echo(f"    {case}")
        typer.echo("; ".join(f"{count} {what}" for what, count in size.items()))
        typer.echo(f"{pending} pieces of work are due" if pending else "nothing is due")
        typer.echo(f"{len(found)} of {len(checking.LAWS)} laws are broken")
    if found:
        raise typer.Exit(1)
