"""Shingles."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.shingles import distinct, shingle

NUMBERS = st.lists(st.integers(0, 3), max_size=30)


def tokens(numbers: list[int]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(numbers, dtype=np.uint64)


@given(NUMBERS, st.integers(1, 5))
def test_shingles_are_equal_exactly_when_runs_are(numbers: list[int], width: int) -> None:
    runs = [tuple(numbers[at : at + width]) for at in range(len(numbers) - width + 1)]
    found = shingle(tokens(numbers), width).tolist()
    assert len(found) == len(runs)
    assert len(set(zip(runs, found, strict=True))) == len(set(runs)) == len(set(found))


@given(NUMBERS)
def test_distinct_sorts_and_drops_repeats(numbers: list[int]) -> None:
    assert distinct(tokens(numbers)).tolist() == sorted(set(numbers))
