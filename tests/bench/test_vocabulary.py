from itertools import pairwise
from unicodedata import is_normalized

import pytest

from bench.vocabulary import load_vocabulary, zipf


def test_vocabulary_is_large_enough_to_behave_like_news() -> None:
    words = load_vocabulary()
    names = {*words.people, *words.places, *words.organisations}
    assert len({word for theme in words.themes for word in theme.pool}) >= 10_000
    assert len(words.themes) >= 60
    assert len(names) >= 10_000


def test_no_word_is_empty_or_decomposed() -> None:
    words = load_vocabulary()
    everything = [*words.general, *(word for theme in words.themes for word in theme.words)]
    assert all(word == word.strip() and word for word in everything)
    assert all(is_normalized("NFC", word) for word in everything)


def test_every_theme_belongs_to_a_known_section() -> None:
    words = load_vocabulary()
    assert {theme.section for theme in words.themes} == set(words.sections)


def test_commoner_words_weigh_more() -> None:
    weights = zipf(100, 0.7)
    assert sum(weights) == pytest.approx(0.7)
    assert all(left > right for left, right in pairwise(weights))
