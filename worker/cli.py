"""The command line: `tinwire --help`.

Every command prints for people, or JSON with `--json`; an error is one line and a non-zero exit:
2 for what the caller wrote wrongly, 1 for what went wrong.
"""

import sys

import sqlalchemy as sa
import typer

from config.errors import ConfigError
from config.logs import configure
from feeds.errors import TinwireError
from worker import runtime
from worker.commands import (
    audit,
    dead,
    editors,
    feeds,
    graph,
    hub,
    ingest,
    operate,
    partners,
    rounds,
    sources,
    tokens,
    withdraw,
)
from worker.embedded import EmbeddedError

app = typer.Typer(
    name="tinwire",
    help="News links in, one related-article graph, feeds that are safe to poll out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
operate.add_to(app)
ingest.add_to(app)
withdraw.add_to(app)
audit.add_to(app)
graph.add_to(app)
feeds.add_to(app)
rounds.add_to(app)
app.add_typer(
    editors.app, name="edit", help="What editors decide: section, topic, pin, split, merge."
)
app.add_typer(sources.app, name="sources", help="What we poll: list, add, import, pause, remove.")
app.add_typer(dead.app, name="dead", help="Work that was given up: list, replay.")
app.add_typer(hub.app, name="hub", help="Who is told of our feeds: subscribers, outside hubs.")
app.add_typer(
    partners.app, name="partners", help="Who reads by key: create, list, rotate, revoke, usage."
)
app.add_typer(tokens.app, name="token", help="Tokens for the ops API: create, list, revoke.")


def main() -> None:
    """Run the command line; the process's exit code says how it ended."""
    try:
        _configure_logs()
        code = app(standalone_mode=False)
    except ConfigError as exc:
        _fail(str(exc), 2)
    except typer.TyperException as exc:
        _fail(exc.format_message(), 2)
    except ValueError as exc:
        _fail(str(exc), 2)
    except (TinwireError, EmbeddedError) as exc:
        _fail(str(exc), 1)
    except sa.exc.OperationalError as exc:
        _fail(f"the database did not answer: {str(exc.orig).splitlines()[0]}", 1)
    except (KeyboardInterrupt, typer.Abort):
        _fail("interrupted", 130)
    else:
        sys.exit(code or 0)


def _configure_logs() -> None:
    chosen = runtime.settings()
    level = "WARNING" if chosen.log_level == "INFO" else chosen.log_level
    configure(level, chosen.log_json)


def _fail(message: str, code: int) -> None:
    if message:  # empty where the help was shown instead
        typer.echo(f"tinwire: {message}", err=True)
    sys.exit(code)
