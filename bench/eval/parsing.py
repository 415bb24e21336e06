"""Parsing: feedparser's own suite, agreement with feedparser on real feeds, and speed."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Annotated, Any

import feedparser
import nh3
import typer
from lxml import etree
from rich.console import Console
from rich.table import Table

from bench.corpus import Corpus
from bench.eval.agreement import REASONS, Difference, compare
from bench.measure import machine, print_table
from bench.render import render_feed
from feeds.errors import BadEntry, NotAFeed
from feeds.ingest.document import open_document
from feeds.ingest.draft import draft
from feeds.ingest.parse import parse
from feeds.ingest.quick import read_quickly
from feeds.ingest.tree import grow
from feeds.model import Entry, Source
from feeds.text.html import sanitise
from worker import memory

SHARED = Path(__file__).parents[2].parent / "shared"
URL = "https://feed.invalid/rss"
ROUNDS = 5
_CORPUS = Corpus(sources=20, entries=30, seed=1)
_CONTENTS = ("encoded", "content", "description", "summary")
_SOURCE = Source(1, "source", "Source", URL)
_NOW = datetime(2026, 10, 5, tzinfo=UTC)
console = Console(width=110)


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite's checks as the corpus tool counts them: all, exactly right, loosely right."""

    name: str
    checks: int
    exact: int
    loose: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Entries a second of CPU time on well-formed feeds; drafts in µs an entry.

    `bare` is lxml and nh3 alone, whatever they make of it: what this machine can do at most.
    """

    feeds: int
    entries: int
    read_quickly: int
    ours: float
    feedparser: float
    bare: float
    draft_us: float


def main(
    shared: Annotated[Path, typer.Option(help="Folder with conformance/ and data/.")] = SHARED,
    feeds: Annotated[Path | None, typer.Option(help="Folder of feeds, with index.json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as data.")] = False,
    fails: Annotated[int, typer.Option(help="Differences to print in full.")] = 0,
) -> None:
    """Measure the parser beside feedparser, in one run."""
    folder = feeds or shared / "data" / "feeds_real"
    documents = load(folder)
    suites = [run_suites(shared / "conformance", each) for each in _ADAPTERS]
    entries, differences = agreement(documents)
    speeds = {
        folder.name: measure([raw for _, raw, _ in documents]),
        "seeded, 2 KB an entry": measure([render_feed(_CORPUS, each).body for each in range(20)]),
    }
    if as_json:
        print(json.dumps(_figures(suites, entries, differences, speeds), ensure_ascii=False))
        return
    console.print(machine())
    _print_suites(*suites)
    _print_agreement(entries, differences)
    for name, speed in speeds.items():
        _print_speed(name, speed)
    for each in differences[:fails]:
        console.print(each)


def _figures(
    suites: Sequence[Sequence[Suite]],
    entries: int,
    differences: Sequence[Difference],
    speeds: Mapping[str, Speed],
) -> dict[str, Any]:
    return {
        "suites": {
            name: [asdict(each) for each in rows]
            for name, rows in zip(_ADAPTERS, suites, strict=True)
        },
        "agreement": {"entries": entries, "differences": [asdict(each) for each in differences]},
        "speed": {name: asdict(speed) for name, speed in speeds.items()},
    }


_ADAPTERS = {"feedparser": "feedparser", "Tinwire": "bench.adapters:parse"}


def load(folder: Path) -> list[tuple[str, bytes, str]]:
    """List a folder's feeds: name, bytes, and where each was fetched."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    return [(each["file"], (folder / each["file"]).read_bytes(), each["url"]) for each in index]


def run_suites(conformance: Path, name: str) -> list[Suite]:
    """Run the corpus tool in a process of its own, and read the table that it prints."""
    command = [sys.executable, "tools/corpus_run.py", "--adapter", _ADAPTERS[name]]
    root = str(Path(__file__).parents[2])
    ran = subprocess.run(
        command,
        cwd=conformance,
        env={"PYTHONPATH": root},
        check=True,
        capture_output=True,
        text=True,
    )
    return [read for line in ran.stdout.splitlines() if (read := _suite(line))]


