"""Markup that another parser can't read differently."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.settled import is_settled

TAGS = [
    *[
        "p",
        "div",
        "li",
        "ul",
        "a",
        "b",
        "i",
        "code",
        "blockquote",
        "h2",
        "h3",
        "figure",
        "table",
        "tr",
        "td",
        "br",
        "hr",
        "pre",
    ]
]
MARKUP = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
        st.sampled_from(["x", " ", "\n", "<br>", "&lt;p&gt;", '"', "&nbsp;"]),
    ),
    max_size=14,
).map("".join)
CLEANER = nh3.Cleaner(tags=set(TAGS), attributes={}, link_rel=None)


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
        '<figure><img src="x"><figcaption>a</figcaption></figure>',
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
