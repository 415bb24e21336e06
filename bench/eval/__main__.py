"""`python -m bench.eval PART`: one line for each part."""

import typer

from bench.eval import addresses

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def choose() -> None:
    """Measure one part of the product by others' suites."""


app.command("addresses")(addresses.command)

if __name__ == "__main__":
    app()
