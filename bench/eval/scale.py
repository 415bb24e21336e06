"""What relating costs an article as the store grows: this process's and the servers' CPU time.

Stores of the asked sizes are filled with the bench's corpus and counted over; then a thousand more
articles are related in batches, as a worker does it: found, compared, written both ways, settled in
stories.
"""

import json
import time
from itertools import islice
from typing import Annotated

import typer

from bench.corpus import Corpus
from bench.eval.newsstore import Doc, NewsStore, news_store, table

_MEASURED = 1000
_PER_SOURCE = 50


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


def measure(size: int) -> dict[str, float]:
    """Fill a store and relate some more; milliseconds of CPU time an article."""
    docs = corpus(size + _MEASURED)
    with news_store() as store:
        store.take_in(docs[_MEASURED:])
        store.fit()
        store.take_in(docs[:_MEASURED], relate=False)
        with store.watch() as watch:
            started = time.process_time()
            store.settle("relate")
            store.settle("retell")
            ours = time.process_time() - started
        return {
            "python_ms": round(1000 * ours / _MEASURED, 3),
            "servers_ms": round(1000 * watch.usage.cpu_s / _MEASURED, 3),
            "stored_kb": round(_bytes(store) / 1000 / len(docs), 2),
        }


def corpus(size: int) -> list[Doc]:
    """Write so many articles of the bench's corpus, with copies and tellings, newest first."""
    made = Corpus(sources=-(-size // _PER_SOURCE), entries=_PER_SOURCE, seed=1)
    every = (
        Doc(str(one.number), "", one.title, "\n".join(one.paragraphs), one.published)
        for source in range(made.sources)
        for one in made.articles(source)
    )
    return sorted(islice(every, size), key=lambda doc: (doc.at, doc.key), reverse=True)


def _bytes(store: NewsStore) -> int:
    """Say how much room marks, postings and relations take, with their indexes."""
    names = ("fingerprint", "posting", "shingle", "relation")
    sizes = " + ".join(f"pg_total_relation_size('{name}')" for name in names)
    with store.desk.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT {sizes}").scalar_one())
