"""Sparse vectors: what pairs share, counted as one would by hand."""

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.vectors import NAME, pack, shared

VECTOR = st.dictionaries(st.integers(-20, 20).filter(bool), st.floats(0.125, 1, width=32))


@given(st.lists(VECTOR, min_size=1, max_size=6), st.data())
def test_pairs_share_what_both_have(
    given_vectors: list[dict[int, float]], data: st.DataObject
) -> None:
    rows = st.integers(0, len(given_vectors) - 1)
    pairs = data.draw(st.lists(st.tuples(rows, rows), max_size=9))
    packed = pack(
        np.array([len(one) for one in given_vectors]),
        b"".join(array("q", one).tobytes() for one in given_vectors),
        b"".join(array("f", one.values()).tobytes() for one in given_vectors),
    )
    left, right = (np.array([pair[end] for pair in pairs], dtype=np.intp) for end in (0, 1))
    found = shared(packed, left, right)
    for at, (one, other) in enumerate(pairs):
        own, others = given_vectors[one], given_vectors[other]
        keys = own.keys() & others.keys()
        assert found.counts[at] == len(keys)
        assert found.names[at] == sum(key & NAME for key in keys)
        assert np.isclose(found.sums()[at], sum(own[key] * others[key] for key in keys))
        for column, key in enumerate(own):
            if key in keys:
                assert list(others)[found.places[at, column]] == key


def test_many_pairs_are_compared_as_each_alone() -> None:
    dice = np.random.default_rng(1)
    packed = pack(
        np.full(90, 12),
        b"".join(dice.choice(400, 12, replace=False).tobytes() for _ in range(90)),
        dice.random(90 * 12, dtype=np.float32).tobytes(),
    )
    left, right = dice.integers(0, 90, (2, 3000))
    together = shared(packed, left, right)
    alone = [shared(packed, left[at : at + 1], right[at : at + 1]) for at in range(0, 3000, 97)]
    assert together.sums()[::97].tolist() == [float(one.sums()[0]) for one in alone]
