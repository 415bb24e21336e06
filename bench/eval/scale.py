"""What relating costs an article as the store grows: this process's and the servers' CPU time.

A store of each asked size is filled by COPY with printed articles, a thousand a day, counted over
and marked, vectors included; but they are not compared with each other, which would take hours.
Then more articles, of which 3 % reprint a stored one, are related in batches, as a worker does it:
found, compared, written both ways, settled in stories. So stored articles have no edges before, and
take any: more is written than in a store that grew.
"""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import sqlalchemy as sa
import typer

from bench.eval.newsstore import SOURCE, NewsStore, news_store, table
from bench.eval.stored import NOON
from bench.eval.synthetic import Press
from feeds.pipeline import relate
from feeds.pipeline.fit import fit
from feeds.store import sources, work
from feeds.store.bulk import copy
from feeds.store.tables import article

_WARM, _MEASURED = 500, 1000
_CHUNK, _TOGETHER = 5000, 500
_APART = timedelta(days=1) / 1000
_COLUMNS = [
    *("id", "source_id", "guid", "url", "title", "excerpt", "html", "text", "language"),
    *("content_hash", "first_seen_at", "effective_at", "related_at"),
]


def command(
    sizes: Annotated[list[int], typer.Argument(help="How many articles are stored before.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure what relating costs at given sizes of the store."""
    rows = [{"articles": size, **measure(size)} for size in sizes]
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        typer.echo(table([list(rows[0]), *(list(row.values()) for row in rows)]))


def measure(size: int, warm: int = _WARM, measured: int = _MEASURED) -> dict[str, float]:
    """Fill a store and relate some more; milliseconds of CPU time an article."""
    press = Press(1)
    with news_store() as store:
        fill(store, press, size)
        texts, _ = press.further(warm + measured)
        _hand_in(store, size, texts[:warm])
        store.settle("relate")
        _hand_in(store, size + warm, texts[warm:])
        before = _edges(store)
        with store.watch() as watch:
            started = time.process_time()
            store.settle("relate")
            store.settle("retell")
            ours = time.process_time() - started
        return {
            "python_ms": round(1000 * ours / measured, 3),
            "servers_ms": round(1000 * watch.usage.cpu_s / measured, 3),
            "edges": round((_edges(store) - before) / measured, 1),
            "stored_kb": round(_bytes(store) / 1000 / size, 2),
        }


def fill(store: NewsStore, press: Press, size: int) -> None:
    """Store printed articles, count over them, and mark them."""
    for start in range(0, size, _CHUNK):
        _store(store, start, press.originals(min(_CHUNK, size - start)), related=True)
    fit(store.desk)
    with store.desk.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM work WHERE kind = 'reindex'"))
    for start in range(1, size + 1, _TOGETHER):
        relate.mark(store.desk, range(start, min(size, start + _TOGETHER - 1) + 1))
    with store.desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def _hand_in(store: NewsStore, before: int, texts: Sequence[str]) -> None:
    """Store new articles, and let them be due."""
    _store(store, before, texts, related=False)
    with store.desk.engine.begin() as connection:
        keys = [str(before + place) for place in range(1, len(texts) + 1)]
        work.mark(connection, "relate", keys, store.desk.clock())


def _store(store: NewsStore, before: int, texts: Sequence[str], related: bool) -> None:
    with store.desk.engine.begin() as connection:
        source = sources.find(connection, SOURCE).id
        rows = [
            (
                *(key, source, str(key), f"https://paper{key % 97}.example/{key}"),
                *(" ".join(text.split(" ", 10)[:10]), "", "", text, "vi", b""),
                *_moments(key, related),
            )
            for key, text in enumerate(texts, before + 1)
        ]
        copy(connection, article, _COLUMNS, rows)


def _moments(key: int, related: bool) -> tuple[datetime, datetime, datetime | None]:
    at = NOON + key * _APART
    return (at, at, at if related else None)


def _edges(store: NewsStore) -> int:
    with store.desk.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM relation").scalar_one())


def _bytes(store: NewsStore) -> int:
    """Say how much room marks, postings, vectors and relations take, with their indexes."""
    names = ("fingerprint", "posting", "shingle", "article_vector", "relation")
    sizes = " + ".join(f"pg_total_relation_size('{name}')" for name in names)
    with store.desk.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT {sizes}").scalar_one())
