"""Ends that writers leave out, put in where a parser puts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.ends import with_ends
from feeds.text.html import by_parser
from feeds.text.tidy import tidied

_NAMES = "p div ul ol li dl dt dd a b span h2 h3 table tbody tr td th figure br"
MARKUP = st.lists(
    st.sampled_from(
        [f"<{end}{name}>" for name in _NAMES.split() for end in ("", "/")] + ["x", " "]
    ),
    max_size=12,
).map("".join)


@given(MARKUP)
def test_ends_are_put_in_where_the_parser_puts_them(markup: str) -> None:
    found = tidied(markup, None)
    assert found is None or found.html == by_parser(markup, None)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li><p>b</ul>", "<ul><li>a</li><li><p>b</p></li></ul>"),
        ("<p>a<ul></ul></p>", "<p>a</p><ul></ul><p></p>"),
        ("<table><tr><td>a<td>b</table>", None),
        ("a</div></b>", "a"),
    ],
)
def test_what_is_left_out_is_certain(markup: str, expected: str | None) -> None:
    found = tidied(markup, None)
    assert (found and found.html) == (expected or by_parser(markup, None))


@pytest.mark.parametrize("marks", [["p", "b", "p"], ["a", "div", "a"], ["h2", "/h3"]])
def test_what_a_parser_would_open_again_is_left_to_it(marks: list[str]) -> None:
    assert with_ends(marks) is None
