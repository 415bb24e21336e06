"""The tasks that can be measured; run one by its name."""

import typer

from bench.eval import parsing

app = typer.Typer(add_completion=False, help="Measure quality against others' suites.")
app.callback()(lambda: None)
app.command("parsing")(parsing.main)

app()
