"""Key terms: names first, dull words never, the same on every machine."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.related.terms import key_terms, term_key


def texts(title: str, text: str = "", limit: int = 16) -> list[str]:
    return [term.text for term in key_terms(title, text, limit)]


FOUND = {
    "a Vietnamese name": ("Đoàn công tác đến Cần Thơ", "Cần Thơ"),
    "a name of three syllables": ("Trao quà cho Phạm Văn Chiên", "Phạm Văn Chiên"),
    "a name that opens the sentence": ("Cần Thơ chăm lo trẻ em", "Cần Thơ"),
    "a name without the office before it": ("Theo Bộ Công Thương hôm qua", "Công Thương"),
    "an acronym": ("Sở LĐ-TB&XH tổng kết", "LĐ-TB&XH"),
    "a pair of content syllables": ("Cần chăm sóc trẻ em", "trẻ em"),
    "a foreign name in Vietnamese": ("Thiệt hại sau bão Yagi ở miền núi", "Yagi"),
    "an English name": ("The prime minister met Angela Merkel in the capital", "Angela Merkel"),
    "an English word": ("Farmers fear another drought", "drought"),
}


@pytest.mark.parametrize(("title", "term"), FOUND.values(), ids=FOUND.keys())
def test_finds(title: str, term: str) -> None:
    assert term in texts(title)


DROPPED = {
    "words of function": ("Họ đã và đang nói với nhau như vậy", "và đang"),
    "pairs that any news may hold": ("Tăng cường công tác tuyên truyền", "công tác"),
    "pairs across a dull pair": ("Tăng cường công tác tuyên truyền", "cường công"),
    "a single large syllable": ("Hôm qua Thủ tướng nói chuyện", "Thủ"),
    "English words of function": ("They would have been there because of that", "because"),
    "numbers": ("Dịch cúm làm 2024 người bệnh", "2024"),
}


@pytest.mark.parametrize(("title", "term"), DROPPED.values(), ids=DROPPED.keys())
def test_drops(title: str, term: str) -> None:
    assert term not in texts(title)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sở LĐ-TB&XH họp", "Sở LĐTB-XH họp"),
        ("Sở LĐ-TB&XH họp", "Sở LÐ-TB&XH họp"),
        ("Đến Khánh Hòa ngay", "Đến Khánh Hoà ngay"),
        ("Trẻ em mồ côi", "TRẺ EM MỒ CÔI"),
    ],
)
def test_two_spellings_are_one_term(left: str, right: str) -> None:
    keys = [{term.key for term in key_terms(title, "")} for title in (left, right)]
    assert keys[0] == keys[1]
    assert keys[0]


def test_a_title_counts_more_than_the_text() -> None:
    terms = key_terms("Bão lũ miền Trung", "Giá vàng tăng. Giá vàng tăng.")
    weights = {term.text: term.weight for term in terms}
    assert weights["bão lũ"] > weights["giá vàng"]


def test_a_name_counts_more_than_a_pair_and_an_ordinary_name_less() -> None:
    terms = key_terms("", "Trẻ em ở Cần Thơ và Hà Nội được tiêm chủng")
    weights = {term.text: term.weight for term in terms}
    assert weights["Cần Thơ"] > weights["trẻ em"] > weights["Hà Nội"]


def test_capitals_say_nothing_in_a_title_written_large() -> None:
    assert "farmers fear another" not in [
        text.casefold() for text in texts("Farmers Fear Another Drought")
    ]
    assert "drought" in texts("Farmers Fear Another Drought")


def test_only_the_first_words_are_read() -> None:
    assert "xyzzy" not in texts("Tin", "chăm sóc trẻ em " * 200 + "xyzzy")


def test_keys_are_signed_64_bit_and_never_change() -> None:
    assert term_key("trẻ em") == term_key("trẻ em")
    assert term_key("cần thơ") == CAN_THO
    assert -(2**63) <= term_key("cần thơ") < 2**63


CAN_THO = 7038611077545443573

TEXT = st.text(alphabet="aăâbcdđeêhiknoôơrtuưy ABCĐ.,-&\n0", max_size=400)


@given(TEXT, TEXT, st.integers(1, 40))
def test_weights_have_length_1_and_fall(title: str, text: str, limit: int) -> None:
    weights = [term.weight for term in key_terms(title, text, limit)]
    assert len(weights) <= limit
    assert weights == sorted(weights, reverse=True)
    assert all(weight > 0 for weight in weights)
    if weights:
        assert math.isclose(sum(weight**2 for weight in weights), 1, abs_tol=0.01)


@given(TEXT, TEXT)
def test_terms_are_unique_and_depend_on_nothing_else(title: str, text: str) -> None:
    terms = key_terms(title, text)
    assert len({term.key for term in terms}) == len(terms)
    assert key_terms(title, text) == terms
    assert key_terms(unicodedata.normalize("NFC", title), text) == terms
