"""Whether two texts are one."""

import gzip
import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.match import Decision, Similarity, compare, compare_shingles, decide, shingles

CLUSTERS = Path(__file__).parents[4] / "shared" / "data" / "clusters_vietmds" / "public.jsonl.gz"
TEXTS = st.lists(st.sampled_from("abc"), max_size=40).map(" ".join)
WORDS = [f"từ{number}" for number in range(200)]


@given(TEXTS, TEXTS)
def test_similarity_is_symmetric_and_between_0_and_1(left: str, right: str) -> None:
    found = compare(left, right)
    assert found == compare(right, left)
    assert 0 <= found.jaccard <= found.containment <= 1


@given(TEXTS)
def test_a_text_is_all_like_itself(text: str) -> None:
    size = shingles(text).size
    assert compare(text, text) == (Similarity(1, 1) if size else Similarity(0, 0))


def test_shingles_that_are_kept_give_the_same_figures() -> None:
    left, right = " ".join(WORDS[:100]), " ".join(WORDS[50:200])
    found = compare_shingles(shingles(left), shingles(right))
    assert found == compare(left, right) == Similarity(46 / (96 + 146 - 46), 46 / 96)


@pytest.mark.parametrize(
    ("jaccard", "containment", "sizes", "decision"),
    [
        (0.91, 0.95, (400, 410), Decision(True, "same text 0.91")),
        (0.5, 0.6, (100, 400), Decision(True, "same text 0.50")),
        (0.52, 0.7, (73, 70), Decision(False, "too little of an excerpt 0.70")),
        (0.7, 0.8, (20, 400), Decision(True, "same text 0.70")),
        (0.3, 0.83, (400, 130), Decision(True, "part of the other text 0.83")),
        (0.3, 0.69, (400, 400), Decision(False, "different text 0.30")),
        (0.49, 0.6, (400, 400), Decision(False, "different text 0.49")),
        (1.0, 1.0, (19, 400), Decision(False, "too short to tell, 19 syllables")),
    ],
)
def test_a_decision_has_its_reason(
    jaccard: float, containment: float, sizes: tuple[int, int], decision: Decision
) -> None:
    assert decide(Similarity(jaccard, containment), *sizes) == decision


@pytest.mark.skipif(not CLUSTERS.exists(), reason="the shared data is not here")
def test_reports_of_one_event_by_different_writers_are_not_merged() -> None:
    with gzip.open(CLUSTERS, "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    known = [(document["cluster"], shingles(document["text"])) for document in documents]
    for (cluster, left), (other, right) in combinations(known, 2):
        if cluster == other:
            found = compare_shingles(left, right)
            merged = decide(found, left.size, right.size).verdict
            assert not (merged and found.jaccard < 0.1)
