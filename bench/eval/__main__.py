"""`python -m bench.eval SUBJECT`: one command for each subject."""

import typer

from bench.eval import extraction

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Measure the product on data that others made."""


app.command("extraction")(extraction.main)

if __name__ == "__main__":
    app()
