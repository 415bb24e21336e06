import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.query import LONGEST, MOST_WORDS, marked, parse_query


@pytest.mark.parametrize(
    ("typed", "wanted", "exact"),
    [
        ("nhân quyền", "nhan quyen", "nhân quyền"),
        ("nhan quyen", "nhan quyen", ""),
        ("Nhân  QUYỀN", "nhan quyen", "nhân quyền"),
        ("nhân", "nhan", "nhân"),
        ('"nhân quyền" Cần Thơ', '"nhan quyen" can tho', "nhân quyền cần thơ"),
        ("“nhân quyền”", '"nhan quyen"', "nhân quyền"),
        ('"nhân quyền', '"nhan quyen"', "nhân quyền"),
        ("bão -lũ", "bao -lu", "bão"),
        ('bao -"lu lut"', 'bao -"lu lut"', ""),
        ("COVID-19", '"covid 19"', ""),
        ("sống or chết", 'song "or" chet', "sống or chết"),
        ("Ðà Nẵng", "da nang", "ðà nẵng"),
        ("-bao", "", ""),
        ("", "", ""),
        ('""', "", ""),
        ("& | ! ( ) : * <->", "", ""),
    ],
)
def test_what_was_typed_is_understood(typed: str, wanted: str, exact: str) -> None:
    query = parse_query(typed)
    assert (query.wanted, query.exact) == (wanted, exact)


@given(st.text(max_size=400))
def test_whatever_is_typed_is_a_short_query_of_folded_words(typed: str) -> None:
    query = parse_query(typed)
    assert len(query.typed) <= LONGEST
    assert len(query.wanted.replace('"', " ").split()) <= MOST_WORDS
    assert "\0" not in query.wanted + query.exact
    assert bool(query.words) == bool(query.wanted)


@given(st.text(), st.frozensets(st.text(alphabet="abcdnhan", max_size=4)))
def test_marking_changes_no_word(text: str, words: frozenset[str]) -> None:
    shown = str(marked(text, words))
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    if "\0" not in text and text.isprintable() and text.strip():
        assert lxml.html.fromstring(f"<p>{shown}</p>").text_content() == text


def test_words_are_marked_with_and_without_diacritics_and_as_one_run() -> None:
    shown = marked("Nhân quyền & <b>nhan</b>", frozenset({"nhan", "quyen"}))
    assert shown == "<mark>Nhân quyền</mark> &amp; &lt;b&gt;<mark>nhan</mark>&lt;/b&gt;"
