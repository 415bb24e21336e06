"""Lookalikes: candidates by shared shingles, without those that share a stock phrase only."""

from array import array
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from feeds.store import marks
from feeds.store.lookalikes import likely, lookalikes

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HITS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.booleans()).filter(
        lambda one: one[0] != one[1]
    ),
    max_size=20,
)


def mark(connection: sa.Connection, number: int, *shingles: int) -> None:
    sketch = array("q", sorted(shingles)).tobytes()
    one = marks.Mark(number, NOON, b"", sketch, len(shingles), shingles, (), (), ())
    marks.write_marks(connection, [one], again=())


def test_a_pair_that_shares_one_crowded_shingle_only_is_no_candidate(
    connection: sa.Connection, add_article: Callable[..., int]
) -> None:
    for number in range(1, 9):
        add_article(number)
    mark(connection, 1, 7, 100, 101)
    mark(connection, 2, 7, 100, 102)
    mark(connection, 3, 7, 103)
    for number in range(4, 8):
        mark(connection, number, 7, 200 + number)
    mark(connection, 8, 101)
    assert lookalikes(connection, [1], per_shingle=4).tolist() == [[1, 2], [1, 8]]
    crowd = lookalikes(connection, [1], per_shingle=9).tolist()
    assert crowd == [[1, other] for other in range(2, 9)], "seven holders are no crowd there"
    assert lookalikes(connection, [], per_shingle=4).tolist() == []


@given(HITS)
def test_pairs_stay_by_two_shingles_of_one_side_or_a_rare_one(
    hits: list[tuple[int, int, bool]],
) -> None:
    own, other, crowded = (
        np.array([hit[at] for hit in hits], dtype=kind)
        for at, kind in enumerate((np.int64, np.int64, np.bool_))
    )
    found = {tuple(pair) for pair in likely(own, other, crowded).tolist()}
    wanted = {
        (min(one, two), max(one, two))
        for one, two, crowd in hits
        if not crowd or sum(hit[:2] == (one, two) for hit in hits) > 1
    }
    assert found == wanted
