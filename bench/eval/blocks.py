"""What a page asks of a store of many articles: its blocks, and a search; and what search costs.

Everything goes through the product's own functions, on the embedded PostgreSQL, in one process.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Annotated

import orjson
import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table

from bench.measure import machine
from bench.store import NOW, fill
from config.editorial import Editorial, load_editorial
from config.settings import load_settings
from feeds.model import Article
from feeds.pipeline.desk import Desk
from feeds.pipeline.run import run
from feeds.pipeline.searchable import LONGEST
from feeds.store import articles, migrate, search, work
from feeds.store.engine import connect
from feeds.text.html import plain_of_clean
from feeds.web.blocks import blocks_for, front_blocks
from feeds.web.query import parse_query
from worker import embedded

ROOT = Path(__file__).parents[2]
_WARM = 50
_ROUNDS = 5
Ask = Callable[[sa.Connection], object]


def main(
    size: Annotated[int, typer.Option(help="Articles in the store.")] = 100_000,
    asked: Annotated[int, typer.Option(help="Pages, and searches, that are timed.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Time a page's blocks and a search in a large store, warm."""
    editorial = load_editorial(ROOT / "config")
    with tempfile.TemporaryDirectory(prefix="twb") as folder:
        running = embedded.start(Path(folder))
        engine = connect(running.servers.database_url)
        try:
            migrate.upgrade(engine)
            fill(engine, size, editorial)
            found = _measure(engine, editorial, size, asked)
        finally:
            engine.dispose()
            running.stop()
    if as_json:
        typer.echo(orjson.dumps(found).decode())
    else:
        _show(found, size)


def _measure(
    engine: sa.Engine, editorial: Editorial, size: int, asked: int
) -> dict[str, dict[str, float]]:
    begins_us, whole_us = _make_searchable(engine, editorial, size)
    rng = Random(2)
    ids = [max(1, size - int(size * rng.random() ** 3)) for _ in range(asked + _WARM)]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        leads = articles.load(connection, ids)
        words = [_some_words(leads[one].title.split(), rng) for one in ids]
        further = [
            _some_words(plain_of_clean(leads[one].html)[LONGEST:].split(), rng) for one in ids
        ]
        return {
            "six blocks of an article": _timed(
                engine,
                connection,
                [_blocks_of(leads[one], editorial) for one in ids],
            ),
            "blocks of the front page": _timed(
                engine, connection, [lambda c: front_blocks(c, editorial, NOW)] * len(ids)
            ),
            "search of one to three words": _timed(
                engine, connection, [_searching(one) for one in words]
            ),
            "search of one to three words further down": _timed(
                engine, connection, [_searching(one) for one in further]
            ),
            "search of the commonest word": _timed(
                engine, connection, [_searching("các")] * (_WARM + 50)
            ),
            "making an article searchable": {"mean_ms": begins_us / 1000},
            "and by all its words, later": {"mean_ms": whole_us / 1000},
        }


def _blocks_of(lead: Article, editorial: Editorial) -> Ask:
    return lambda connection: blocks_for(connection, lead, editorial, NOW)


def _some_words(title: Sequence[str], rng: Random) -> str:
    """Take one to three words of a title that stand together, as readers do."""
    at = rng.randrange(len(title))
    return " ".join(title[at : at + rng.randint(1, 3)])


def _searching(typed: str) -> Ask:
    query = parse_query(typed)
    return lambda c: search.find(c, query.wanted, query.exact, NOW, 20)


def _make_searchable(engine: sa.Engine, editorial: Editorial, size: int) -> tuple[float, float]:
    """Run the product's own steps over all articles; returns microseconds for each."""
    desk = Desk(engine, editorial, load_settings({}))
    with engine.begin() as connection:
        search.note_due(connection, list(range(1, size + 1)))
        work.mark(connection, "search", [search.DUE], desk.clock())
    spent = []
    later = replace(desk, clock=lambda: desk.clock() + timedelta(hours=1))
    for kind, at in (("search", desk), ("search_whole", later)):
        started = time.perf_counter()
        run(at, kind, budget_s=3600)
        spent.append(1e6 * (time.perf_counter() - started) / size)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE searchable, searchable_whole")
    return spent[0], spent[1]


def _timed(engine: sa.Engine, connection: sa.Connection, asks: Sequence[Ask]) -> dict[str, float]:
    """Ask one after the other, and time all but the first; counts the round trips of the last.

    `best_…` is of the fastest of five for each: what it takes when nothing else runs.
    """
    for ask in asks[:_WARM]:
        ask(connection)
    rounds = [[_spent_ms(connection, ask) for _ in range(_ROUNDS)] for ask in asks[_WARM:]]
    trips = 0

    def note(*_: object) -> None:
        nonlocal trips
        trips += 1

    sa.event.listen(engine, "before_cursor_execute", note)
    asks[-1](connection)
    sa.event.remove(engine, "before_cursor_execute", note)
    all_ms = sorted(one for each in rounds for one in each)
    best_ms = sorted(min(each) for each in rounds)
    return {
        "trips": trips,
        "p50_ms": _at(all_ms, 0.5),
        "p95_ms": _at(all_ms, 0.95),
        "best_p50_ms": _at(best_ms, 0.5),
        "best_p95_ms": _at(best_ms, 0.95),
    }


def _spent_ms(connection: sa.Connection, ask: Ask) -> float:
    started = time.perf_counter()
    ask(connection)
    return 1000 * (time.perf_counter() - started)


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _show(found: dict[str, dict[str, float]], size: int) -> None:
    columns = ("trips", "p50_ms", "p95_ms", "best_p50_ms", "best_p95_ms", "mean_ms")
    table = Table(title=f"{size:,} articles, warm")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for name, figures in found.items():
        shown = [f"{figures[one]:,.2f}" if one in figures else "" for one in columns]
        table.add_row(name, *shown)
    console = Console(width=100)
    console.print(table)
    console.print(machine())
