"""A lexicon: each word read once, whoever asks for it and however often."""

from feeds.text import lexicon
from feeds.text.lexicon import LINE, Ints, Lexicon, Table
from feeds.text.tokens import hash_text


def _read(words: list[str]) -> tuple[Ints, Table]:
    own = Lexicon()
    return own.numbers(words), own.learn()


def test_a_word_has_the_tokens_of_its_match_form() -> None:
    words = ["Nam,", "LĐ-TB&XH", "–", "08/11", ""]
    numbers, table = _read(words)
    for word, number in zip(words, numbers.tolist(), strict=True):
        first, count = table.firsts[number], table.counts[number]
        assert table.hashes[first : first + count].tolist() == hash_text(word).tolist()


def test_a_word_that_was_met_keeps_its_number() -> None:
    words = Lexicon()
    before = words.numbers(["một", "hai", "một"])
    assert words.learn().counts.tolist() == [1, 1]
    after, table = words.numbers(["ba", "hai", "một"]), words.learn()
    assert before.tolist() == [0, 1, 0]
    assert after.tolist() == [2, 1, 0]
    assert table.counts.tolist() == [1, 1, 1]


def test_an_end_of_line_takes_no_more_room_than_a_space() -> None:
    numbers, table = _read(["một", LINE])
    assert (table.lengths[numbers] + 1).tolist() == [4, 0]


def test_a_lexicon_says_when_it_is_full() -> None:
    words = Lexicon()
    words.numbers(["một"])
    words.learn()
    assert not words.is_full
    words.numbers([f"chữ{number}" for number in range(lexicon.MOST_WORDS)])
    words.learn()
    assert words.is_full
