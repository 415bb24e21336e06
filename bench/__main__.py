"""`make bench`: from a local origin to published feeds, side by side with `reader`, in one run."""

from typing import Annotated

import typer
from rich.console import Console

from bench.measure import machine, print_table
from bench.origin import running_origin
from bench.peers import PYTHON, measure_reader
from bench.peers import setup as install_peers
from bench.product import Round, plant

app = typer.Typer(add_completion=False)
console = Console(width=110)


@app.command()
def main(
    sources: Annotated[int, typer.Option(help="Feeds.")] = 500,
    entries: Annotated[int, typer.Option(help="Entries of each.")] = 30,
    seed: Annotated[int, typer.Option(help="Seed of the corpus.")] = 1,
    peers: Annotated[bool, typer.Option(help="Measure `reader` too.")] = True,
) -> None:
    """Measure a cold round and an unchanged one."""
    console.print(machine())
    with running_origin(sources, entries, seed) as origin:
        with plant(origin, sources) as made:
            names = [f"source-{number}" for number in range(sources)]
            cold = made.run(names)
            steps = made.steps()
            unchanged = made.run(names)
        rows = [("reader 3.26", _reader(origin, sources))] if peers else []
    _print_steps(steps, cold)
    console.print(f"{cold.articles} articles in {cold.feeds} feeds, {unchanged.fetches} fetches")
    ours = (
        cold.articles / cold.published_s,
        cold.articles / cold.usage.wall_s,
        cold.usage.cpu_s,
        cold.usage.peak_mb,
        sources / unchanged.usage.wall_s,
        unchanged.usage.cpu_s,
    )
    columns = (
        "articles/s to feeds",
        "articles/s, all done",
        "CPU s cold",
        "peak MB",
        "sources/s unchanged",
        "CPU s unchanged",
    )
    print_table(f"{sources} sources × {entries} entries", columns, [*rows, ("Tinwire", ours)])


def _reader(origin: str, sources: int) -> tuple[float | None, ...]:
    if not PYTHON.exists():
        install_peers()
    best = measure_reader(origin, sources, [1, 2])["best"]
    keys = (
        "articles_per_s",
        "articles_per_s",
        "cold_cpu_s",
        "peak_mb",
        "unchanged_sources_per_s",
        "unchanged_cpu_s",
    )
    return tuple(best.get(key) for key in keys)


def _print_steps(steps: dict[str, tuple[int, float]], cold: Round) -> None:
    rows = [
        (kind, (batches, seconds, 1e6 * seconds / cold.articles))
        for kind, (batches, seconds) in sorted(steps.items(), key=lambda pair: -pair[1][1])
    ]
    columns = ("batches", "seconds in workers", "µs per article")
    print_table("Where the time goes, cold (wall time in the workers)", columns, rows)


app()
