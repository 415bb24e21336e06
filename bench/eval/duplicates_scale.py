"""What telling duplicates costs an article, with ten thousand to a million stored.

A store of synthetic articles is filled by COPY up to each size; then further articles, some of them
reprints of stored ones, go through the product's own steps in its batches: fingerprints, storing
them, candidates, decision. CPU time of this process and of its PostgreSQL backend is counted, as
wall time says more about the neighbours on the machine.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table

from bench.eval.stored import NOON, SOURCE, store
from bench.eval.synthetic import Press
from bench.measure import machine
from feeds.dedupe.fingerprint import Fingerprint, fingerprints
from feeds.pipeline.same_text import same_text
from feeds.store import marks, sources
from feeds.store.lookalikes import lookalikes
from feeds.store.marks import Mark
from feeds.text.reading import read

STEPS = ("fingerprint", "store", "candidates", "decision")
BATCH = 500
_CHUNK = 10_000
_ARTICLE = (
    "id, source_id, guid, url, title, excerpt, html, text, language, content_hash, first_seen_at,"
    " effective_at, related_at"
)
_PRINT = "article_id, effective_at, exact, sketch, size, terms, weights, names"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Clock:
    """CPU seconds of this process and of a backend, by step."""

    backend: int
    spent: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what a block spends as a step's."""
        before = self._now()
        yield
        self.spent[name] += self._now() - before

    def _now(self) -> float:
        fields = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + sum(map(int, fields[11:13])) / _TICKS


def main(
    sizes: Annotated[list[int], typer.Argument(help="Numbers of stored articles, ascending.")],
    articles: Annotated[int, typer.Option(help="Articles that are measured at each.")] = 5000,
    seed: Annotated[int, typer.Option(help="Seed of the texts.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the cost of telling duplicates as the store grows."""
    found = list(measure(sizes, articles, seed))
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table(title=f"CPU µs an article, over {articles} articles", caption=machine())
    for name in ("stored", *STEPS, "articles/s", "found"):
        table.add_column(name, justify="right")
    for row in found:
        steps = (f"{row['us'][name]:.0f}" for name in STEPS)
        rate, reprints = f"{row['articles_per_s']:,.0f}", f"{row['found']} of {row['reprints']}"
        table.add_row(f"{row['stored']:,}", *steps, rate, reprints)
    Console().print(table)


def measure(sizes: Sequence[int], articles: int, seed: int) -> Iterator[dict[str, Any]]:
    """Give a row for each size."""
    press = Press(seed)
    with store() as desk, desk.engine.connect() as connection:
        source = sources.find(connection, SOURCE).id
        for size in sorted(sizes):
            _fill(connection, press, source, size)
            connection.execute(sa.text("ANALYZE article, fingerprint, shingle"))
            connection.commit()
            yield {"stored": size, **_round(connection, press, source, articles)}


def _fill(connection: sa.Connection, press: Press, source: int, size: int) -> None:
    while press.printed < size:
        first = press.printed + 1
        texts = press.originals(min(_CHUNK, size - press.printed))
        _copy_articles(connection, source, first, texts)
        prints = [
            one
            for start in range(0, len(texts), BATCH)
            for one in fingerprints(read(texts[start : start + BATCH]).tokens())
        ]
        _copy_marks(connection, first, prints)
        connection.commit()


def _round(connection: sa.Connection, press: Press, source: int, articles: int) -> dict[str, Any]:
    """Send further articles through all steps, and take them back at the end."""
    # psycopg knows its backend: the only one that works for us.
    clock = Clock(connection.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]
    first = press.printed + 1
    texts, models = press.further(articles)
    _copy_articles(connection, source, first, texts)
    wanted = {(model, first + at) for at, model in models.items()}
    found: set[tuple[int, int]] = set()
    started = time.perf_counter()
    for start in range(0, articles, BATCH):
        found |= _batch(connection, clock, first + start, texts[start : start + BATCH])
    wall_s = time.perf_counter() - started
    connection.rollback()
    us = {name: round(1e6 * clock.spent[name] / articles, 1) for name in STEPS}
    return {
        "us": us,
        "articles_per_s": round(1e6 / sum(us.values())),
        "wall_articles_per_s": round(articles / wall_s),
        "reprints": len(wanted),
        "found": len(found & wanted),
        "others": len(found - wanted),
    }


def _batch(
    connection: sa.Connection, clock: Clock, first: int, texts: Sequence[str]
) -> set[tuple[int, int]]:
    ids = range(first, first + len(texts))
    with clock.step("fingerprint"):
        prints = fingerprints(read(texts).tokens())
    with clock.step("store"):
        made = [_mark(key, one) for key, one in zip(ids, prints, strict=True)]
        marks.write_marks(connection, made, again=())
    with clock.step("candidates"):
        pairs = lookalikes(connection, ids)
        ends = np.unique(pairs).tolist()
    with clock.step("decision"):
        sketches = marks.sketches(connection, ends)
        edges = same_text(connection, [(one, other) for one, other in pairs.tolist()], sketches)
    return {(edge.left, edge.right) for edge in edges}


def _mark(key: int, one: Fingerprint) -> Mark:
    return Mark(key, NOON, one.exact, one.sketch, one.size, one.keys, (), (), ())


def _copy_articles(
    connection: sa.Connection, source: int, first: int, texts: Sequence[str]
) -> None:
    rows = [
        (
            *(key, source, str(key), f"https://paper{key % 97}.example/{key}", f"Title {key}"),
            *("", "", text, "vi", b"", NOON, NOON, NOON),
        )
        for key, text in enumerate(texts, first)
    ]
    _copy(connection, f"article ({_ARTICLE})", rows)


def _copy_marks(connection: sa.Connection, first: int, prints: Sequence[Fingerprint]) -> None:
    numbered = list(enumerate(prints, first))
    rows = [(key, NOON, one.exact, one.sketch, one.size, b"", b"", "") for key, one in numbered]
    _copy(connection, f"fingerprint ({_PRINT})", rows)
    shingles = sorted((shingle, key) for key, one in numbered for shingle in one.keys)
    _copy(connection, "shingle (shingle, article_id)", shingles)


def _copy(connection: sa.Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    raw = connection.connection.cursor()
    with raw.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
