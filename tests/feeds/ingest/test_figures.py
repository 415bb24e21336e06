"""Figures: pictures stand where they stood, with their captions, and teasers' pictures don't."""

from dataclasses import replace

import pytest
from lxml import html

from feeds.ingest.figures import Figure, lead_image, list_figures, place, take_captions
from feeds.ingest.page import words_of
from feeds.model import Image

URL = "https://bao.vn/tin"


def page(body: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><body>{body}</body></html>")


def taken(root: html.HtmlElement) -> tuple[Figure, ...]:
    captions = take_captions(root)
    return list_figures(root, URL, captions)


def figures(body: str) -> list[tuple[str, str]]:
    return [(one.url.removeprefix("https://bao.vn"), one.caption) for one in taken(page(body))]


CAPTIONED = [
    '<figure><img src="/a.jpg"><figcaption>Chú thích</figcaption></figure>',
    '<div class="VCSortableInPreviewMode"><div><img src="/a.jpg"></div>'
    '<div class="PhotoCMS_Caption"><p>Chú thích</p></div></div>',
    '<table class="picture"><tr><td><img src="/a.jpg"></td></tr>'
    '<tr><td class="caption">Chú thích</td></tr></table>',
    '<table><tr><td><img src="/a.jpg"></td></tr><tr><td>Chú thích</td></tr></table>',
    '<div><img src="/a.jpg"><span class="image_desc">Chú thích</span></div>',
    '<div class="wp-caption"><img src="/a.jpg"><p class="wp-caption-text">Chú thích</p></div>',
]


@pytest.mark.parametrize("markup", CAPTIONED)
def test_captions_are_found_and_taken_out_of_the_page(markup: str) -> None:
    root = page(f"<article><p>Trước.</p>{markup}<p>Sau.</p></article>")
    (found,) = taken(root)
    assert (found.url, found.caption) == ("https://bao.vn/a.jpg", "Chú thích")
    assert (found.before, found.after) == ("trước", "sau")
    assert "Chú thích" not in words_of(root)


ADDRESSES = [
    ('<img src="data:image/gif;base64,R0" data-src="/a.jpg">', "/a.jpg"),
    ('<img src="/nho.jpg" data-original="/a.jpg">', "/a.jpg"),
    ('<img srcset="/nho.jpg 300w, /a.jpg 1200w">', "/a.jpg"),
    ('<img src="/nho.jpg" srcset="/a.jpg 1200w, /nho.jpg 300w">', "/a.jpg"),
    ('<img srcset="/w_300,h_200/a.jpg 300w, /w_1200,h_800/a.jpg 1200w">', "/w_1200,h_800/a.jpg"),
    ('<img srcset="/nho.jpg, /a.jpg 1.5x,/vua.jpg 1.2x">', "/a.jpg"),
    ('<img srcset="/a.jpg ..w">', "/a.jpg"),
    ('<img src="/trong.gif" data-lazy="/a.jpg">', "/a.jpg"),
    ('<img src="/i/lazy-placeholder.png" data-lg="/a.jpg" data-sm="/b.jpg">', "/a.jpg"),
    ('<img src="/a.jpg" data-hover="/b.jpg" data-name="b.jpg">', "/a.jpg"),
    ('<img src="/a.jpg" data-lazy="true" data-url="/bai-nay">', "/a.jpg"),
    ('<img src="/trong.gif" class="lazy"><noscript><img src="/a.jpg"></noscript>', "/a.jpg"),
    ('<img src="/a.jpg"><noscript>Không có ảnh</noscript>', "/a.jpg"),
    ('<picture><source data-srcset="/a.jpg 900w"><img src="data:image/gif;,"></picture>', "/a.jpg"),
    ('<a href="/lon.jpg"><img src="/a.jpg"></a>', "/a.jpg"),
    ('<figure><a href="/bai-nay"><img src="/a.jpg"></a></figure>', "/a.jpg"),
]


@pytest.mark.parametrize(("markup", "address"), ADDRESSES)
def test_the_real_address_of_a_picture_is_taken(markup: str, address: str) -> None:
    assert figures(f"<p>Trước.</p>{markup}") == [(address, "")]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="/icon.png" width="16" height="16">',
        '<a href="/bai-khac"><img src="/a.jpg"></a>',
        '<a href="/bai-khac"><figure><img src="/a.jpg"></figure></a>',
        '<aside><img src="/a.jpg"></aside>',
        '<header><img src="/logo.png"></header>',
        '<img src="data:image/gif;base64,R0lG">',
        '<img src="/i/spacer.gif" data-name="a.jpg">',
        "<img>",
    ],
)
def test_icons_and_teasers_are_no_pictures_of_the_text(markup: str) -> None:
    assert figures(f"<p>Trước.</p>{markup}<p>Sau.</p>") == []


