"""`python -m bench.eval NAME`: one command for each evaluation."""

import typer

from bench.eval import polling

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.command("polling")(polling.main)


@app.callback()
def evaluate() -> None:
    """Say how good the product is at what it decides."""


if __name__ == "__main__":
    app()
