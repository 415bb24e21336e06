"""`tinwire audit`: what people and tokens did."""

from dataclasses import asdict
from typing import Annotated

import typer

from worker import audit as audits
from worker import runtime
from worker.commands import show

_COLUMNS = ("at", "actor", "action", "on", "why", "outcome")


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(audit)


def audit(
    article: Annotated[
        str | None, typer.Argument(help="Only what names this article, by its id or address.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=audits.MOST, help="How many lines, the newest first.")
    ] = audits.LINES,
    as_json: show.Json = False,
) -> None:
    """Show who did what, when and why: editors' decisions, withdrawals, tokens, partners."""
    found = audits.read(runtime.desk(), article, limit)
    rows = [asdict(one) if as_json else audits.for_people(one) for one in found]
    show.rows(rows, as_json, _COLUMNS, "Nothing was noted.")
