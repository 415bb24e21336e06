"""Extraction of articles: text, against two data sets, beside trafilatura in the same run.

html_scrapinghub is scored as the data set's own evaluate.py does (scrapinghub/
article-extraction-benchmark): multisets of 4-gram shingles of `\\w+` tokens; precision and recall
for each page; the means over pages; F1 of the means. html_trafilatura as trafilatura's own
tests/eval_common.py: segments that must and must not occur in the text, white space aside, summed
over pages.
"""

import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Annotated

import trafilatura
import typer
from rich.console import Console
from rich.table import Table

from bench import adapters
from bench.eval import page_facts
from bench.measure import machine

DATA = Path(__file__).parents[2].parent / "shared" / "data"
_TOKEN = re.compile(r"\w+")
_SHINGLE = 4

Reader = Callable[[bytes, str], str]


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one reader on one data set; `pages_per_s` counts CPU time, so one core."""

    precision: float
    recall: float
    f1: float
    accuracy: float
    pages_per_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A page with what is known of its text."""

    raw: bytes
    url: str
    body: str = ""
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


def main(
    scrapinghub: Annotated[Path, typer.Option(help="Folder.")] = DATA / "html_scrapinghub",
    segments: Annotated[Path, typer.Option(help="Folder.")] = DATA / "html_trafilatura",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the text of articles on both data sets, and titles, dates and authors on one."""
    readers = {"trafilatura": by_trafilatura, "Tinwire": by_us}
    found = {
        "html_scrapinghub": _run(readers, list(load_scrapinghub(scrapinghub)), score_shingles),
        "html_trafilatura": _run(readers, list(load_segments(segments)), score_segments),
    }
    facts = page_facts.measure(list(page_facts.load(segments)))
    if as_json:
        rows = {name: {by: asdict(one) for by, one in of.items()} for name, of in found.items()}
        print(json.dumps(rows | {"html_trafilatura_facts": facts}))
        return
    for name, scores in found.items():
        _print(name, scores)
    _print_facts(facts)


def _print_facts(facts: dict[str, dict[str, list[int]]]) -> None:
    table = Table("", *page_facts.NAMES, title="html_trafilatura, letter for letter")
    for by, counts in facts.items():
        table.add_row(by, *(f"{right} of {of}" for right, of in counts.values()))
    Console(width=100).print(table)


def _print(name: str, rows: dict[str, Scores]) -> None:
    table = Table("", "precision", "recall", "F1", "accuracy", "pages/s", title=name)
    for by, one in rows.items():
        shares = (f"{share:.4f}" for share in (one.precision, one.recall, one.f1, one.accuracy))
        table.add_row(by, *shares, f"{one.pages_per_s:.1f}")
    table.caption = machine()
    Console(width=100).print(table)


def by_us(raw: bytes, url: str) -> str:
    """Give the text as the product reads it."""
    return str(adapters.extract(raw, url)["text"])


def by_trafilatura(raw: bytes, _: str) -> str:
    """Give the text as trafilatura does with the options of its own evaluation."""
    found = trafilatura.extract(
        raw, include_comments=False, include_tables=True, include_formatting=False
    )
    return found or ""


def load_scrapinghub(folder: Path) -> Iterator[Sample]:
    """Read pages with their bodies, by id."""
    truth = json.loads(gzip.decompress((folder / "ground-truth.json.gz").read_bytes()))
    for name, gold in sorted(truth.items()):
        raw = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Sample(raw, gold["url"], body=gold["articleBody"])


def load_segments(folder: Path) -> Iterator[Sample]:
    """Read pages with their segments, by address; pages that are not in the folder are left out."""
    for url, gold in sorted(
        json.loads(gzip.decompress((folder / "evaldata.json.gz").read_bytes())).items()
    ):
        file = folder / f"{gold['file']}.gz"
        if file.exists():
            raw = gzip.decompress(file.read_bytes())
            yield Sample(raw, url, must=tuple(gold["with"]), must_not=tuple(gold["without"]))


def score_shingles(samples: Sequence[Sample], texts: Sequence[str]) -> tuple[float, ...]:
    """Give precision, recall and F1 over shingles, and the share of pages exactly right."""
    precisions, recalls, exact = [], [], 0
    for sample, text in zip(samples, texts, strict=True):
        wanted, found = _shingles(sample.body), _shingles(text)
        common = (wanted & found).total()
        if found:
            precisions.append(common / found.total())
        if wanted:
            recalls.append(common / wanted.total())
        exact += _TOKEN.findall(sample.body) == _TOKEN.findall(text)
    precision, recall = mean(precisions or [0.0]), mean(recalls or [0.0])
    return precision, recall, _f1(precision, recall), exact / len(samples)


def score_segments(samples: Sequence[Sample], texts: Sequence[str]) -> tuple[float, ...]:
    """Give precision, recall, F1 and accuracy over the segments of all pages."""
    right = wrong = missed = avoided = 0
    for sample, text in zip(samples, texts, strict=True):
        plain = _spaced(text)
        hits = sum(_spaced(segment) in plain for segment in sample.must)
        slips = sum(_spaced(segment) in plain for segment in sample.must_not)
        right, missed = right + hits, missed + len(sample.must) - hits
        wrong, avoided = wrong + slips, avoided + len(sample.must_not) - slips
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    total = right + wrong + missed + avoided
    return precision, recall, _f1(precision, recall), (right + avoided) / total


def _run(
    readers: dict[str, Reader],
    samples: Sequence[Sample],
    score: Callable[[Sequence[Sample], Sequence[str]], tuple[float, ...]],
) -> dict[str, Scores]:
    found = {}
    for name, reader in readers.items():
        reader(samples[0].raw, samples[0].url)  # what is loaded at the first call is no page's cost
        start = time.process_time()
        texts = [reader(sample.raw, sample.url) for sample in samples]
        spent = time.process_time() - start
        precision, recall, f1, accuracy = score(samples, texts)
        found[name] = Scores(precision, recall, f1, accuracy, len(samples) / spent)
    return found


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count shingles; a text of fewer tokens is one shingle, as in the data set's own scorer."""
    tokens = _TOKEN.findall(text)
    last = max(1, len(tokens) - _SHINGLE + 1)
    return Counter(tuple(tokens[at : at + _SHINGLE]) for at in range(last) if tokens)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _spaced(text: str) -> str:
    return " ".join(text.split())
