"""Stories: documents of human-made stories, streamed through the product's store.

B-cubed: of each document how much of its story is its label's (precision), and how much of its
label is in its story (recall), averaged over the documents that have a label. Distractors that
join a story count against its precision. `merged_related` counts the pairs of one story that share
less than a tenth of their text and were merged as duplicates.
"""

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bench.eval.near_duplicates import told_apart
from bench.eval.newsstore import Doc, clusters, distractors, filled, news_store, table
from bench.eval.tfidf import similarities
from bench.eval.title_overlap import overlap, title_words

_THRESHOLDS = [share / 100 for share in range(4, 60, 2)]


def command(
    file: Annotated[Path, typer.Argument(help="Documents with their stories.")],
    others: Annotated[
        list[Path] | None, typer.Option("--distractors", help="Documents of no story.")
    ] = None,
    shuffle: Annotated[int | None, typer.Option(help="Stream in an order by this seed.")] = None,
    orders: Annotated[int, typer.Option(help="Stream in so many other orders, too.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how well stories are found in a stream of news."""
    docs = clusters(file)
    noise = distractors(others or [], docs, None)
    started = time.monotonic()
    found, merged = product(docs, noise, shuffle)
    figures: dict[str, object] = {"data": file.name, "size": len(docs), "distractors": len(noise)}
    apart = told_apart((doc.key, doc.label, doc.text) for doc in docs)
    figures |= {**bcubed(docs, found), "merged_related": len(apart & merged)}
    figures["seconds"] = round(time.monotonic() - started, 1)
    figures |= baselines(docs)
    if orders:
        stories = _told_together(found)
        others = (product(docs, noise, seed)[0] for seed in range(1, orders + 1))
        figures |= {"orders": orders, "same": sum(_told_together(o) == stories for o in others)}
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        typer.echo(table(figures.items()))


def product(
    docs: Sequence[Doc], noise: Sequence[Doc], shuffle: int | None
) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Have the product find the stories.

    Gives what names each document's story, and the pairs that were stored as one text.
    """
    stream = list(docs)
    if shuffle is not None:
        random.Random(shuffle).shuffle(stream)
    with news_store() as store:
        filled(stream, noise, store)
        return store.stories(), store.merged()


def _told_together(found: Mapping[str, str]) -> set[frozenset[str]]:
    """Put those together whose story has one name; which name that is does not matter."""
    stories: dict[str, set[str]] = defaultdict(set)
    for key, name in found.items():
        stories[name].add(key)
    return {frozenset(keys) for keys in stories.values()}


def bcubed(docs: Sequence[Doc], found: Mapping[str, str]) -> dict[str, float]:
    """Score stories that were found against the labels."""
    sizes = Counter(found.values())
    labels = Counter(doc.label for doc in docs)
    both = Counter((found[doc.key], doc.label) for doc in docs)
    right = [(both[found[doc.key], doc.label], doc) for doc in docs]
    precision = sum(count / sizes[found[doc.key]] for count, doc in right) / len(docs)
    recall = sum(count / labels[doc.label] for count, doc in right) / len(docs)
    f1 = 2 * precision * recall / (precision + recall)
    return {"b3_f1": f1, "b3_precision": precision, "b3_recall": recall}


def baselines(docs: Sequence[Doc]) -> dict[str, float]:
    """Join what is close by tf-idf, or by the words of titles as NewsBlur does.

    Single link, all at once, without distractors, at the best threshold in hindsight.
    """
    cosines = similarities([f"{doc.title}\n{doc.text}" for doc in docs], len(docs)).tolist()
    titles = [title_words(doc.title) for doc in docs]
    shares = [[overlap(one, other) for other in titles] for one in titles]
    return {
        "tfidf_b3_f1": _best(docs, cosines),
        "title_overlap_b3_f1": _best(docs, shares),
    }


def _best(docs: Sequence[Doc], scores: Sequence[Sequence[float]]) -> float:
    return max(bcubed(docs, _linked(docs, scores, least))["b3_f1"] for least in _THRESHOLDS)


def _linked(docs: Sequence[Doc], scores: Sequence[Sequence[float]], least: float) -> dict[str, str]:
    names = list(range(len(docs)))
    for one, row in enumerate(scores):
        for other in range(one):
            if row[other] >= least and names[one] != names[other]:
                old, new = names[one], names[other]
                names = [new if name == old else name for name in names]
    return {doc.key: str(name) for doc, name in zip(docs, names, strict=True)}
