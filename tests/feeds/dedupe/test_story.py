"""Stories: the same news in other words, and nothing else."""

import gzip
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.story import WINDOW, same_story
from feeds.related.features import count, features
from feeds.related.statistics import BITS, Statistics
from feeds.related.terms import plain_case
from feeds.text.reading import read
from feeds.text.vectors import Alike, Shared, Vectors, alike, shared, weigh

CLUSTERS = Path(__file__).parents[4] / "shared" / "data" / "clusters_vietmds" / "public.jsonl.gz"
# One event each, which the annotators made two stories (the folder's PROVENANCE.txt).
SPLIT_BY_MISTAKE = (
    {"cluster_51", "cluster_57"},
    {"cluster_142", "cluster_147"},
    {"cluster_81", "cluster_83"},
)
HOUR = timedelta(hours=1)
LIGHT = {3: 0.2, 4: 0.2, 5: 0.2, 9: 0.9}
NEWS = {1: 0.6, 2: 0.5, 3: 0.4, 4: 0.3, 5: 0.2, 6: 0.3}  # odd keys are names


@dataclass(frozen=True)
class Telling:
    """An article: what it is about, and how many hours after noon it came."""

    terms: dict[int, float]
    hours: float = 0


@dataclass(frozen=True)
class Decision:
    """What `same_story` says of one pair."""

    verdict: bool
    score: float
    why: str


def decide(left: Telling, right: Telling) -> Decision:
    width = max(1, len(left.terms), len(right.terms))
    vectors = Vectors(np.zeros((2, width), dtype=np.int64), np.zeros((2, width)))
    for row, one in enumerate((left, right)):
        for column, (key, weight) in enumerate(one.terms.items()):
            vectors.keys[row, column], vectors.weights[row, column] = key, weight
    common: Shared = shared(vectors, np.array([0]), np.array([1]))
    both = Alike(np.minimum(common.sums(), 1).round(4), common.counts)
    found = same_story(both, np.array([abs(left.hours - right.hours)]))
    return Decision(bool(found.verdicts[0]), float(found.scores[0]), found.why(0))


CASES = {
    "the same words within the hour": (
        NEWS,
        1,
        True,
        "0.98 by 6 shared words and pairs, 1 h apart",
    ),
    "the same words on the third day": (
        NEWS,
        71,
        True,
        "0.50 by 6 shared words and pairs, 71 h apart",
    ),
    "the same words after the window": (NEWS, 73, False, "73 h apart, more than 72 h"),
    "few heavy words": ({1: 0.8, 2: 0.6}, 1, False, "only 2 shared words and pairs, 1 h apart"),
    "many light words": (
        {1: 0.01, 2: 0.01, 3: 0.01, 4: 0.01, 5: 0.01, 9: 0.99},
        1,
        False,
        "0.02 by 5 shared words and pairs, 1 h apart",
    ),
    "no shared word": ({8: 0.8, 9: 0.6}, 1, False, "only 0 shared words and pairs, 1 h apart"),
}


@pytest.mark.parametrize(("terms", "hours", "verdict", "why"), CASES.values(), ids=CASES.keys())
def test_decides_by_shared_terms_and_time(
    terms: dict[int, float], hours: float, verdict: bool, why: str
) -> None:
    decision = decide(Telling(NEWS), Telling(terms, hours))
    assert (decision.verdict, decision.why) == (verdict, why)


def test_tellings_further_apart_must_share_more() -> None:
    terms = {1: 0.05, 2: 0.05, 3: 0.05, 4: 0.05, 5: 0.05, 9: 0.9}
    near, far = decide(Telling(NEWS), Telling(terms, 1)), decide(Telling(NEWS), Telling(terms, 70))
    assert near.score > far.score
    assert (near.verdict, far.verdict) == (True, False)


TELLINGS = st.builds(
    Telling,
    st.dictionaries(st.integers(1, 8), st.floats(0.01, 1), max_size=8),
    st.floats(0, 200),
)


@given(TELLINGS, TELLINGS)
def test_the_verdict_is_the_same_from_both_ends(left: Telling, right: Telling) -> None:
    decision, other = decide(left, right), decide(right, left)
    assert (decision.verdict, decision.why) == (other.verdict, other.why)
    assert decision.score == pytest.approx(other.score, abs=2e-4)
    assert 0 <= decision.score <= 1
    assert not decision.verdict or abs(left.hours - right.hours) <= WINDOW.total_seconds() / 3600


@pytest.mark.skipif(not CLUSTERS.exists(), reason="the data is not beside the checkout")
def test_stories_made_by_people_are_found() -> None:
    """An edge only says that two may tell the same: most do, and nearly all that do have one."""
    with gzip.open(CLUSTERS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    reading = read([part for row in rows for part in (plain_case(row["title"]), row["text"])])
    counts = np.zeros(1 << BITS, dtype=np.int32)
    count(reading, counts)
    found = features(reading, Statistics(1, len(rows), counts))
    vectors = weigh([one.keys for one in found], [one.weights for one in found])
    times = [datetime.strptime(row["published"], "%d/%m/%Y %H:%M") for row in rows]  # noqa: DTZ007
    hours = np.array([(at - times[0]) / HOUR for at in times])
    stories = [row["cluster"] for row in rows]
    left, right = np.triu_indices(len(rows), 1)
    told = same_story(alike(vectors, left, right), np.abs(hours[left] - hours[right]))
    gold = np.array([stories[a] == stories[b] for a, b in zip(left, right, strict=True)])
    near = np.abs(hours[left] - hours[right]) <= WINDOW / HOUR
    assert told.verdicts[gold & near].mean() >= 0.9
    assert gold[told.verdicts].mean() >= 0.5
