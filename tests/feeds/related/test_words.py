"""Words as terms see them."""

import pytest

from feeds.related.words import DULL, HEADS, ORDINARY, STOP, among, are_foreign
from feeds.text.tokens import hash_text


@pytest.mark.parametrize(
    ("written", "is_foreign"),
    [("quang", False), ("nghiem", False), ("Quang", False), ("Yagi", True), ("Airways", True)],
)
def test_tells_vietnamese_syllables_from_foreign_words(written: str, is_foreign: bool) -> None:
    assert are_foreign([written]).tolist() == [is_foreign]


def test_words_are_found_in_a_list_by_their_hashes() -> None:
    found = among(hash_text("Ông Nam và bà Hoa ở tỉnh"), HEADS)
    assert found.tolist() == [True, False, True, True, False, True, True]


def test_the_lists_are_of_a_size_that_a_person_can_read() -> None:
    assert 300 < len(STOP) < 700
    assert 80 < len(DULL) < 300
    assert 50 < len(ORDINARY) < 200
