"""Markup that another parser can't read differently."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.settled import is_settled

_NAMES = """p div li ul a b i code blockquote h2 h3 figure table thead tbody tfoot tr td th caption
    dl dt dd br hr pre"""
TAGS = _NAMES.split()
MARKUP = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
        st.sampled_from(["x", " ", "\n", "<br>", "&lt;p&gt;", '"', "&nbsp;"]),
    ),
    max_size=14,
).map("".join)
ROWS = [f"<{end}{tag}>" for tag in ("table", "tbody", "tr", "td", "caption") for end in ("", "/")]
CLEANER = nh3.Cleaner(tags=set(TAGS), attributes={}, link_rel=None)


@given(st.lists(st.sampled_from([*ROWS, "x", " ", "<b>", "</b>", "<p>", "</p>"]), max_size=24))
def test_settled_tables_are_not_changed_by_another_parse(parts: list[str]) -> None:
    clean = CLEANER.clean("<table>" + "".join(parts))
    if is_settled(clean):
        assert CLEANER.clean(clean) == clean


@given(st.lists(st.sampled_from([*ROWS, "x", " ", "<ul>", "<li>", "</li>", "</ul>"]), max_size=12))
def test_markup_that_no_parser_wrote_is_settled_only_if_it_stays(parts: list[str]) -> None:
    markup = "<table><tbody><tr>" + "".join(parts) + "</tr></tbody></table>"
    if is_settled(markup):
        assert CLEANER.clean(markup) == markup


@given(MARKUP)
def test_settled_markup_is_not_changed_by_another_parse(markup: str) -> None:
    clean = CLEANER.clean(markup)
    if is_settled(clean):
        assert CLEANER.clean(clean) == clean


@pytest.mark.parametrize(
    "markup",
    [
        "words",
        "<p>a <b>b</b> c<br>d</p><ul><li>e</li></ul>",
        "<table><caption>a</caption><tbody><tr><td><p>a</p></td>\n<td></td></tr></tbody></table>",
        "<dl><dt>a</dt><dd><ul><ul><li>b</li></ul></ul></dd></dl>",
        '<figure><img src="x"><figcaption>a</figcaption></figure>',
        "<ul><b>a</b></ul>",
        "<a><div>a</div></a><hr><pre>b</pre><i><i>c</i></i>",
    ],
)
def test_running_text_is_settled(markup: str) -> None:
    assert is_settled(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<p><div>a</div></p>",
        "<a>a<b><a>b</a></b></a>",
        "<li>a</li>",
        "<table><tr><td>a</td></tr></table>",
        "<table><tbody><tr><td>a</td>b</tr></tbody></table>",
        "<table><tbody><tr><b>a</b></tr></tbody></table>",
        "<table><tbody><tr><td><td>a</td></td></tr></tbody></table>",
        '<pre lang="vi">\na</pre>',
        "<dl><div><dt>a</dt></div></dl>",
        "<pre>\na</pre>",
        "<p><a><div>a</div></a></p>",
        "<b><b><b><b>a</b></b></b></b>",
        "<p>a",
        "a</p>",
        "<p>a\rb</p>",
        "<h2><h3>a</h3></h2>",
    ],
)
def test_anything_else_needs_the_proof(markup: str) -> None:
    assert not is_settled(markup)
