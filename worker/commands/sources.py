"""`tinwire sources`: what we poll."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from config.editorial import SourceSpec
from feeds.ingest import opml
from feeds.pipeline.desk import Desk
from feeds.store import fetches, kinds, sources, subscriptions
from feeds.text.normalise import slugify
from worker import runtime
from worker.checks import source_spec
from worker.commands import show
from worker.imports import addresses, plan

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_sources(as_json: show.Json = False) -> None:
    """List sources with what their last fetch came to, and how their hubs push."""
    desk = runtime.desk()
    with desk.engine.connect() as connection:
        whys = kinds.reasons(connection)
        pushed = {one.source_id: one.said(desk.clock()) for one in subscriptions.listed(connection)}
        found = [
            {**_row(one, whys), "push": pushed.get(one.source.id)}
            for one in sources.listed(connection)
        ]
    columns = (
        "name",
        "kind",
        "status",
        "articles",
        "fetched_at",
        "next_at",
        "paused",
        "push",
        "error",
        "why",
    )
    show.rows(found, as_json, columns, "There are no sources; add one by `tinwire sources add`.")


def _row(one: sources.SourceState, whys: Mapping[int, str]) -> dict[str, Any]:
    return {
        "name": one.source.name,
        "title": one.source.title,
        "url": one.source.url,
        "kind": one.source.kind,
        "kind_why": whys.get(one.source.id, ""),
        "section": one.source.section,
        "language": one.source.language,
        "status": "given up" if one.given_up else one.status,
        "error": one.given_up or one.error,
        "articles": one.articles,
        "fetched_at": one.fetched_at,
        "ok_at": one.ok_at,
        "next_at": one.next_at,
        "why": one.why,
        "every_s": one.every_s,
        "paused": one.paused,
    }


@app.command()
def add(
    url: Annotated[
        str, typer.Argument(help="Address of a feed, a sitemap, or a page that names its feed.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Short name; made from the address if left out.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Name for readers.")] = None,
    section: Annotated[
        str | None, typer.Option(help="Section of articles that no rule files.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Language code, such as vi.")] = None,
    timezone: Annotated[str, typer.Option(help="Zone of dates that carry none.")] = "UTC",
    every: Annotated[
        int | None,
        typer.Option(help="Most seconds between polls; the source's rhythm decides if left out."),
    ] = None,
    full_text: Annotated[bool, typer.Option(help="Fetch each article's page.")] = False,
) -> None:
    """Add a source, or change the one of the same name."""
    made = name or slugify(url.split("://")[-1].removeprefix("www."))[:60].strip("-")
    spec = source_spec(
        runtime.editorial(),
        name=made,
        title=title or made,
        url=url,
        section=section,
        language=language,
        timezone=timezone,
        every_s=every,
        full_text=full_text,
    )
    _declare(runtime.desk(), [spec])
    typer.echo(f"added {made}; it is polled now")


def _declare(desk: Desk, specs: list[SourceSpec]) -> None:
    with desk.engine.begin() as connection:
        sources.declare(connection, specs, desk.clock())


@app.command("import")
def import_opml(
    file: Annotated[Path, typer.Argument(help="OPML file.", exists=True, dir_okay=False)],
    as_json: show.Json = False,
) -> None:
    """Add the feeds of an OPML file; lines that can't be taken are listed, and stop nothing else.

    Exits with 1 where any line was left out.
    """
    outlines, faults = opml.read(file.read_bytes())
    desk = runtime.desk()
    with desk.engine.connect() as connection:
        polled = addresses(sources.listed(connection))
        owned = kinds.owners(connection, {outline.url for outline in outlines})
    removed = {url: name for url, name in owned.items() if url not in polled}
    ports = desk.settings.fetch_ports
    found = plan(runtime.editorial(), outlines, faults, polled, removed, ports)
    _declare(desk, list(found.specs))
    added = sorted(spec.name for spec in found.specs)
    if as_json:
        errors = [asdict(fault) for fault in found.faults]
        show.print_json({"added": added, "kept": list(found.kept), "errors": errors})
    else:
        typer.echo(f"added {len(added)} sources; {len(found.kept)} are polled already")
        for fault in found.faults:
            typer.echo(f"left out: {fault}", err=True)
    if found.faults:
        raise typer.Exit(1)


@app.command("export")
def export_opml(as_json: show.Json = False) -> None:
    """Print all sources as OPML."""
    with runtime.desk().engine.connect() as connection:
        found = sources.listed(connection)
    outlines = [
        opml.Outline(
            title=one.source.title,
            url=one.source.url,
            home=one.source.home_url,
            path=(one.source.section,) if one.source.section else (),
        )
        for one in found
        if one.source.name != sources.SUBMITTED
    ]
    if as_json:
        show.print_json([asdict(outline) for outline in outlines])
    else:
        typer.echo(opml.write(outlines).decode())


@app.command()
def pause(
    name: str, resume: Annotated[bool, typer.Option("--resume", help="Poll it again.")] = False
) -> None:
    """Stop polling a source, or poll it again."""
    desk = runtime.desk()
    with desk.engine.begin() as connection:
        sources.pause(connection, name, not resume, desk.clock())
    typer.echo(f"{name} is {'polled again' if resume else 'paused'}")


@app.command()
def release(name: str) -> None:
    """Poll a held source again, and take its entries' ids as they come."""
    desk = runtime.desk()
    with desk.engine.begin() as connection:
        sources.release(connection, name, desk.clock())
    typer.echo(f"{name} is polled again; its ids are taken as they come")


@app.command()
def remove(name: str) -> None:
    """Stop polling a source for good; its articles stay."""
    desk = runtime.desk()
    with desk.engine.begin() as connection:
        sources.remove(connection, name, desk.clock())
    typer.echo(f"{name} is removed; its articles stay")


@app.command()
def history(name: str, as_json: show.Json = False) -> None:
    """Show a source's last 30 fetches."""
    with runtime.desk().engine.connect() as connection:
        lines = fetches.history(connection, sources.find(connection, name).id)
    found = [{**asdict(line), **asdict(line.counts)} for line in lines]
    columns = (
        "at",
        "outcome",
        "status",
        "entries",
        "new",
        "revised",
        "sightings",
        "links",
        "unchanged",
        "rejected",
        "quarantined",
        "error",
        "note",
        "why",
    )
    show.rows(found, as_json, columns, f"{name} was not fetched yet.")
