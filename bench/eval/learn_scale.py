"""What learning sections costs from many articles, made of labelled ones.

Each text is taken in as often as needed, its sentences mixed with those of another text of its
section, so that no two are alike. CPU time of this process: reading the articles from the store,
and learning from them; filing waits for neither.
"""

import json
import random
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bench.eval.newsroom import Document, newsroom, read_documents
from bench.eval.topics import DATA
from bench.measure import machine
from feeds.pipeline.learn import learn_sections


def command(
    size: Annotated[int, typer.Argument(help="How many articles to learn from.")] = 50_000,
    train: Annotated[Path, typer.Option(help="id, label, text by line.")] = DATA
    / "public_train.jsonl.gz",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Learn sections from many articles, and say what it took."""
    documents = list(mixed(read_documents(train), size))
    with newsroom() as room:
        for label, slug in room.declare(sorted({one.label for one in documents})).items():
            room.take(slug, [one for one in documents if one.label == label])
        began, started = time.perf_counter(), time.process_time()
        lesson = learn_sections(room.desk)
        cpu_s, wall_s = time.process_time() - started, time.perf_counter() - began
    assert lesson.version is not None, lesson.why
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {
        "data": train.name,
        "size": len(documents),
        "cpu_s": round(cpu_s, 1),
        "wall_s": round(wall_s, 1),
        "peak_mb": round(peak_mb),
    }
    if as_json:
        typer.echo(json.dumps(found))
    else:
        typer.echo("  ".join(f"{key} {value}" for key, value in found.items()))
        typer.echo(machine())


def mixed(documents: Sequence[Document], size: int) -> Iterator[Document]:
    """Make so many texts of given ones, each of two of one section, sentence by sentence."""
    chance = random.Random(1)
    by_label: dict[str, list[Document]] = defaultdict(list)
    for one in documents:
        by_label[one.label].append(one)
    for number in range(size):
        one = documents[number % len(documents)]
        other = chance.choice(by_label[one.label])
        sentences = [*one.text.split(". "), *other.text.split(". ")]
        chance.shuffle(sentences)
        text = ". ".join(sentences[: len(sentences) // 2 + 1])
        yield Document(f"{one.guid}:{number}", one.label, f"{one.title} {number}", text)
