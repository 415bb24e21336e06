"""Near-duplicates: labels by their rule, and a small set through the product's own store."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bench.eval.__main__ import app
from bench.eval.near_duplicates import labels_of

WORDS = [f"từ{number}" for number in range(3_000)]


def prose(seed: int, length: int = 120) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def pair(left: str, right: str, jaccard: float, containment: float) -> dict[str, Any]:
    return {"a": left, "b": right, "jaccard5": jaccard, "containment5": containment}


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return str(path)


def test_labels_follow_jaccard_or_containment() -> None:
    found = labels_of(
        [pair("b", "a", 0.5, 0.5), pair("a", "c", 0.1, 0.7), pair("c", "d", 0.4, 0.6)]
    )
    assert found.duplicates == {("a", "b"), ("a", "c")}
    assert found.grey == {("c", "d")}


def test_a_small_set_is_measured_with_all_keys(tmp_path: Path) -> None:
    wire, round_up = prose(1), f"{prose(2)} {prose(3)}"
    texts = {
        "copy": wire,
        "edited": f"{prose(1, 60)} một {wire.partition(prose(1, 60))[2]}",
        "missed": prose(4, 15),
        "missed too": prose(4, 15),
        "round-up": round_up,
        "first": prose(2),
        "second": prose(3),
    }
    docs = [{"id": name, "text": text} for name, text in texts.items()]
    listed = [
        pair("copy", "edited", 1, 1),
        pair("missed", "missed too", 1, 1),
        pair("round-up", "first", 0.5, 1),
        pair("round-up", "second", 0.4, 0.6),
    ]
    stories = [
        {"id": str(n), "cluster": "c", "text": prose(n), "publisher": "a", "title": f"On {n}"}
        for n in (10, 11)
    ]
    pairs = tmp_path / "pairs.json.gz"
    pairs.write_bytes(gzip.compress(json.dumps(listed).encode()))
    files = [write(tmp_path / "docs.jsonl.gz", docs), str(pairs)]
    related = write(tmp_path / "related.jsonl.gz", stories)
    run = CliRunner().invoke(app, ["near-duplicates", *files, "--related", related, "--json"])
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    assert {name: found[name] for name in ("wrong", "merged_related", "size")} == {
        "wrong": 0,
        "merged_related": 0,
        "size": len(texts) + 2,
    }
    # Of the round-up's two reports one joins it; the short texts are not one by words alone.
    assert (found["recall"], found["grey"]) in {(0.3333, 1), (0.6667, 0)}
    assert found["articles_per_s"] > 0
    assert found["baselines"]["exact text"]["recall"] == 0.3333
