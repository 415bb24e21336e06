"""Sections: how often the learned model is right, and how well it knows when it is.

The training articles are put into a store of their own as articles of one source a section; the
product learns from them by its own step, takes the test articles in from a source that has no
section, and says of each stored one which section it looks like. A text's first line is its title.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import sqlalchemy as sa
import typer

from bench.eval.linear_svm import baseline
from bench.eval.newsroom import Document, Newsroom, cut, newsroom, read_documents, stripped
from feeds.pipeline import ingest
from feeds.pipeline.learn import learn_sections
from feeds.store import filing
from feeds.topics.model import Guess
from feeds.topics.subject import Subject

DATA = Path(__file__).parents[3] / "shared" / "data" / "topics_vntc"
_FOLDS = 5
_SURE_SHARE = 0.85
_BINS = 10
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What a test article is, what it was taken for, and with which confidence."""

    label: str
    guess: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one run; seconds are those of learning and of filing all test articles."""

    train: int
    test: int
    accuracy: float
    macro_f1: float
    accuracy_85: float
    ece: float
    filed: float
    filed_right: float
    learn_seconds: float
    file_seconds: float
    articles_per_s: float


def command(
    train: Annotated[Path, typer.Argument(help="id, label, text by line.")] = DATA
    / "public_train.jsonl.gz",
    test: Annotated[
        Path | None,
        typer.Argument(help="The same form; without it, five folds of TRAIN, by line number."),
    ] = None,
    first_chars: Annotated[
        int | None, typer.Option(help="Test on so many first characters of each text.")
    ] = None,
    strip_diacritics: Annotated[
        bool, typer.Option("--strip-diacritics", help="Test on texts typed without diacritics.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Learn sections from one file and file the articles of another."""
    runs = [
        (known, [_changed(one, first_chars, strip_diacritics) for one in asked])
        for known, asked in _runs(train, test)
    ]
    with newsroom() as room:
        parts = [_measure(room, known, asked) for known, asked in runs]
    found = _sum(parts)
    plain = _scores([one for known, asked in runs for one in baseline(known, asked)])
    row: dict[str, Any] = {"data": str(test or train), **asdict(found), "baseline": plain}
    if as_json:
        typer.echo(json.dumps(row, indent=2))
    else:
        _show(row)


def _runs(
    train: Path, test: Path | None
) -> Iterator[tuple[Sequence[Document], Sequence[Document]]]:
    known = read_documents(train)
    if test is not None:
        yield known, read_documents(test)
        return
    for fold in range(_FOLDS):
        yield (
            [one for line, one in enumerate(known) if line % _FOLDS != fold],
            [one for line, one in enumerate(known) if line % _FOLDS == fold],
        )


def _changed(one: Document, first_chars: int | None, strip: bool) -> Document:
    changed = cut(one, first_chars)
    return stripped(changed) if strip else changed


@dataclass(frozen=True, slots=True)
class _Part:
    known: int
    answers: list[Answer]
    filed: list[tuple[str, str]]
    learn_s: float
    file_s: float


def _measure(room: Newsroom, known: Sequence[Document], asked: Sequence[Document]) -> _Part:
    """Take training articles in, learn, take test articles in, and guess what they are."""
    room.empty()
    slugs = room.declare(sorted({one.label for one in known}))
    for label, slug in slugs.items():
        room.take(slug, [one for one in known if one.label == label])
    started = time.process_time()
    lesson = learn_sections(room.desk)
    learn_s = time.process_time() - started
    assert lesson.version is not None, lesson.why
    room.take("asked", asked)
    labels = {one.guid: one.label for one in asked}
    names = {slug: label for label, slug in slugs.items()}
    stored = list(_stored(room))
    pages = list(_pages(stored))
    started = time.process_time()
    for page in pages:
        _file(room, page)
    file_s = time.process_time() - started
    guesses = [guess for page in pages for guess in _guess(room, page)]
    answers = [
        Answer(labels[guid], names[guess.section], guess.confidence)
        for (guid, _, _), guess in zip(stored, guesses, strict=True)
    ]
    filed = [(labels[guid], names[section]) for guid, section, _ in stored if section]
    return _Part(len(known), answers, filed, learn_s, file_s)


