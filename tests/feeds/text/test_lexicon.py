"""A lexicon: each word read once, whoever asks for it and however often."""

from feeds.text import lexicon
from feeds.text.lexicon import LINE, Lexicon
from feeds.text.tokens import hash_text


def test_a_word_has_the_tokens_of_its_match_form() -> None:
    words = ["Nam,", "LĐ-TB&XH", "–", "08/11", ""]
    numbers, table = Lexicon().look_up(words)
    for word, number in zip(words, numbers.tolist(), strict=True):
        first, count = table.firsts[number], table.counts[number]
        assert table.hashes[first : first + count].tolist() == hash_text(word).tolist()


def test_a_word_that_was_met_keeps_its_number() -> None:
    words = Lexicon()
    before, _ = words.look_up(["một", "hai", "một"])
    after, table = words.look_up(["ba", "hai", "một"])
    assert before.tolist() == [0, 1, 0]
    assert after.tolist() == [2, 1, 0]
    assert table.counts.tolist() == [1, 1, 1]


def test_an_end_of_line_takes_no_more_room_than_a_space() -> None:
    numbers, table = Lexicon().look_up(["một", LINE])
    assert (table.lengths[numbers] + 1).tolist() == [4, 0]


def test_a_lexicon_says_when_it_is_full() -> None:
    words = Lexicon()
    words.look_up(["một"])
    assert not words.is_full
    words.look_up([f"chữ{number}" for number in range(lexicon.MOST_WORDS)])
    assert words.is_full
