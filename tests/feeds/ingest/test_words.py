import pytest

from feeds.ingest.words import as_html, words

CASES = [
    ("Tin nóng", None, "Tin nóng"),
    ("Đầu năm 2024 đ&atilde; c&oacute;", None, "Đầu năm 2024 đã có"),
    ("AT&amp;T", None, "AT&T"),
    ("a <b>bold</b>\n title", None, "a bold title"),
    ("x < y và List<int>", None, "x < y và List<int>"),
    ("a<script>alert(1)</script>b", None, "ab"),
    ("a <i>b</i>", False, "a <i>b</i>"),
    ("R&D; Q&A", None, "R&D; Q&A"),
    ("<p>a</p>", True, "a"),
]


@pytest.mark.parametrize(("text", "is_html", "expected"), CASES)
def test_titles_become_plain_words(text: str, is_html: bool | None, expected: str) -> None:
    assert words(text, is_html) == expected


def test_a_title_full_of_tags_is_read_at_once() -> None:
    assert words("<script>" * 100_000 + "x").startswith("<script>")


def test_plain_text_is_escaped_before_it_counts_as_html() -> None:
    assert as_html("x < y & z", is_html=False) == "x &lt; y &amp; z"
    assert as_html("<p>x</p>", is_html=True) == "<p>x</p>"
