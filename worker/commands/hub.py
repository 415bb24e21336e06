"""`tinwire hub`: who subscribes to our feeds, and which outside hubs are told of them."""

from dataclasses import asdict

import typer

from feeds.store import outside, subscribers
from worker import runtime
from worker.commands import show

app = typer.Typer(no_args_is_help=True)
_MOST = 1000
_COLUMNS = ("topic", "callback", "lease_until", "delivered", "failures", "error")
_OUTSIDE = ("url", "pinged_at", "failed_at", "failures", "error")


@app.command("list")
def list_subscribers(as_json: show.Json = False) -> None:
    """List up to 1,000 subscribers of our feeds, those that fail first; no secrets."""
    with runtime.desk().engine.connect() as connection:
        found = [asdict(one) for one in subscribers.listed(connection, _MOST)]
    show.rows(found, as_json, _COLUMNS, "Nobody subscribes.")


@app.command("outside")
def list_outside(as_json: show.Json = False) -> None:
    """List the hubs of TINWIRE_HUBS that were told of changes, and how they took it."""
    with runtime.desk().engine.connect() as connection:
        found = [asdict(one) for one in outside.listed(connection)]
    show.rows(found, as_json, _OUTSIDE, "No outside hub was told yet.")
