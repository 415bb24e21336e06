"""`tinwire token`: who may use the ops API."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from feeds.store import tokens
from worker import runtime
from worker.commands import show

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    name: str,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(tokens.SCOPES)}; all if left out.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Days until it expires; never if left out.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Make a token and print its secret, which can't be shown again."""
    desk = runtime.desk()
    now = desk.clock()
    expires = None if days is None else now + timedelta(days=days)
    with desk.engine.begin() as connection:
        secret = tokens.create(connection, name, scope or list(tokens.SCOPES), now, expires)
        tokens.note(connection, "cli", "token create", {"name": name}, now)
    if as_json:
        show.print_json({"name": name, "token": secret})
    else:
        typer.echo(secret)


@app.command("list")
def list_tokens(as_json: show.Json = False) -> None:
    """List tokens without their secrets."""
    with runtime.desk().engine.connect() as connection:
        found = [
            asdict(one) | {"scopes": ", ".join(one.scopes)} for one in tokens.listed(connection)
        ]
    columns = ("name", "scopes", "created_at", "expires_at", "revoked_at")
    show.rows(found, as_json, columns, "There are no tokens.")


@app.command()
def revoke(name: str) -> None:
    """End a token at once."""
    desk = runtime.desk()
    now = desk.clock()
    with desk.engine.begin() as connection:
        tokens.revoke(connection, name, now)
        tokens.note(connection, "cli", "token revoke", {"name": name}, now)
    typer.echo(f"{name} is revoked")
