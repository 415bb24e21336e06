"""`tinwire withdraw` and `tinwire restore`: what a person takes out, and back."""

from typing import Annotated

import typer

from worker import runtime, withdrawals
from worker.commands import show

Articles = Annotated[list[str], typer.Argument(help="Ids or addresses of articles.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept and audited.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(withdraw)
    app.command()(restore)


def withdraw(article: Articles, why: Why, as_json: show.Json = False) -> None:
    """Take articles out of every list and feed; their pages answer 410."""
    _tell("withdrawn", withdrawals.withdraw(runtime.desk(), article, why, "cli"), as_json)


def restore(article: Articles, why: Why, as_json: show.Json = False) -> None:
    """Take withdrawals back, whoever they came from."""
    _tell("restored", withdrawals.restore(runtime.desk(), article, why, "cli"), as_json)


def _tell(word: str, ids: list[str], as_json: bool) -> None:
    if as_json:
        show.print_json({word: ids})
    else:
        typer.echo(f"{word}: {', '.join(ids) or 'none, all of them were so already'}")
