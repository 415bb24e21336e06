"""Pairs: whether the product finds two articles more alike the more people do, in any language.

The score is the product's own, from features weighed by counts over the texts at hand; the file
gives no dates. AUC: the chance that a pair of one story scores above a pair that is not.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from bench.eval.newsstore import Doc, NewsStore, news_store, read_lines, table
from bench.eval.tfidf import by_pairs
from feeds.clock import utc_now
from feeds.store.found import found
from feeds.text.vectors import alike

_SAME, _NOT_SAME = 2.0, 3.5


def command(
    file: Annotated[Path, typer.Argument(help="Pairs of articles with a similarity of 1 to 4.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how well pairs of one story are told from others, by language."""
    rows = read_lines(file)
    started = time.monotonic()
    with news_store() as store:
        ours = product(store, rows)
    spent_s = round(time.monotonic() - started, 1)
    sides = ([f"{row[f'title_{n}']}\n{row[f'text_{n}']}" for row in rows] for n in (1, 2))
    theirs = np.array(by_pairs(*sides))
    figures = {}
    for language in sorted({row["lang"] for row in rows}):
        told = [(at, row) for at, row in enumerate(rows) if row["lang"] == language]
        same = [at for at, row in told if float(row["overall"]) <= _SAME]
        other = [at for at, row in told if float(row["overall"]) >= _NOT_SAME]
        figures[language] = {
            "size": len(same) + len(other),
            "auc": auc(ours[same], ours[other]),
            "tfidf_auc": auc(theirs[same], theirs[other]),
        }
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "data": file.name,
                    "seconds": spent_s,
                    "auc": {key: one["auc"] for key, one in figures.items()},
                    "languages": figures,
                }
            )
        )
        return
    typer.echo(f"{file.name}: {len(rows)} pairs, {spent_s} s")
    heads = ("language", "size", "auc", "tfidf_auc")
    typer.echo(table([heads, *((key, *one.values()) for key, one in figures.items())]))


def product(store: NewsStore, rows: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """Store all articles of pairs, count over them, and give each pair's cosine."""
    now = utc_now()
    docs = [
        Doc(f"{at}-{n}", "", row[f"title_{n}"] or "", row[f"text_{n}"], now)
        for at, row in enumerate(rows)
        for n in (1, 2)
    ]
    store.take_in(docs)
    store.fit()
    ids = {key: number for number, key in store.keys.items()}
    with store.desk.engine.connect() as connection:
        held = found(connection, store.keys)
    left, right = (
        np.searchsorted(held.ids, [ids[f"{at}-{n}"] for at in range(len(rows))]) for n in (1, 2)
    )
    return alike(held.features, left, right).cosines


def auc(same: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Give the chance that one of the first scores above one of the second; ties count half."""
    above = (same[:, None] > other[None]).mean() + (same[:, None] == other[None]).mean() / 2
    return round(float(above), 4)