def placed(body: str, *found: Figure) -> str:
    root = html.fragment_fromstring(body, create_parent="div")
    place(root, found)
    return html.tostring(root, encoding="unicode").removeprefix("<div>").removesuffix("</div>")


def figure(url: str, before: str, after: str, caption: str = "", inside: bool = False) -> Figure:
    return Figure(url, "", caption, before, after, inside)


def test_pictures_go_back_between_the_paragraphs_that_they_stood_between() -> None:
    html_ = placed(
        "<p>Một.</p><ul><li>Hai.</li></ul><p>Ba.</p>",
        figure("u1", "khác", "một"),
        figure("u2", "một", "hai", "Lời"),
        figure("u3", "một", "hai"),
        figure("u4", "hai", "ba"),
        figure("u2", "hai", "ba"),
    )
    assert html_ == (
        '<figure><img src="u1" alt=""></figure><p>Một.</p>'
        '<figure><img src="u2" alt=""><figcaption>Lời</figcaption></figure>'
        '<figure><img src="u3" alt=""></figure><ul><li>Hai.</li></ul>'
        '<figure><img src="u4" alt=""></figure><p>Ba.</p>'
    )


@pytest.mark.parametrize(("inside", "count"), [(True, 1), (False, 0)])
def test_a_picture_after_the_last_paragraph_must_stand_in_the_same_place(
    inside: bool, count: int
) -> None:
    assert placed("<p>Hết.</p>", figure("u", "hết", "", inside=inside)).count("<img") == count


def test_the_lead_image_takes_the_caption_of_the_same_file() -> None:
    found = [figure("https://cdn.vn/300/a.jpg?w=1", "", "", "Cầu mới. Ảnh: An Nhi")]
    given = Image("https://cdn.vn/1200/a.jpg")
    assert lead_image(given, found, []) == Image(given.url, caption="Cầu mới.", credit="An Nhi")
    assert lead_image(None, found, []) == Image(found[0].url, caption="Cầu mới.", credit="An Nhi")
    assert lead_image(Image("https://cdn.vn/b.jpg"), found, []) == Image("https://cdn.vn/b.jpg")
    other_size = Image("https://cdn.vn/a_r_1200x630.jpg")
    assert lead_image(other_size, found, []) == Image(
        other_size.url, caption="Cầu mới.", credit="An Nhi"
    )
    assert lead_image(None, [], []) is None
    own = Image("https://cdn.vn/b.jpg", caption="Của trang. Ảnh: Lê Vy")
    assert lead_image(own, found, []) == Image(own.url, caption="Của trang.", credit="Lê Vy")


def test_a_picture_outside_the_text_leads_only_with_a_caption() -> None:
    logo, own = figure("https://bao.vn/logo.png", "", ""), figure("https://bao.vn/a.jpg", "", "")
    assert lead_image(None, [logo, own], [own]) == Image(own.url)
    assert lead_image(None, [logo, own], []) is None
    captioned = replace(own, caption="Cầu mới.")
    assert lead_image(None, [logo, captioned], []) == Image(own.url, caption="Cầu mới.")


def test_a_credit_that_is_glued_to_the_caption_is_told_from_it() -> None:
    caption = "By the river.<i>Image Credit: An Nhi</i>"
    markup = f"<figure><img src='/a.jpg'><figcaption>{caption}</figcaption></figure>"
    (found,) = taken(page(markup))
    image = lead_image(None, [found], [])
    assert image is not None
    assert (image.caption, image.credit) == ("By the river.", "An Nhi")
