"""Titles that overlap: what shares most of its long words is joined, whatever it tells."""

from bench.eval.title_overlap import title_pairs


def test_titles_that_share_most_long_words_are_paired() -> None:
    titles = {
        "a": "Bridge over river reopens",
        "b": "River bridge reopens over budget",
        "c": "Bridge falls",
        "d": "Another matter",
    }
    assert title_pairs(titles) == {("a", "b")}


def test_short_words_alone_pair_nothing() -> None:
    assert title_pairs({"a": "Ba em đi", "b": "Ba em đi"}) == set()
