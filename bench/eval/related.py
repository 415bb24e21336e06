"""Related articles: whether those of the same story come first, among thousands of others.

The product's list is its own: of an article the mates in its story by how close they are, then what
it is related to by score. `p_at_1` and `recall_at_5` count documents whose story has another one.
`ann_recall` is the share of the ten nearest in the store, by vectors as they are stored and all
compared, that the search by vectors finds; `feature_recall` the share of the ten nearest by the
features' cosine, all compared, that all candidates together hold.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import sqlalchemy as sa
import typer

from bench.eval.newsstore import Doc, NewsStore, clusters, distractors, news_store, table
from bench.eval.tfidf import similarities
from feeds.dedupe.story import WINDOW
from feeds.store import searching, vectors
from feeds.store.found import found
from feeds.store.tables import article, relation
from feeds.text.vectors import alike

_ASKED, _NEAREST = 200, 10


def command(
    file: Annotated[Path, typer.Argument(help="Documents with their stories.")],
    others: Annotated[
        list[Path] | None, typer.Option("--distractors", help="Documents of no story.")
    ] = None,
    first_words: Annotated[
        int | None, typer.Option(help="Read the title and so many words only.")
    ] = None,
    most: Annotated[int, typer.Option(help="Take so many distractors.")] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure whether related articles are those of the same story."""
    docs = clusters(file, first_words)
    noise = distractors(others or [], docs, most, first_words)
    figures: dict[str, object] = {"data": file.name, "size": len(docs), "distractors": len(noise)}
    figures |= product(docs, noise)
    texts = [f"{doc.title}\n{doc.text}" for doc in [*docs, *noise]]
    plain = similarities(texts, len(docs))
    np.fill_diagonal(plain, -1.0)
    keys = [doc.key for doc in [*docs, *noise]]
    nearest = np.argsort(-plain, axis=1, kind="stable")[:, :5]
    ranked = {doc.key: [keys[at] for at in nearest[row]] for row, doc in enumerate(docs)}
    figures |= {f"tfidf_{name}": value for name, value in scores(docs, ranked).items()}
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        typer.echo(table(figures.items()))


def product(docs: Sequence[Doc], noise: Sequence[Doc]) -> dict[str, float]:
    """Have the product relate everything, and score its lists."""
    with news_store() as store:
        store.take_in(noise)
        store.fit()
        with store.watch() as watch:
            store.take_in(docs)
        found = scores(docs, lists(store))
        found |= {"ann_recall": ann_recall(store), "feature_recall": feature_recall(store)}
        found["ms_per_article"] = round(1000 * watch.usage.wall_s / len(docs), 2)
        return found


def scores(docs: Sequence[Doc], ranked: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Score each document's list against the labels."""
    labels = {doc.key: doc.label for doc in docs}
    sizes = Counter(labels.values())
    first, among = [], []
    for doc in docs:
        mates = sizes[doc.label] - 1
        if mates:
            hits = [labels.get(key) == doc.label for key in ranked.get(doc.key, ())[:5]]
            first.append(bool(hits) and hits[0])
            among.append(sum(hits) / min(mates, 5))
    return {"p_at_1": sum(first) / len(first), "recall_at_5": sum(among) / len(among)}


def lists(store: NewsStore) -> dict[str, list[str]]:
    """List what the product relates to each article, best first."""
    columns = (relation.c.left_id, relation.c.right_id, relation.c.kind, relation.c.score)
    with store.desk.engine.connect() as connection:
        edges = connection.execute(sa.select(*columns)).all()
    stories = store.stories()
    ranks: defaultdict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
    for left, right, kind, score in edges:
        one, other = store.keys[left], store.keys[right]
        told = stories[one] == stories[other] or kind == "duplicate"
        if kind == "story" and not told:
            continue
        rank = (int(told), score if kind != "topic" or not told else 0.0)
        for own, end in ((one, other), (other, one)):
            ranks[own][end] = max(rank, ranks[own].get(end, (0, 0.0)))
    return {
        own: sorted(found, key=lambda end: (-found[end][0], -found[end][1], end))
        for own, found in ranks.items()
    }


def ann_recall(store: NewsStore) -> float:
    """Compare what the search by vectors finds with the nearest of all; 0 without vectors."""
    neighbours = store.desk.neighbours
    with store.desk.engine.connect() as connection:
        asked = _asked(_ids(connection))
        pairs = neighbours.find(connection, asked, _NEAREST)
        version = neighbours.look(connection)
        if version is None:
            return 0.0
        pages = list(vectors.written_since(connection, version, 0, neighbours.dimensions))
    ids = np.concatenate([page.ids for page in pages])
    order = np.argsort(ids)
    ids, every = ids[order], np.concatenate([page.vectors for page in pages])[order]
    found = {tuple(pair) for pair in pairs.tolist()}
    hits = total = 0
    for own in np.array(asked)[np.isin(asked, ids)].tolist():
        row = int(np.searchsorted(ids, own))
        cosines = every @ every[row]
        cosines[row] = -1
        best = np.argsort(-cosines, kind="stable")[:_NEAREST]
        hits += sum((own, int(ids[at])) in found for at in best)
        total += best.size
    return hits / total


def _ids(connection: sa.Connection) -> list[int]:
    return list(connection.scalars(sa.select(article.c.id).order_by(article.c.id)))


def _asked(ids: Sequence[int]) -> list[int]:
    return list(ids[:: max(1, len(ids) // _ASKED)])


def feature_recall(store: NewsStore) -> float:
    """Compare all candidates with the nearest by features of all that is stored."""
    with store.desk.engine.connect() as connection:
        ids = _ids(connection)
        asked = _asked(ids)
        held = found(connection, ids)
        near = searching.near(connection, asked, WINDOW)
        nearest = store.desk.neighbours.find(connection, asked)
    come_upon = {tuple(pair) for pair in [*near.tolist(), *nearest.tolist()]}
    hits = 0
    everyone = np.arange(held.ids.size)
    for own in asked:
        row = int(np.searchsorted(held.ids, own))
        cosines = alike(held.features, np.full_like(everyone, row), everyone).cosines
        cosines[row] = -1
        best = np.argsort(-cosines, kind="stable")[:_NEAREST]
        hits += sum((own, int(held.ids[at])) in come_upon for at in best)
    return hits / (len(asked) * _NEAREST)
