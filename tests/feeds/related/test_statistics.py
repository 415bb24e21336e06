"""Statistics: what is rare weighs more, up to a limit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.related.statistics import (
    BITS,
    NAME,
    NOTHING_COUNTED,
    PAIR,
    WORD,
    Statistics,
    pack,
    unpack,
)


def weight(held: int, of: int, kind: int) -> float:
    counts = np.zeros(1 << BITS, dtype=np.int32)
    counts[7] = held
    key = np.array([7 << (32 - BITS) | 3], dtype=np.uint64)
    return float(Statistics(1, of, counts).weights(key, np.array([kind], dtype=np.uint8))[0])


@settings(max_examples=15)  # each makes tables of some megabytes
@given(st.integers(1, 100_000), st.data())
def test_what_more_articles_hold_never_weighs_more(of: int, data: st.DataObject) -> None:
    fewer, more = sorted(data.draw(st.lists(st.integers(2, max(2, of)), min_size=2, max_size=2)))
    assert 0 <= weight(more, of, PAIR) <= weight(fewer, of, PAIR) <= 9


def test_a_pair_that_nobody_counted_weighs_half_unless_it_is_a_name() -> None:
    assert weight(0, 5000, PAIR) == weight(0, 5000, NAME) / 2
    assert weight(0, 5000, NAME) == weight(2, 5000, PAIR)


def test_a_word_weighs_more_than_a_pair_as_rare_as_it() -> None:
    assert weight(9, 5000, WORD) > weight(9, 5000, PAIR) == weight(9, 5000, NAME)


def test_weights_grow_faster_than_the_logarithm_of_rarity() -> None:
    assert weight(400, 1599, PAIR) > 2 * weight(800, 1599, PAIR)


def test_before_anything_is_counted_pairs_weigh_more_than_words() -> None:
    kinds = np.array([WORD, PAIR, NAME], dtype=np.uint8)
    word, pair, name = NOTHING_COUNTED.weights(np.zeros(3, dtype=np.uint64), kinds).tolist()
    assert 0 < word < pair <= name


def test_counts_are_read_back_as_they_were_written() -> None:
    counts = np.zeros(1 << BITS, dtype=np.int32)
    counts[[0, 9, -1]] = (1, 70_000, 3)
    found = unpack(4, 80_000, pack(counts))
    assert (found.version, found.articles) == (4, 80_000)
    assert (found.counts == counts).all()
