"""Titles, dates and authors of pages, against annotations, beside trafilatura in the same run.

A value is right when its letters and digits are the annotation's; a date when its day is. Only
annotated values count.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from gzip import decompress
from pathlib import Path

import trafilatura

from bench import adapters

NAMES = ("title", "date", "author")
_NOT_WORD = re.compile(r"\W+")

Facts = Mapping[str, str]
Reader = Callable[[bytes, str], Facts]


def load(folder: Path) -> Iterator[tuple[bytes, str, Facts]]:
    """Read pages with their address and what is annotated; pages not in the folder are left out."""
    gold = json.loads(decompress((folder / "evaldata.json.gz").read_bytes()))
    for url, known in sorted(gold.items()):
        file = folder / f"{known['file']}.gz"
        if file.exists():
            facts = {name: _text(known.get(name)) for name in NAMES}
            yield decompress(file.read_bytes()), url, facts


def measure(samples: Sequence[tuple[bytes, str, Facts]]) -> dict[str, dict[str, list[int]]]:
    """Count for each reader and kind how many values are right, and of how many."""
    readers: dict[str, Reader] = {"trafilatura": by_trafilatura, "Tinwire": by_us}
    found = {}
    for name, reader in readers.items():
        read = [(reader(raw, url), known) for raw, url, known in samples]
        found[name] = {kind: _count(kind, read) for kind in NAMES}
    return found


def by_us(raw: bytes, url: str) -> Facts:
    """Give what the product reads."""
    page = adapters.extract(raw, url)
    return {
        "title": page["title"],
        "date": (page["published"] or "")[:10],
        "author": _text(page["authors"]),
    }


def by_trafilatura(raw: bytes, _: str) -> Facts:
    """Give what trafilatura reads."""
    page = trafilatura.bare_extraction(raw, with_metadata=True)
    known = page.as_dict() if page else {}
    return {name: _text(known.get(name)) for name in NAMES}


def _count(kind: str, read: Sequence[tuple[Facts, Facts]]) -> list[int]:
    annotated = [(facts[kind], known[kind]) for facts, known in read if known[kind]]
    return [sum(_key(mine) == _key(gold) for mine, gold in annotated), len(annotated)]


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()
