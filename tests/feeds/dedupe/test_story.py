"""The same news in other words, and nothing else."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.stars import JOIN_FROM
from feeds.dedupe.story import (
    LEAST_SHARED,
    SAME_FROM,
    WINDOW,
    Across,
    StoryDecisions,
    same_story,
)
from feeds.text.vectors import Alike

HOUR = timedelta(hours=1)


def decide(cosine: float, count: int, hours: float, vectors: float | None = None) -> StoryDecisions:
    return same_story(
        Alike(np.array([cosine]), np.array([count])),
        np.array([float(hours)]),
        np.array([True]),
        None if vectors is None else Across(np.array([vectors]), 0.75),
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


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ((0.0, 0, 0, 0.875), "0.56 by vectors, in two languages, 0 h apart"),
        ((0.0, 0, 72, 1.0), "0.50 by vectors, in two languages, 72 h apart"),
        ((0.2, 9, 0, 0.75), "0.20 by 9 shared words and pairs, 0 h apart"),
        ((0.2, 9, 0, 0.0), "0.20 by 9 shared words and pairs, 0 h apart"),
    ],
)
def test_in_two_languages_vectors_may_tell_what_words_cannot(
    asked: tuple[float, int, float, float], why: str
) -> None:
    found = decide(*asked)
    assert (bool(found.verdicts[0]), found.why(0)) == (True, why)


def test_what_is_just_alike_enough_joins_a_story_of_its_hour() -> None:
    assert decide(0, 0, 0, 0.75).scores[0] == JOIN_FROM
    assert not decide(0, 0, 0, 0.749).verdicts[0]
    assert decide(0, 0, 3, 0.75).scores[0] < JOIN_FROM
    assert not decide(0, 0, 73, 1.0).verdicts[0]
