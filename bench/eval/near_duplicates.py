"""Near-duplicates: articles of a labelled set, ingested and related, and the groups they fell into.

A pair with 5-gram Jaccard of at least 0.5 or containment of at least 0.7 is a duplicate, other
listed pairs are grey, all else is none. What counts is who ended in one group, so that a chain
of copies that joins two strangers counts as wrong.
"""

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table

from bench.eval.minhash import minhash_pairs
from bench.eval.stored import entry, relate_all, store, take_in
from bench.eval.title_overlap import title_pairs
from bench.measure import machine
from feeds.dedupe.match import compare_shingles, shingles
from feeds.store.tables import article
from feeds.text.normalise import match_form

DATA = Path(__file__).parents[3] / "shared" / "data"
_JACCARD, _CONTAINMENT, _RELATED = 0.5, 0.7, 0.1
_OF_STORY = "story/"
Pair = tuple[str, str]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Labels:
    """What a set says of its pairs; a pair's names are in order."""

    duplicates: frozenset[Pair]
    grey: frozenset[Pair]


@dataclass(frozen=True)
class Figures:
    """How one way of merging did; `grey` is how many grey pairs it merged."""

    recall: float
    wrong: int
    grey: int
    merged_related: int
    seconds: float


def main(
    docs: Annotated[Path, typer.Argument(help="Documents: id and text, a JSON object a line.")],
    pairs: Annotated[Path, typer.Argument(help="Pairs that share text, with how much.")],
    related: Annotated[
        Path | None, typer.Option(help="Clusters of one story each, told by several.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure which republished articles are stored as one."""
    stories = _lines(related) if related else []
    names = " and ".join(path.name for path in (docs, related) if path)
    measured = measure(_lines(docs), labels_of(json.loads(_read(pairs))), stories)
    found = {"data": names, **measured}
    if as_json:
        typer.echo(json.dumps(found))
    else:
        _print(found)


def labels_of(listed: Iterable[Row]) -> Labels:
    """Read the labels of listed pairs."""
    known = {_pair(row["a"], row["b"]): row for row in listed}
    duplicates = {
        ends
        for ends, row in known.items()
        if row["jaccard5"] >= _JACCARD or row["containment5"] >= _CONTAINMENT
    }
    return Labels(frozenset(duplicates), frozenset(known.keys() - duplicates))


def measure(docs: Sequence[Row], labels: Labels, stories: Sequence[Row]) -> dict[str, Any]:
    """Run the product and three plain methods over a set; the product's figures stand first."""
    rows = [*docs, *({**row, "id": _OF_STORY + row["id"]} for row in stories)]
    texts = {row["id"]: row["text"] for row in rows}
    methods: dict[str, Callable[[], set[Pair]]] = {
        "Tinwire": lambda: _merged(_groups(rows)),
        "exact text": lambda: _merged(_by_form(texts)),
        "titles overlap": lambda: title_pairs(
            {row["id"]: row.get("title") or row["text"].strip().split("\n")[0] for row in rows}
        ),
        "MinHash 128, J ≥ 0.5": lambda: minhash_pairs(texts),
    }
    apart = {
        _pair(_OF_STORY + left, _OF_STORY + right)
        for left, right in told_apart((row["id"], row["cluster"], row["text"]) for row in stories)
    }
    scored = {}
    for name, method in methods.items():
        started = time.perf_counter()
        merged = method()
        scored[name] = asdict(_score(merged, labels, apart, time.perf_counter() - started))
        if not stories:
            del scored[name]["merged_related"]
    ours = scored.pop("Tinwire")
    return ours | {
        "size": len(rows),
        "articles_per_s": round(len(rows) / ours["seconds"], 1),
        "duplicates": len(labels.duplicates),
        "grey_pairs": len(labels.grey),
        "related_pairs": len(apart),
        "baselines": scored,
    }


def told_apart(docs: Iterable[tuple[str, str, str]]) -> set[Pair]:
    """Pair the documents (key, story, text) of one story that share hardly any text."""
    by_story: dict[str, list[str]] = defaultdict(list)
    known = {}
    for key, story, text in docs:
        by_story[story].append(key)
        known[key] = shingles(text)
    return {
        _pair(left, right)
        for own in by_story.values()
        for left, right in combinations(own, 2)
        if compare_shingles(known[left], known[right]).jaccard < _RELATED
    }


def _groups(rows: Sequence[Row]) -> dict[int, list[str]]:
    """Ingest and relate articles; gives the names in each group of duplicates, by its lead.

    An article that the product refuses stands in no group.
    """
    entries = [
        entry(row["id"], at, row["text"], row.get("publisher", ""), row.get("title", ""))
        for at, row in enumerate(rows)
    ]
    with store() as desk:
        ids = take_in(desk, entries)
        relate_all(desk)
        with desk.engine.connect() as connection:
            lead = sa.func.coalesce(article.c.duplicate_of, article.c.id)
            rows = connection.execute(sa.select(article.c.id, lead))
            leads = {row[0]: row[1] for row in rows}
    groups: dict[int, list[str]] = defaultdict(list)
    for name, key in ids.items():
        groups[leads[key]].append(name)
    return groups


def _by_form(texts: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, text in texts.items():
        groups[match_form(text)].append(name)
    return groups


def _merged(groups: Mapping[Any, list[str]]) -> set[Pair]:
    return {_pair(*ends) for names in groups.values() for ends in combinations(names, 2)}


def _score(merged: set[Pair], labels: Labels, apart: set[Pair], seconds: float) -> Figures:
    own = {ends for ends in merged if not any(end.startswith(_OF_STORY) for end in ends)}
    found = len(own & labels.duplicates) / max(1, len(labels.duplicates))
    wrong = own - labels.duplicates - labels.grey
    return Figures(
        recall=round(found, 4),
        wrong=len(wrong),
        grey=len(own & labels.grey),
        merged_related=len(merged & apart),
        seconds=round(seconds, 2),
    )


def _pair(left: str, right: str) -> Pair:
    return (left, right) if left < right else (right, left)


def _print(found: Mapping[str, Any]) -> None:
    title = (
        f"{found['data']}: {found['size']} articles, {found['duplicates']} duplicate, "
        f"{found['grey_pairs']} grey and {found['related_pairs']} related pairs; "
        f"{found['articles_per_s']} articles/s"
    )
    table = Table(title=title, caption=machine())
    columns = ("recall", "wrong", "grey", "merged_related", "seconds")
    for name in ("", *columns):
        table.add_column(name, justify="right")
    for name, row in [*found["baselines"].items(), ("Tinwire", found)]:
        table.add_row(name, *(str(row.get(column, "–")) for column in columns))
    Console().print(table)


def _read(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in _read(path).decode().splitlines() if line.strip()]
