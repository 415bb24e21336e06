import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.normalise import match_form
from feeds.text.spelling import spellings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {""}),
        ("nhân quyền", {"nhân quyền"}),
        ("hoà", {"hoà", "hòa"}),
        ("hòa", {"hoà", "hòa"}),
        ("thủy, khoẻ", {"thủy, khỏe", "thuỷ, khoẻ"}),
        ("hoàn toàn", {"hoàn toàn"}),
        ("ðảng bộ đoàn", {"đảng bộ đoàn", "ðảng bộ ðoàn"}),
    ],
)
def test_a_tone_has_two_places_at_the_end_of_a_syllable(text: str, expected: set[str]) -> None:
    found = spellings(text)
    assert len(found) == len(set(found))
    assert set(found) == expected


@given(st.text("hoàòaúyuỷ ðđn,", max_size=30))
def test_all_spellings_have_one_match_form_and_are_few(text: str) -> None:
    found = spellings(text)
    assert {match_form(one) for one in found} == {match_form(text)}
    assert 1 <= len(found) <= 4
