"""Words as terms see them."""

import pytest

from feeds.related.words import DULL, ORDINARY, STOP, read_words


@pytest.mark.parametrize(
    ("written", "is_syllable"),
    [("quang", True), ("nghiem", True), ("trẻ", True), ("Yagi", False), ("Airways", False)],
)
def test_tells_vietnamese_syllables_from_foreign_words(written: str, is_syllable: bool) -> None:
    (word,) = read_words(written, 5)
    assert word.is_syllable == is_syllable


def test_marks_are_words_without_a_form() -> None:
    assert [word.form for word in read_words("“Ngôi nhà”, họ nói.", 9)] == [
        "",
        "ngôi",
        "nhà",
        "",
        "",
        "họ",
        "nói",
        "",
    ]


@pytest.mark.parametrize("written", ["LĐ-TB&XH", "TP.HCM", "COVID-19", "UNICEF"])
def test_an_acronym_is_one_word(written: str) -> None:
    (word,) = read_words(written, 5)
    assert word.is_acronym
    assert word.form.isalnum()


def test_reads_so_many_words_and_no_more() -> None:
    assert [word.form for word in read_words("một hai ba", 2)] == ["một", "hai"]


def test_the_lists_are_of_a_size_that_a_person_can_read() -> None:
    assert 300 < len(STOP) < 700
    assert 80 < len(DULL) < 300
    assert 50 < len(ORDINARY) < 200
