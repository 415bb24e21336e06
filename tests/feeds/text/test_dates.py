"""Dates in figures, with zeros and without."""

import pytest

from feeds.text.normalise import match_form
from feeds.text.reading import read


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("ngày 08/11", "ngày 8/11"),
        ("08-09-2026", "8/9/2026"),
        ("08.11.2026", "8/11/2026"),
        ("8.09.2026", "8.9.2026"),
        ("(31.01.2026)", "(31/1/2026)"),
        ("từ 01.02.2026.", "từ 1-2-2026"),
        ("08\u201311\u20132026", "8-11-2026"),
        ("08\u221211", "8/11"),
        ("０８／１１／２０２６", "8/11/2026"),
        ("01.02.2026-03.04.2026", "1.2.2026-3.4.2026"),
    ],
)
def test_a_zero_makes_no_other_date(written: str, same: str) -> None:
    assert match_form(written) == match_form(same)
    assert read([written]).hashes.tolist() == read([f"Mưa {same}"]).hashes.tolist()[1:]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("tăng 1.05", "tăng 1.5"),
        ("0.5 điểm", ".5 điểm"),
        ("08.11", "8.11"),
        ("10/11", "1/11"),
        ("08.13.2026", "8.13.2026"),
        ("32.01.2026", "32.1.2026"),
        ("1.08.11.2026", "1.8.11.2026"),
        ("08.11.20260", "8.11.20260"),
        ("08.11.2026.5", "8.11.2026.5"),
        ("08.11. 2026", "8.11. 2026"),
        ("1.05.000", "1.5.000"),
    ],
)
def test_what_may_be_no_date_keeps_its_zeros(written: str, other: str) -> None:
    assert match_form(written) != match_form(other)
