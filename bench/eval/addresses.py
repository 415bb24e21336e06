"""Addresses: the WHATWG's cases, other normalisers' rows, discovery of feeds, what may be asked.

Rows of another normaliser are no law: where one disagrees with identity, the disagreement gets a
reason here, and a row without one is a fault of ours.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from bench import adapters
from feeds.urls import is_web, resolve

CONFORMANCE = Path(__file__).parents[3] / "shared" / "conformance"
_DISCOVERY = "corpora/feedvalidator-testcases/feedfinder-tests"
_BASE = "http://diveintomark.org/tests/client/autodiscovery/"


@dataclass(frozen=True)
class Figure:
    """How many cases came out right; `apart` counts those that differ, by the reason."""

    right: int
    of: int
    wrong: tuple[str, ...] = ()
    apart: Mapping[str, int] = field(default_factory=dict)


def command(
    conformance: Annotated[Path, typer.Option(help="Folder of the suites.")] = CONFORMANCE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how addresses are read, compared and found."""
    found = measure(conformance)
    if as_json:
        typer.echo(json.dumps({name: asdict(one) for name, one in found.items()}, indent=2))
        return
    for name, one in found.items():
        typer.echo(f"{name:<10} {one.right} of {one.of}")
        for why, count in sorted(one.apart.items()):
            typer.echo(f"    {count} apart: {why}")
        for case in one.wrong:
            typer.echo(f"    wrong: {case}")


def measure(conformance: Path) -> dict[str, Figure]:
    """Run every suite that the folder holds and that the product has a function for."""
    found = {
        "whatwg": whatwg(conformance / "vectors/whatwg-url/urltestdata.json"),
        "canonical": canonical(conformance / "vectors/urlcanon.jsonl"),
        "discovery": discovery(conformance / _DISCOVERY),
    }
    allowed = getattr(adapters, "is_allowed", None)
    if allowed is not None:
        found["ssrf"] = ssrf(conformance / "vectors/ssrf.jsonl", allowed)
    return found


def whatwg(path: Path) -> Figure:
    """Resolve every case of the URL standard's tests as the standard does."""
    cases = [case for case in json.loads(path.read_text()) if isinstance(case, dict)]
    wrong = tuple(
        repr(case["input"])
        for case in cases
        if resolve(case.get("base"), case["input"])
        != (None if case.get("failure") else case["href"])
    )
    return Figure(len(cases) - len(wrong), len(cases), wrong)


def canonical(path: Path) -> Figure:
    """Compare with another normaliser's rows; what differs must have a reason."""
    rows = [row for row in _lines(path) if not row["kw"]]
    apart: Counter[str] = Counter()
    wrong = []
    for row in rows:
        got = _attempt(row["input"])
        if got == row["expected"]:
            continue
        why = deviation(row["input"], row["expected"])
        if why is None:
            wrong.append(f"{row['input']!r} is {got!r}")
        else:
            apart[why] += 1
    right = len(rows) - len(wrong) - sum(apart.values())
    return Figure(right, len(rows), tuple(wrong), dict(apart))


def _attempt(url: str) -> str | None:
    try:
        return adapters.canonical(url)
    except ValueError:
        return None


def deviation(given: str, expected: str) -> str | None:
    """Say why our form of an address differs from another normaliser's; `None` where nothing does.

    Each reason stands in docs/quality.md.
    """
    if not is_web(given):
        return "no absolute http or https address: it names no page by itself"
    if "#" in given and "_escaped_fragment_" in expected:
        return "#! stays as it is: the scheme that rewrote it was given up in 2015"
    if "#" in expected:
        return "a fragment is a place in a page, no other page"
    if "%" in given.partition("?")[2]:
        return "escapes in a query are bytes for the server: not decoded, not composed anew"
    return None


def discovery(folder: Path) -> Figure:
    """Find the feed of each page of Mark Pilgrim's suite."""
    pages = sorted([*folder.glob("html*.html"), *folder.glob("xhtml*.html")])
    wrong = tuple(page.name for page in pages if not _finds_its_feed(page))
    return Figure(len(pages) - len(wrong), len(pages), wrong)


def _finds_its_feed(page: Path) -> bool:
    found = adapters.discover(page.read_bytes(), _BASE + page.name)
    return any(url.rpartition("/")[2] == f"{page.stem}.xml" for url in found)


def ssrf(path: Path, is_allowed: Callable[[str], bool]) -> Figure:
    """Judge addresses that lead inside, and their neighbours that don't; names are not resolved."""
    rows = [row for row in _lines(path) if row["block"] != "dns"]
    wrong = tuple(row["url"] for row in rows if is_allowed(row["url"]) == bool(row["block"]))
    return Figure(len(rows) - len(wrong), len(rows), wrong)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
