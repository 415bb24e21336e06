"""Guessing a text's language."""

import unicodedata

import pytest

from feeds.text.language import guess


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Thành phố Cần Thơ phát huy hiệu quả công tác chăm sóc trẻ em", None, "vi"),
        ("Thành phố Cần Thơ phát huy hiệu quả công tác chăm sóc trẻ em", "en", "vi"),
        ("Hà Nội", None, "vi"),
        ("nguoi dan thanh pho khong duoc vao khu vuc nay", None, "vi"),
        ("The minister said that the talks with Hồ Chí Minh City were over", None, "en"),
        ("The minister said that the talks were over", "vi", "en"),
        ("Le président a annoncé une réforme", None, "und"),
        ("Le président a annoncé une réforme", "fr-FR", "fr"),
        ("Le président a annoncé une réforme", "fr_ca", "fr"),
        ("2023", "VI", "vi"),
        ("", None, "und"),
        ("", "no language", "und"),
    ],
)
def test_words_decide_and_the_hint_fills_in(text: str, hint: str | None, language: str) -> None:
    assert guess(text, hint) == language


def test_composition_does_not_matter() -> None:
    assert guess(unicodedata.normalize("NFD", "Ủy ban nhân dân được mời")) == "vi"
