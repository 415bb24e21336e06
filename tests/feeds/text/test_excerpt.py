"""Excerpts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.excerpt import ELLIPSIS, excerpt

WRITING = st.text(st.sampled_from("aé5 %,.)(“”-–…\n"), max_size=80)


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("một hai ba", 10, "một hai ba"),
        ("một hai ba", 9, "một hai…"),
        ("một hai ba", 8, "một hai…"),
        ("một hai, ba", 9, "một hai…"),
        ("một – hai", 7, "một…"),
        ("tăng 5% so với", 9, "tăng…"),
        ("người ta (và", 11, "người ta…"),
        ("quádài", 3, "…"),
        ("một", 0, ""),
        ("", 0, ""),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, limit: int, cut: str) -> None:
    assert excerpt(text, limit) == cut


@given(WRITING, st.integers(1, 90))
def test_an_excerpt_fits_and_ends_with_a_whole_word(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    if cut != text:
        kept = cut.removesuffix(ELLIPSIS)
        assert cut.endswith(ELLIPSIS)
        assert text.startswith(kept)
        assert kept == "" or kept[-1].isalnum()
        assert not (kept and text[len(kept)].isalnum())
