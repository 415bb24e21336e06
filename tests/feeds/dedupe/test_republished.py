"""Republished articles: found by their sketches, told by their texts, and no others."""

import gzip
import json
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from feeds.dedupe.fingerprint import Fingerprint, fingerprints
from feeds.dedupe.match import compare_shingles, decide, shingles
from feeds.text.reading import read

DATA = Path(__file__).parents[4] / "shared" / "data" / "neardup_vntc"
PER_SHINGLE = 20  # as the store looks them up
Pair = tuple[str, str]

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the data is not beside the checkout")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Real articles by id."""
    with gzip.open(DATA / "public_docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["id"]: row["text"] for row in rows}


@pytest.fixture(scope="module")
def listed() -> list[dict[str, Any]]:
    """Pairs of articles that share text, with how much."""
    found: list[dict[str, Any]] = json.loads(
        gzip.decompress((DATA / "public_pairs.json.gz").read_bytes())
    )
    return found


def candidates(texts: dict[str, str]) -> set[Pair]:
    names = sorted(texts)
    holders: dict[int, list[str]] = defaultdict(list)
    for start, end in pairwise([*range(0, len(names), 500), len(names)]):
        found = fingerprints(read([texts[name] for name in names[start:end]]).tokens())
        for name, one in zip(names[start:end], found, strict=True):
            for key in one.keys:
                holders[key].append(name)
    return {pair for some in holders.values() for pair in combinations(some[:PER_SHINGLE], 2)}


def test_all_republished_articles_are_found_and_no_other_is_merged(
    texts: dict[str, str], listed: list[dict[str, Any]]
) -> None:
    looked_at = candidates(texts)
    assert len(looked_at) < 0.7 * len(texts), "looking at an article costs the same in any store"
    wanted = {name for pair in looked_at for name in pair}
    shingled = {name: shingles(texts[name]) for name in wanted}
    merged = set()
    for left, right in looked_at:
        one, other = shingled[left], shingled[right]
        if decide(compare_shingles(one, other), len(one), len(other)).verdict:
            merged.add((left, right))
    known = {tuple(sorted((pair["a"], pair["b"]))): pair for pair in listed}
    duplicates = {
        ends
        for ends, pair in known.items()
        if pair["jaccard5"] >= 0.5 or pair["containment5"] >= 0.7
    }
    assert len(duplicates & merged) >= 0.998 * len(duplicates)
    assert not merged - known.keys()


def prints(texts: list[str]) -> list[Fingerprint]:
    return fingerprints(read(texts).tokens())


@pytest.mark.parametrize(("words", "most"), [(30, 0.02), (40, 0.005), (60, 0.005), (150, 0.005)])
def test_the_first_words_find_the_whole(texts: dict[str, str], words: int, most: float) -> None:
    wholes = [text for text in texts.values() if len(text.split()) >= 400][:800]
    excerpts = [" ".join(text.split()[:words]) for text in wholes]
    pairs = zip(prints(wholes), prints(excerpts), strict=True)
    missed = sum(not set(whole.keys) & set(excerpt.keys) for whole, excerpt in pairs)
    assert missed <= most * len(wholes)


def test_the_first_words_find_a_whole_under_another_title_and_byline(
    texts: dict[str, str],
) -> None:
    wholes = [text for text in texts.values() if len(text.split()) >= 400][:800]
    excerpts = [" ".join(text.split()[:40]) for text in wholes]
    title = " ".join(f"tựa{number}" for number in range(20))
    pairs = zip(prints([f"{title} {text}" for text in wholes]), prints(excerpts), strict=True)
    missed = sum(not set(whole.keys) & set(excerpt.keys) for whole, excerpt in pairs)
    assert missed <= 0.05 * len(wholes)
