"""Readings: the tokens of match forms, with what is known of each as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.normalise import match_form
from feeds.text.reading import AFTER, CAPITALS, GLUED, LARGE, LETTERS, PLAIN, read
from feeds.text.tokens import hash_tokens

TEXT = st.text(max_size=60) | st.text(
    alphabet="aăâbcdđeêhiknoôơrtuưy ABCĐÐð.,-&\n0ßﬁ\u0301\u200b😀", max_size=60
)


@given(st.lists(TEXT, max_size=5))
def test_the_tokens_are_those_of_the_match_forms(texts: list[str]) -> None:
    reading, wanted = read(texts), hash_tokens([match_form(text) for text in texts])
    assert reading.hashes.tolist() == wanted.hashes.tolist()
    assert reading.bounds.tolist() == wanted.bounds.tolist()


@given(st.lists(TEXT, max_size=5))
def test_each_token_stands_where_it_is_said_to(texts: list[str]) -> None:
    reading = read(texts)
    spans = zip(reading.starts.tolist(), reading.ends.tolist(), strict=True)
    for start, end in spans:
        assert start < end
        assert match_form(reading.text[start:end]) or not reading.text[start:end].isalnum()


FLAGS = {
    "a small word": ("họp", 0, LETTERS | AFTER),
    "a word written large": ("Cần", 0, LARGE | LETTERS | AFTER),
    "a word in capitals": ("ASEAN", 0, LARGE | CAPITALS | LETTERS | PLAIN | AFTER),
    "one large letter": ("A", 0, LARGE | LETTERS | PLAIN | AFTER),
    "a number": ("năm 2024", 1, PLAIN),
    "a word after a space": ("trẻ em", 1, LETTERS | PLAIN),
    "a word after a comma": ("trẻ, em", 1, LETTERS | PLAIN | AFTER),
    "a word after a hyphen": ("Covid-ho", 1, LETTERS | PLAIN | GLUED),
    "a word after a dash": ("tin - ho", 1, LETTERS | PLAIN | AFTER),
    "a word of a new paragraph": ("tin\nho", 1, LETTERS | PLAIN | AFTER),
}


@pytest.mark.parametrize(("text", "place", "flags"), FLAGS.values(), ids=FLAGS.keys())
def test_says_of_a_token_how_it_was_written(text: str, place: int, flags: int) -> None:
    assert read([text]).flags[place] == flags


def test_neighbouring_texts_can_be_taken_together() -> None:
    reading = read(["một hai", "ba", "bốn", ""])
    assert reading.tokens(2).bounds.tolist() == [0, 3, 4]
