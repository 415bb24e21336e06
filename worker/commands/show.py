"""How commands show what they found: a table for people, JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Row = Mapping[str, Any]


def rows(found: Sequence[Row], as_json: bool, columns: Sequence[str], nothing: str) -> None:
    """Print rows: all their fields as JSON, or the named columns as a table."""
    if as_json:
        print_json(list(found))
    elif not found:
        typer.echo(nothing)
    else:
        console().print(table(found, columns))


def table(found: Sequence[Row], columns: Sequence[str]) -> Table:
    """Lay rows out as a table."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column.replace("_", " "), overflow="fold")
    for row in found:
        made.add_row(*(text(row.get(column)) for column in columns))
    return made


def text(value: Any) -> str:
    """Write a value for a person; nothing for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def print_json(value: Any) -> None:
    """Print a value as JSON; times in ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_encode))


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def console() -> Console:
    """Make a console; a pipe gets wide plain lines."""
    made = Console()
    return made if made.is_terminal else Console(width=200, no_color=True)
