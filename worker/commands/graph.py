"""`tinwire fit` and `tinwire check`: what the graph is weighed by, and whether it holds."""

from dataclasses import asdict

import typer

from feeds.pipeline.fit import fit as fit_store
from feeds.related.statistics import LEAST_ARTICLES
from feeds.store import checking
from worker import runtime
from worker.commands import show


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (fit, check):
        app.command()(command)


def fit(as_json: show.Json = False) -> None:
    """Count how common words are in the store, and relate all articles by it, in a lane apart."""
    version = fit_store(runtime.desk())
    if as_json:
        show.print_json({"version": version})
    elif version is None:
        typer.echo(f"nothing counted: fewer than {LEAST_ARTICLES} articles say too little")
    else:
        typer.echo(f"version {version} is counted; all articles are related anew")


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
