"""Preparing: text that extractors lose is put where they find it, and none is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from feeds.ingest.page import key, words_of
from feeds.ingest.prepare import SPACE_MARK, prepare

URL = "https://bao.vn/a/tin"
LONG = "Câu chuyện kể về một thành phố bên sông và những người sống ở đó. " * 3


def prepared(body: str) -> html.HtmlElement:
    root = html.document_fromstring(f"<html><body>{body}</body></html>")
    prepare(root, URL)
    return root


def test_links_are_resolved_against_the_page() -> None:
    root = prepared(
        '<a href="b">1</a><a href="?c">2</a><a href=" /d">3</a><a href="mailto:e">4</a>'
    )
    assert [each.get("href") for each in root.iter("a")] == [
        "https://bao.vn/a/b",
        "https://bao.vn/a/tin?c",
        "https://bao.vn/d",
        "mailto:e",
    ]


def test_a_quoted_post_loses_the_names_that_make_it_an_embed() -> None:
    root = prepared(
        f'<div class="a"><figure class="social-embed"><blockquote class="twitter-tweet" id="t">'
        f"<p>{LONG}</p></blockquote></figure><p>{LONG}</p></div>"
    )
    quotation = root.find(".//blockquote")
    assert quotation is not None
    assert dict(quotation.attrib) == {}
    around = quotation.getparent()
    assert around is not None
    assert (around.tag, dict(around.attrib)) == ("div", {})
    assert root.find(".//div[@class='a']") is not None


PIECE = f'<div class="article-body"><p>{LONG}</p><p>{LONG}</p></div>'


@pytest.mark.parametrize(
    ("body", "sizes"),
    [
        (f"<main>{PIECE}<aside>quảng cáo</aside>{PIECE}</main>", [4, 0]),
        (f"<main>{PIECE}{PIECE.replace('<p>', '<h1>Khác</h1><p>', 1)}</main>", [2, 2]),
        (f"<article>{PIECE}</article><article>{PIECE}</article>", [2, 2]),
        (f"<main>{PIECE}</main>", [2]),
    ],
    ids=["cut by an advertisement", "with a headline", "in articles of their own", "alone"],
)
def test_the_pieces_of_one_text_are_joined_and_other_articles_are_not(
    body: str, sizes: list[int]
) -> None:
    found = prepared(body).findall(".//div[@class='article-body']")
    assert [len(piece.findall("p")) for piece in found] == sizes


def test_lines_apart_by_two_breaks_become_paragraphs() -> None:
    root = prepared(f"<div>Một <b>hai</b> {LONG}<br><br>ba<br>bốn<table></table>{LONG}</div>")
    paragraphs = [words_of(each) for each in root.iter("p")]
    assert len(paragraphs) == 3
    assert paragraphs[0].replace(SPACE_MARK, "").startswith("Một hai Câu")
    assert paragraphs[1] == "babốn"
    assert root.find(".//p/br") is not None, "one break is a new line"


def test_a_division_with_little_loose_text_stays_as_it_is() -> None:
    assert prepared("<div>a<br><br>b</div>").find(".//p") is None


def test_the_spaces_beside_inline_elements_are_marked() -> None:
    root = prepared("<p>a <i>b</i> c<b> d </b>e</p>")
    assert words_of(root).replace(SPACE_MARK, "").split() == ["a", "b", "c", "d", "e"]
    assert words_of(root).count(SPACE_MARK) == 3


PIECES = st.lists(
    st.sampled_from(["<div class='post-content'>", "</div>", "<br>", "<p>", LONG, " chữ ", "<i>"])
)


@settings(max_examples=80)
@given(PIECES)
def test_no_word_is_lost_or_made_up(pieces: list[str]) -> None:
    body = f"<p>đầu</p>{''.join(pieces)}"
    before = html.document_fromstring(f"<html><body>{body}</body></html>")
    assert sorted(key(words_of(prepared(body)))) == sorted(key(words_of(before)))
