"""The same news in other words, and nothing else."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.story import LEAST_SHARED, SAME_FROM, WINDOW, StoryDecisions, same_story
from feeds.text.vectors import Alike

HOUR = timedelta(hours=1)


def decide(cosine: float, count: int, hours: float) -> StoryDecisions:
    return same_story(
        Alike(np.array([cosine]), np.array([count])), np.array([float(hours)]), np.array([True])
    )


CASES = {
    "alike within the hour": ((0.9, 30, 0), True, "0.90 by 30 shared words and pairs, 0 h apart"),
    "alike on day three": (
        (0.9, 30, 72),
        True,
        "0.45 by 30 shared words and pairs, 72 h apart",
    ),
    "alike after the window": ((0.9, 30, 73), False, "73 h apart, more than 72 h"),
    "few and heavy": ((0.9, 4, 1), False, "only 4 shared words and pairs, 1 h apart"),
    "hardly alike": ((0.05, 9, 0), False, "0.05 by 9 shared words and pairs, 0 h apart"),
}


@pytest.mark.parametrize(("asked", "verdict", "why"), CASES.values(), ids=CASES.keys())
def test_decides_by_what_is_shared_and_by_time(
    asked: tuple[float, int, float], verdict: bool, why: str
) -> None:
    found = decide(*asked)
    assert (bool(found.verdicts[0]), found.why(0)) == (verdict, why)


@given(st.floats(0, 1), st.integers(0, 100), st.floats(0, 200), st.floats(0, 100))
def test_tellings_further_apart_must_share_more(
    cosine: float, count: int, hours: float, more: float
) -> None:
    near, far = decide(cosine, count, hours), decide(cosine, count, hours + more)
    assert 0 <= far.scores[0] <= near.scores[0] <= 1
    assert near.verdicts[0] or not far.verdicts[0]
    if near.verdicts[0]:
        assert hours * HOUR <= WINDOW
        assert near.scores[0] >= SAME_FROM
        assert count >= LEAST_SHARED
