"""The comparison with `reader`, on the same feeds from the same origin.

    python -m bench.peers setup                                    # into var/bench-venv, by hash
    python -m bench.peers reader --origin http://127.0.0.1:8080 --sources 500

Theory: a peer is measured as its documentation says to use it, with the number of workers that
suits it best on this machine, and in an environment of its own: it is no dependency of ours.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from bench.measure import machine
from bench.origin import running_origin

ROOT = Path(__file__).parents[1]
VENV = ROOT / "var" / "bench-venv"
PYTHON = VENV / "bin" / "python"
LOCK = Path(__file__).with_name("requirements.lock")

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def setup() -> None:
    """Install the peers from the lock, each file checked against its hash."""
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", str(LOCK)], check=True)


@app.command()
def reader(
    origin: Annotated[str, typer.Option(help="Address of a running origin; else one is run.")] = "",
    sources: Annotated[int, typer.Option(help="Feeds to store.")] = 500,
    entries: Annotated[int, typer.Option(help="Entries of each, if an origin is run.")] = 30,
    workers: Annotated[str, typer.Option(help="Numbers of threads to try.")] = "1,2,10",
    rounds: Annotated[int, typer.Option(help="Rounds without a change.")] = 3,
) -> None:
    """Measure `reader` and print JSON."""
    counts = [int(count) for count in workers.split(",")]
    if origin:
        figures = measure_reader(origin, sources, counts, rounds)
    else:
        with running_origin(sources, entries) as own:
            figures = measure_reader(own, sources, counts, rounds)
    print(json.dumps(figures, indent=2))


def measure_reader(
    origin: str, sources: int, workers: list[int], rounds: int = 3
) -> dict[str, Any]:
    """Run `reader` once for each number of workers; `best` holds the best of each figure.

    Raises `FileNotFoundError` before `setup`.
    """
    if not PYTHON.exists():
        raise FileNotFoundError(f"{PYTHON}: run `python -m bench.peers setup` first")
    runs = [_run(origin, sources, count, rounds) for count in workers]
    return {
        "peer": "reader",
        "machine": machine(),
        "sources": sources,
        "best": {
            "articles_per_s": max(run["articles_per_s"] for run in runs),
            "unchanged_sources_per_s": max(run["unchanged_sources_per_s"] for run in runs),
            "cold_cpu_s": min(run["cold_cpu_s"] for run in runs),
            "unchanged_cpu_s": min(run["unchanged_cpu_s"] for run in runs),
            "peak_mb": min(run["peak_mb"] for run in runs),
        },
        "runs": runs,
    }


def _run(origin: str, sources: int, workers: int, rounds: int) -> dict[str, Any]:
    options = {"origin": origin, "sources": sources, "workers": workers, "rounds": rounds}
    argv = [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run(
        [str(PYTHON), "-m", "bench.peer_reader", *argv],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return _rates(json.loads(done.stdout), sources)


def _rates(raw: dict[str, Any], sources: int) -> dict[str, Any]:
    unchanged_s = median(one["wall_s"] for one in raw["unchanged"])
    return {
        "workers": raw["workers"],
        "articles": raw["articles"],
        "broken_feeds": raw["broken"],
        "cold_requests": raw["cold"]["requests"],
        "unchanged_requests": raw["unchanged"][-1]["requests"],
        "articles_per_s": round(raw["articles"] / raw["cold"]["wall_s"], 1),
        "unchanged_sources_per_s": round(sources / unchanged_s, 1),
        "cold_cpu_s": round(raw["cold"]["cpu_s"], 2),
        "unchanged_cpu_s": round(median(one["cpu_s"] for one in raw["unchanged"]), 2),
        "peak_mb": round(raw["peak_mb"], 1),
    }


if __name__ == "__main__":
    app()
