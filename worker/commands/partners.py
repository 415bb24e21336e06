"""`tinwire partners`: who reads by key, for which origins, how often."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer

from worker import partners, runtime
from worker.commands import show

app = typer.Typer(no_args_is_help=True)
ACTOR = "cli"
_COLUMNS = ("name", "origins", "per_minute", "per_day", "keys", "served_today", "limited_today")
_DAYS = ("day", "name", "served", "limited", "refused")
Name = Annotated[str, typer.Argument(help="The partner's name, in small letters and hyphens.")]


@app.command()
def create(
    name: Name,
    origin: Annotated[
        list[str] | None,
        typer.Option(help="Whose pages may show it, such as https://example.org; more than once."),
    ] = None,
    title: Annotated[str, typer.Option(help="The name that people know it by.")] = "",
    per_minute: Annotated[int | None, typer.Option(help="Most requests in a minute.")] = None,
    per_day: Annotated[int | None, typer.Option(help="Most requests in a day (UTC).")] = None,
    as_json: show.Json = False,
) -> None:
    """Add a partner and print its key, which can't be shown again."""
    given = {"per_minute": per_minute, "per_day": per_day}
    quotas = {field: value for field, value in given.items() if value is not None}
    row = {"name": name, "title": title, "origins": tuple(origin or ()), **quotas}
    _show_key(name, partners.create(runtime.desk(), row, ACTOR), as_json)


def _show_key(name: str, key: str, as_json: bool) -> None:
    if as_json:
        show.print_json({"name": name, "key": key})
    else:
        typer.echo(key)


@app.command("list")
def list_partners(as_json: show.Json = False) -> None:
    """List partners with their origins, quotas, valid keys (their last characters) and today."""
    found = partners.listed(runtime.desk())
    show.rows(found if as_json else [_flat(one) for one in found], as_json, _COLUMNS, _NOBODY)


_NOBODY = "There are no partners."


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    keys = " ".join(f"…{one['hint']}" for one in row["keys"] if one["is_valid"])
    ended = "none: it left partners.yaml" if row["ended_at"] else keys or "none"
    return row | {"origins": " ".join(row["origins"]), "keys": ended}


@app.command()
def rotate(
    name: Name,
    keep_hours: Annotated[
        int, typer.Option(min=0, max=partners.KEEP_HOURS_MAX, help="How long old keys still work.")
    ] = partners.KEEP_HOURS,
    as_json: show.Json = False,
) -> None:
    """Make a partner a new key and print it; it can't be shown again. Old ones end later."""
    key = partners.rotate(runtime.desk(), name, timedelta(hours=keep_hours), ACTOR)
    _show_key(name, key, as_json)


@app.command()
def revoke(
    name: Name,
    key: Annotated[
        str | None, typer.Option(help="Only the key with these last characters; else all.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """End a partner's keys at once."""
    done = partners.revoke(runtime.desk(), name, key, ACTOR)
    if as_json:
        show.print_json({"name": name, "revoked": done})
    else:
        typer.echo(f"{done} key{'' if done == 1 else 's'} of {name} revoked")


@app.command()
def usage(
    name: Annotated[str | None, typer.Argument(help="A partner; all if left out.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days back.")] = 31,
    as_json: show.Json = False,
) -> None:
    """Show how often partners asked on each day (UTC), and what became of it."""
    found = partners.usage_of(runtime.desk(), name, days)
    rows = [asdict(one) | {"day": one.day.isoformat()} for one in found]
    show.rows(rows, as_json, _DAYS, "No requests were counted.")
