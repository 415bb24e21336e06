"""Texts for people and match forms."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.normalise import display, fold, match_form, slugify, syllables

WRITING = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "hòa thúy Đð ÐƉ ỌẠae\u0301\u0323\u0302\u0345İßŉΐ\u200b\u00ad👍🏽\ufe0f𝒳\ud800(-–)TO "
        ),
    )
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("hòa", "hoà"),
        ("thúy", "thuý"),
        ("KHỎE", "khoẻ"),
        ("ngòai", "ngoài"),
        ("Sở LÐ-TB&XH", "sở lđ tb xh"),
        ("ðồng", "Đồng"),
        ("Cần Thơ: “trẻ em”…", "cần thơ trẻ em"),
        ("Straße", "STRASSE"),
        ("so\u00adft hy\u200bphen", "soft hyphen"),
        ("ngày 08/11/2023", "Ngày 8-11-2023"),
        ("08/09", "8/9"),
        ("５ người, ٣, 𝟗", "5 người 3 9"),
        ("1.000 đồng", "1,000 đồng"),
    ],
)
def test_spellings_of_one_word_have_one_match_form(left: str, right: str) -> None:
    assert match_form(left) == match_form(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("mùa", "mua"),
        ("hòa", "hóa"),
        ("bà", "ba"),
        ("5 người", "6 người"),
        ("0,05%", "0,5%"),
        ("10/11", "1/11"),
        ("007", "7"),
    ],
)
def test_different_words_stay_different(left: str, right: str) -> None:
    assert match_form(left) != match_form(right)


WRITTEN = "hòa thúy khỏe Đồng LĐ-TB&XH trẻ em 8/11 08/09/2023 5.000 Hà Nội, thật: “một” (hai) – ba"
SYLLABLES = st.sampled_from(WRITTEN.split())
SENTENCES = st.lists(SYLLABLES, min_size=2, max_size=12).map(" ".join).map("Sáng {}".format)
DATELINES = st.sampled_from(
    [
        "",
        "(ĐCSVN) - ",
        "HÀ NỘI, 8/11 (TTXVN) – ",
        "Hà Nội, ngày 08/11 (TTXVN) - ",
        "(Dân trí) - ",
        "TPO - ",
        "LONDON (Reuters) - ",
        "LONDON, Nov 8 (Reuters) – ",
        "Hà Nội, ngày 8 tháng 11 năm 2026 (TTXVN) - ",
        "NEW YORK, Nov. 8, 2026 (AP) — ",
        "[TTXVN] – ",
    ]
)
SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace("Đ", "Ð").replace("đ", "ð"),
    lambda text: text.replace("hòa", "hoà").replace("thúy", "thuý").replace("khỏe", "khoẻ"),
    lambda text: text.replace(", ", " ,  ").replace("–", "—").replace("“", '"').replace("”", '"'),
    lambda text: text.replace("5.000", "5,000").replace("08/09/2023", "8-9-2023"),
    lambda text: f"\ufeff {text}…\u200b ",
]


@given(SENTENCES, DATELINES, st.lists(st.sampled_from(SPELLINGS), max_size=4))
def test_datelines_and_spellings_change_no_match_form(
    sentence: str, dateline: str, spellings: list[Callable[[str], str]]
) -> None:
    text = dateline + sentence
    for spell in spellings:
        text = spell(text)
    assert match_form(text) == match_form(sentence)


def test_a_leading_dateline_does_not_count() -> None:
    assert match_form("HÀ NỘI, 8/11 (TTXVN) – Thủ tướng") == match_form("Thủ tướng")


@given(WRITING)
def test_match_form_is_idempotent(text: str) -> None:
    assert match_form(match_form(text)) == match_form(text)


@given(WRITING)
def test_composition_does_not_change_the_match_form(text: str) -> None:
    assert match_form(unicodedata.normalize("NFD", text)) == match_form(text)


@given(WRITING)
def test_syllables_are_the_words_of_the_match_form(text: str) -> None:
    assert " ".join(syllables(text)) == match_form(text)


@given(WRITING)
def test_fold_of_the_match_form_is_the_same_fold(text: str) -> None:
    assert fold(match_form(text)) == fold(text) == fold(fold(text))


def test_fold_needs_no_diacritics() -> None:
    assert fold("Đường Trường Sơn — LÐ") == "duong truong son ld"


@given(WRITING)
def test_display_is_idempotent_composed_and_without_loose_spaces(text: str) -> None:
    shown = display(text)
    assert display(shown) == shown == unicodedata.normalize("NFC", shown)
    assert shown == " ".join(shown.split())


@given(WRITING)
def test_display_holds_only_what_xml_allows(text: str) -> None:
    for char in display(text):
        assert char in "\t\n\r" or 0x20 <= ord(char) <= 0xD7FF or ord(char) >= 0xE000
        assert ord(char) & 0xFFFE != 0xFFFE
        assert not 0x202A <= ord(char) <= 0x202E


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  a\u00a0\n b\t", "a b"),
        ("LÐ-TB&XH", "LÐ-TB&XH"),
        ("a\x00b\x0bc", "ab c"),
        ("\u202egnirts\u202c", "gnirts"),
        ("e\u200b\u0301", "é"),
        ("x\U0001fffey", "xy"),
        ("", ""),
    ],
)
def test_display_cleans_and_keeps_the_wording(raw: str, shown: str) -> None:
    assert display(raw) == shown


@given(WRITING)
def test_slugs_are_short_and_plain_and_never_empty(text: str) -> None:
    slug = slugify(text)
    assert 0 < len(slug) <= 80
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug == slug.strip("-")


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert slugify("một " * 40) == "-".join(["mot"] * 20)
    assert len(slugify("x" * 200)) == 80


def test_texts_without_letters_of_ascii_get_different_slugs() -> None:
    assert slugify("新聞") != slugify("日本")