_Stored = tuple[str, str | None, Subject]


def _stored(room: Newsroom) -> Iterator[_Stored]:
    """Read the test articles as they stand in the store, with the section that ingest chose."""
    query = "SELECT a.id, a.guid FROM article a JOIN source s ON s.id = a.source_id"
    with room.desk.engine.connect() as connection:
        rows = connection.execute(sa.text(f"{query} WHERE s.name = 'asked' ORDER BY a.id")).all()
        guids = {row.id: row.guid for row in rows}
        for one in filing.subjects(connection, list(guids)):
            parts = (one.url, one.title, one.excerpt, one.text, one.categories)
            subject = Subject(one.source_name, one.source_section, *parts)
            yield guids[one.article_id], one.section, subject


def _pages(stored: Sequence[_Stored]) -> Iterator[list[Subject]]:
    for at in range(0, len(stored), _BATCH):
        yield [subject for _, _, subject in stored[at : at + _BATCH]]


def _file(room: Newsroom, page: Sequence[Subject]) -> None:
    """File a batch as the product does: rules, topics and the model's decision."""
    with room.desk.engine.connect() as connection:
        ingest.file(room.desk, connection, page)


def _guess(room: Newsroom, page: Sequence[Subject]) -> list[Guess]:
    """Ask the product's model what a batch is, also where filing abstains."""
    with room.desk.engine.connect() as connection:
        model = room.desk.shelf.model(connection)
    assert model is not None
    return model.guess(page)


def _sum(parts: Sequence[_Part]) -> Figures:
    answers = [one for part in parts for one in part.answers]
    filed = [one for part in parts for one in part.filed]
    seconds = sum(part.file_s for part in parts)
    scores = _scores([(one.label, one.guess) for one in answers])
    return Figures(
        train=round(np.mean([part.known for part in parts])),
        test=len(answers),
        accuracy=scores["accuracy"],
        macro_f1=scores["macro_f1"],
        accuracy_85=round(_surest(answers), 4),
        ece=round(calibration_error(answers), 4),
        filed=round(len(filed) / len(answers), 4),
        filed_right=round(sum(a == b for a, b in filed) / max(1, len(filed)), 4),
        learn_seconds=round(max(part.learn_s for part in parts), 2),
        file_seconds=round(seconds, 3),
        articles_per_s=round(len(answers) / seconds),
    )


def _scores(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Give accuracy and macro-F1 of (label, guess)."""
    labels = sorted({label for label, _ in pairs})
    hits = {one: sum(a == b == one for a, b in pairs) for one in labels}
    sizes = {one: sum((a == one) + (b == one) for a, b in pairs) for one in labels}
    f1 = [2 * hits[one] / sizes[one] for one in labels]
    accuracy = sum(hits.values()) / len(pairs)
    return {"accuracy": round(accuracy, 4), "macro_f1": round(float(np.mean(f1)), 4)}


def _surest(answers: Sequence[Answer]) -> float:
    """Give the accuracy on the surest 85 %."""
    ranked = sorted(answers, key=lambda one: -one.confidence)[: int(_SURE_SHARE * len(answers))]
    return sum(one.label == one.guess for one in ranked) / len(ranked)


def calibration_error(answers: Sequence[Answer]) -> float:
    """Give the expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    sure = np.array([one.confidence for one in answers])
    right = np.array([one.label == one.guess for one in answers])
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs(np.sum(right[bins == one]) - np.sum(sure[bins == one])) for one in range(_BINS)]
    return float(sum(gaps)) / len(answers)


def _show(row: dict[str, Any]) -> None:
    typer.echo(f"{row['data']}: learned from {row['train']} articles, tested on {row['test']}")
    plain = row["baseline"]
    for name in ("accuracy", "macro_f1"):
        typer.echo(f"  {name:<12} {row[name]:.4f}   tf-idf + linear SVM {plain[name]:.4f}")
    for name in ("accuracy_85", "ece", "filed", "filed_right"):
        typer.echo(f"  {name:<12} {row[name]:.4f}")
    typer.echo(f"  learned in {row['learn_seconds']} s, {row['articles_per_s']} articles/s")
