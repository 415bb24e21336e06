"""Key terms: names first, dull words never, the same on every machine."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.related.terms import Terms, plain_case
from feeds.related.terms import key_terms as of_reading
from feeds.text.reading import read
from feeds.text.vectors import NAME


def key_terms(title: str, text: str, limit: int = 16) -> Terms:
    (found,) = of_reading(read([plain_case(title), text]), limit)
    return found


def texts(title: str, text: str = "", limit: int = 16) -> list[str]:
    return list(key_terms(title, text, limit).names)


def weights(title: str, text: str) -> dict[str, float]:
    found = key_terms(title, text)
    return dict(zip(found.names, found.weights, strict=True))


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
    keys = [set(key_terms(title, "").keys) for title in (left, right)]
    assert keys[0] == keys[1]
    assert keys[0]


def test_a_title_counts_more_than_the_text() -> None:
    found = weights("Bão lũ miền Trung", "Giá vàng tăng. Giá vàng tăng.")
    assert found["bão lũ"] > found["giá vàng"]


def test_a_name_counts_more_than_a_pair_and_an_ordinary_name_less() -> None:
    found = weights("", "Trẻ em ở Cần Thơ và Hà Nội được tiêm chủng")
    assert found["Cần Thơ"] > found["trẻ em"] > found["Hà Nội"]


def test_capitals_say_nothing_in_a_title_written_large() -> None:
    assert "farmers fear another" not in [
        text.casefold() for text in texts("Farmers Fear Another Drought")
    ]
    assert "drought" in texts("Farmers Fear Another Drought")


def test_only_the_first_words_are_read() -> None:
    assert "xyzzy" not in texts("Tin", "chăm sóc trẻ em " * 200 + "xyzzy")


def test_keys_are_signed_64_bit_odd_for_names_and_never_change() -> None:
    found = key_terms("Trẻ em ở Cần Thơ", "")
    assert dict(zip(found.names, found.keys, strict=True)) == {
        "Cần Thơ": 112653058665952373,
        "trẻ em": -4974683455891625142,
    }
    assert [key & NAME for key in found.keys] == [1, 0]


TEXT = st.text(alphabet="aăâbcdđeêhiknoôơrtuưy ABCĐ.,-&\n0", max_size=400)


@given(TEXT, TEXT, st.integers(1, 40))
def test_weights_have_length_1_and_fall(title: str, text: str, limit: int) -> None:
    found = list(key_terms(title, text, limit).weights)
    assert len(found) <= limit
    assert found == sorted(found, reverse=True)
    assert all(weight > 0 for weight in found)
    if found:
        assert math.isclose(sum(weight**2 for weight in found), 1, abs_tol=0.01)


@given(TEXT, TEXT)
def test_terms_are_unique_and_depend_on_nothing_else(title: str, text: str) -> None:
    terms = key_terms(title, text)
    assert len(set(terms.keys)) == len(terms.keys)
    assert key_terms(title, text) == terms
    assert key_terms(unicodedata.normalize("NFC", title), text) == terms


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_an_article_has_the_same_terms_alone_and_in_a_batch(
    articles: list[tuple[str, str]],
) -> None:
    reading = read([part for title, text in articles for part in (plain_case(title), text)])
    assert of_reading(reading) == [key_terms(title, text) for title, text in articles]
