"""`tinwire feeds list`, `tinwire feeds rename` and `tinwire export`: what goes out."""

from pathlib import Path
from typing import Annotated

import typer

from feeds.store import aliases, deliveries, feeds, work
from worker import runtime
from worker.commands import show
from worker.export import export_all


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    group = typer.Typer(no_args_is_help=True)
    group.command("list")(list_feeds)
    group.command("rename")(rename_feed)
    app.add_typer(group, name="feeds", help="What we emit: list, rename.")
    app.command("export")(export)


def list_feeds(as_json: show.Json = False) -> None:
    """List feeds with their addresses."""
    desk = runtime.desk()
    base = desk.settings.public_url
    with desk.engine.connect() as connection:
        found = [
            {
                "key": one.key,
                "title": one.title,
                "items": one.items,
                "updated_at": one.updated_at,
                "modified_at": one.modified_at,
                "rss": f"{base}/feeds/{one.key}.rss",
                "atom": f"{base}/feeds/{one.key}.atom",
                "json": f"{base}/feeds/{one.key}.json",
            }
            for one in feeds.listed(connection)
        ]
    show.rows(
        found, as_json, ("key", "title", "items", "updated_at", "rss"), "No feed was emitted yet."
    )


def rename_feed(
    old: Annotated[str, typer.Argument(help="Key that readers know, such as author/an-na.")],
    new: Annotated[str, typer.Argument(help="Key by which the feed goes now.")],
) -> None:
    """Send readers of one feed to another for good (301)."""
    desk = runtime.desk()
    if old == new:
        raise typer.BadParameter("both keys are the same")
    with desk.engine.begin() as connection:
        if not feeds.emitted(connection, [new]):
            raise typer.BadParameter(f"there is no feed {new}")
        aliases.rename(connection, old, new)
        feeds.retire(connection, [old], desk.clock())
        deliveries.mark(connection, [old], desk.clock(), to_all=False)
        # The old one's files must go; the new one may have been renamed before.
        work.mark(connection, "publish", [old, new], desk.clock())
    typer.echo(f"{old} leads to {new}")


def export(
    folder: Annotated[Path, typer.Argument(help="Folder for the files; made if it isn't there.")],
    as_json: show.Json = False,
) -> None:
    """Write all feeds as static files; each file is replaced at once, never half-written."""
    written = export_all(runtime.desk(), folder)
    if as_json:
        show.print_json({"folder": str(folder), "files": written})
    else:
        typer.echo(f"{written} files in {folder}")