def _suite(line: str) -> Suite | None:
    parts = line.split("|")
    if len(parts) != 3 or not parts[1].split()[0].isdigit():
        return None
    checks, exact, loose = (int(each) for each in parts[1].split())
    return Suite(parts[0].split()[0], checks, exact, loose)


def agreement(documents: Sequence[tuple[str, bytes, str]]) -> tuple[int, list[Difference]]:
    """Compare all entries with feedparser's; gives how many, and what differs."""
    compared = [compare(*each) for each in documents]
    return sum(count for count, _ in compared), [one for _, each in compared for one in each]


def measure(documents: Sequence[bytes]) -> Speed:
    """Measure CPU time on the well-formed feeds, as in a worker; the best of several rounds."""
    memory.settle()
    plain = [raw for raw in documents if _is_well_formed(raw)]
    parsed = [parse(raw, {}, URL).entries for raw in plain]
    entries = [entry for each in parsed for entry in each]
    count = len(entries)
    return Speed(
        feeds=len(plain),
        entries=count,
        read_quickly=sum(
            len(each) for each, raw in zip(parsed, plain, strict=True) if _is_plain(raw)
        ),
        ours=count / _best(lambda: [_read(raw) for raw in plain]),
        feedparser=count / _best(lambda: [feedparser.parse(BytesIO(raw)) for raw in plain], 2),
        bare=count / _best(lambda: [_barely(raw) for raw in plain]),
        draft_us=1e6 * _best(lambda: [_draft(entry) for entry in entries]) / count,
    )


def _is_well_formed(raw: bytes) -> bool:
    try:
        return not parse(raw, {}, URL).notes and not open_document(raw, {}).is_json
    except NotAFeed:
        return False


def _is_plain(raw: bytes) -> bool:
    return read_quickly(grow(open_document(raw, {}), URL), URL, "UTC") is not None


def _read(raw: bytes) -> list[str]:
    return [sanitise(one.content or one.summary, one.url) for one in parse(raw, {}, URL).entries]


def _barely(raw: bytes) -> list[str]:
    root = etree.fromstring(raw, etree.XMLParser(recover=True, huge_tree=True))
    entries = [
        {etree.QName(part).localname: part.text or "" for part in item if isinstance(part.tag, str)}
        for item in root.iter("{*}item", "{*}entry")
    ]
    return [nh3.clean(next(filter(None, map(one.get, _CONTENTS)), "")) for one in entries]


def _draft(entry: Entry) -> object:
    try:
        return draft(entry, _SOURCE, _NOW, arrived=b"known")
    except BadEntry:
        return None


def _best(run: Callable[[], Any], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        started = process_time()
        run()
        taken.append(process_time() - started)
    return min(taken)


def _print_suites(theirs: Sequence[Suite], ours: Sequence[Suite]) -> None:
    table = Table(title="Checks of feedparser's own suite that pass (loosely: words, instants)")
    table.add_column("suite")
    for name in ("checks", "feedparser", "Tinwire", "exactly: feedparser", "Tinwire"):
        table.add_column(name, justify="right")
    for other, own in zip(theirs, ours, strict=True):
        figures = (own.checks, other.loose, own.loose, other.exact, own.exact)
        table.add_row(own.name.removeprefix("feedparser/"), *map(str, figures))
    console.print(table)


def _print_agreement(entries: int, differences: Sequence[Difference]) -> None:
    counts = Counter(each.kind for each in differences)
    feeds = {kind: len({each.feed for each in differences if each.kind == kind}) for kind in counts}
    console.print(f"{entries} entries of feedparser's; what differs, and why:")
    for kind, count in counts.most_common():
        console.print(f"  {kind}: {count} in {feeds[kind]} feeds; {REASONS.get(kind, '?')}")


def _print_speed(name: str, speed: Speed) -> None:
    share = speed.read_quickly / speed.entries
    columns = ("entries/s",)
    rows = [
        ("feedparser", (speed.feedparser,)),
        ("Tinwire, sanitised", (speed.ours,)),
        ("lxml and nh3 alone", (speed.bare,)),
    ]
    print_table(f"{name}: {speed.entries} entries, {speed.feeds} well-formed", columns, rows)
    console.print(f"{share:.1%} of the entries read quickly; a draft takes {speed.draft_us:.0f} µs")
