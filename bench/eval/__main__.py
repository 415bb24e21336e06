"""`python -m bench.eval SUBJECT`: one command for each subject."""

import typer

from bench.eval import (
    addresses,
    blocks,
    duplicates_scale,
    extraction,
    learn_scale,
    near_duplicates,
    neighbours,
    pairs,
    parsing,
    polling,
    related,
    scale,
    stories,
    topics,
)

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Measure the product on data that others made."""


app.command("addresses")(addresses.command)
app.command("duplicates-scale")(duplicates_scale.main)
app.command("blocks")(blocks.main)
app.command("extraction")(extraction.main)
app.command("learn-scale")(learn_scale.command)
app.command("near-duplicates")(near_duplicates.main)
app.command("neighbours")(neighbours.command)
app.command("parsing")(parsing.main)
app.command("polling")(polling.main)
app.command("topics")(topics.command)
app.command("pairs")(pairs.command)
app.command("related")(related.command)
app.command("related-scale")(scale.command)
app.command("stories")(stories.command)

if __name__ == "__main__":
    app()
