"""Finding the nearest by vectors: what is missed, and what it costs as the store grows.

The documents of given files teach the vectors. Stores of the asked sizes are filled with mixtures
of theirs (two articles' vectors and some chance, for so many articles are not at hand); what is
measured is the product's own writing and finding, in its batches. CPU time of this process and of
its PostgreSQL backend is counted.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import sqlalchemy as sa
import typer

from bench.eval.duplicates_scale import Clock
from bench.eval.newsstore import NewsStore, halves, news_store, read_lines, table
from feeds.pipeline.neighbours import MODEL, MOST, make_sense
from feeds.related.embed import Embedding, learn, lexicon, unit
from feeds.related.features import count, counted
from feeds.related.nearest import Floats
from feeds.related.statistics import BITS
from feeds.related.terms import plain_case
from feeds.store import models
from feeds.text.reading import Reading, read

_BATCH, _ASKED, _ALONE = 500, 1000, 50
_CHANCE = 0.5  # of a mixture's length


def command(
    files: Annotated[list[Path], typer.Argument(help="Documents to learn from.")],
    sizes: Annotated[
        list[int] | None, typer.Option("--size", help="How many vectors are stored.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure recall against comparing all, and what finding and writing cost."""
    texts = [row["text"] for path in files for row in read_lines(path)]
    learned, real = teach(texts)
    rows = [_measure(size, learned, real) for size in sizes or [10_000, 100_000]]
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        typer.echo(table([list(rows[0]), *(list(row.values()) for row in rows)]))


def teach(texts: Sequence[str]) -> tuple[Embedding, Floats]:
    """Learn from documents; gives what was learned, and their vectors."""
    counts = np.zeros(1 << BITS, dtype=np.int32)
    for reading in _readings(texts):
        count(reading, counts)
    chosen = lexicon(counts, len(texts))
    pages = [chosen.rows(counted(reading)) for reading in _readings(texts)]
    learned = learn(chosen, pages)
    assert learned is not None, "too few documents to learn from"
    return learned, np.concatenate([learned.embed_rows(page) for page in pages])


def _readings(texts: Sequence[str]) -> Iterator[Reading]:
    for start in range(0, len(texts), _BATCH):
        parts = (halves(text) for text in texts[start : start + _BATCH])
        yield read([part for title, text in parts for part in (plain_case(title), text)])


def mixtures(real: Floats, size: int, seed: int) -> Floats:
    """Mix so many vectors of two real ones each, the first with more weight, and some chance."""
    chance = np.random.default_rng(seed)
    made = np.empty((size, real.shape[1]), dtype=np.float32)
    for start in range(0, size, 10_000):
        part = made[start : start + 10_000]
        one, other = (real[chance.integers(len(real), size=len(part))] for _ in range(2))
        share = chance.uniform(0, 0.5, (len(part), 1)).astype(np.float32)
        noise = unit(chance.standard_normal(part.shape).astype(np.float32))
        part[:] = unit(unit((1 - share) * one + share * other) + _CHANCE * noise)
    return made


def _measure(size: int, learned: Embedding, real: Floats) -> dict[str, float]:
    stored, asked = mixtures(real, size, 1), mixtures(real, _ASKED, 2)
    sense = make_sense("", stored[: min(size, 8000)], size, learned)
    assert sense is not None
    with news_store() as store, store.desk.engine.connect() as connection:
        models.add(connection, sense.dump(), size, "bench", store.desk.clock(), MODEL)
        connection.commit()
        clock = Clock(connection.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]
        return _ask(store, connection, clock, stored, asked)


def _ask(
    store: NewsStore, connection: sa.Connection, clock: Clock, stored: Floats, asked: Floats
) -> dict[str, float]:
    neighbours = store.desk.neighbours
    size = len(stored)
    neighbours.look(connection)
    for start in range(0, size, 10_000):
        ids = range(start + 1, min(size, start + 10_000) + 1)
        part = stored[start : start + 10_000]
        neighbours.write(connection, {key: row for row, key in enumerate(ids)}, part)
        connection.commit()
    connection.execute(sa.text("ANALYZE article_vector"))
    connection.commit()
    with clock.step("load"):
        neighbours.find(connection, [1])
    found: dict[int, list[int]] = {}
    for start in range(0, len(asked), _BATCH):
        ids = range(size + start + 1, size + start + _BATCH + 1)
        with clock.step("write"):
            rows = {key: row for row, key in enumerate(ids)}
            neighbours.write(connection, rows, asked[start : start + _BATCH])
            connection.commit()
        with clock.step("find"):
            pairs = neighbours.find(connection, list(ids))
            connection.commit()
        for one, other in pairs.tolist():
            found.setdefault(one, []).append(other)
    with clock.step("alone"):
        for one in range(_ALONE):
            neighbours.find(connection, [size + one + 1])
            connection.commit()
    return {
        "stored": size,
        "recall_at_10": round(_recall(found, stored, asked), 4),
        "write_ms": round(1000 * clock.spent["write"] / len(asked), 3),
        "find_ms": round(1000 * clock.spent["find"] / len(asked), 3),
        "alone_ms": round(1000 * clock.spent["alone"] / _ALONE, 2),
        "load_s": round(clock.spent["load"], 2),
    }


def _recall(found: dict[int, list[int]], stored: Floats, asked: Floats) -> float:
    """Compare with the nearest of all that was stored when each batch asked: its own included."""
    hits = 0
    for place in range(0, len(asked), 5):
        known = np.concatenate([stored, asked[: (place // _BATCH + 1) * _BATCH]])
        cosines = known @ asked[place]
        cosines[len(stored) + place] = -1
        best = np.argpartition(-cosines, MOST)[:MOST] + 1
        hits += len(set(found[len(stored) + place + 1]) & set(best.tolist()))
    return hits / (MOST * len(range(0, len(asked), 5)))
