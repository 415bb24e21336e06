"""Where in a text the words stand that were looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.normalise import fold
from feeds.web.passage import passage, shows_all

WORDS = frozenset(["ngoc", "trai"])


def test_the_place_with_most_of_the_words_is_shown() -> None:
    text = "Ngọc nói. " + "Sóng gió. " * 40 + "Tìm thấy ngọc trai\nở đảo. " + "Biển êm. " * 40
    shown = passage(text, WORDS) or ""
    assert "Tìm thấy ngọc trai ở đảo." in shown
    assert shown.startswith("… ")
    assert shown.endswith("…")
    assert len(shown) <= 262


def test_the_first_of_equal_places_is_shown_from_the_start() -> None:
    assert passage("Ngọc trai quý. Ngọc trai rẻ.", WORDS) == "Ngọc trai quý. Ngọc trai rẻ."


@pytest.mark.parametrize("text", ["", "Sóng gió", "ngoctrai"])
def test_a_text_without_the_words_has_no_such_place(text: str) -> None:
    assert passage(text, WORDS) is None


@given(
    st.lists(st.sampled_from(["ngọc", "trai", "x" * 70, "gió", " ", "\n", ". "]), max_size=60).map(
        "".join
    )
)
def test_a_passage_has_one_of_the_words_wherever_it_begins(text: str) -> None:
    shown = passage(text, WORDS)
    assert (shown is None) == WORDS.isdisjoint(fold(text).split())
    if shown is not None:
        assert len(shown) <= 262
        assert not WORDS.isdisjoint(fold(shown).split())


def test_a_text_shows_all_words_or_not() -> None:
    assert shows_all("Ngọc và trai", WORDS)
    assert not shows_all("Ngọc", WORDS)
    assert shows_all("bất kỳ", frozenset())
