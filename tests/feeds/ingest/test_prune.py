"""Pruning: what is no text goes, and what looks like it but is text stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from feeds.ingest.page import words_of
from feeds.ingest.prune import prune

TEXT = "<p>Thành phố mở thêm ba trường học cho trẻ em ở vùng ngoại ô vào mùa thu năm nay.</p>" * 4
TITLE = "Thành phố mở thêm trường"


def pruned(body: str, title: str = TITLE) -> str:
    root = html.document_fromstring(f"<html><body>{body}</body></html>").find("body")
    assert root is not None
    prune(root, [title])
    return html.tostring(root, encoding="unicode").removeprefix("<body>").removesuffix("</body>")


GOES = [
    "<p>Xem thêm: Bài khác của chúng tôi</p>",
    "<p>Đọc thêm: <a href='/b'>Bài khác</a></p>",
    "<p><b>>> Xem thêm: </b><a href='/b'>Bài khác của báo</a></p>",
    "<p><a href='/b'>Một bài khác hẳn về chuyện này</a></p>",
    "<h3><a href='/b'>Một bài khác hẳn về chuyện này</a></h3>",
    "<ul><li><a href='/b'>Một bài khác hẳn về chuyện</a></li>"
    "<li><a href='/c'>Bài nữa, cũng khác hẳn</a></li></ul>",
    "<p>Theo dõi Báo Bến Đò trên Google News</p>",
    "<p>Mời bạn đọc theo dõi thêm trên kênh của báo.</p>",
    "<p>Chia sẻ</p>",
    "<p>Bình luận</p>",
    "<p>Đăng ký nhận bản tin</p>",
    "<p>READ MORE: <a href='/b'>Another story</a></p>",
    "<p>Related: Snapshots of the city through time</p>",
    "<p>Sign up for our newsletter to get more.</p>",
    "<p>Follow us on Twitter and Facebook.</p>",
    "<p>Lesen Sie auch: <a href='/b'>Ein anderer Text</a></p>",
    "<p>À lire aussi : <a href='/b'>Un autre texte</a></p>",
]


@pytest.mark.parametrize("line", GOES)
def test_lines_that_lead_elsewhere_or_ask_for_something_go(line: str) -> None:
    assert pruned(TEXT + line + TEXT) == TEXT + TEXT


STAYS = [
    "<p>Bà con xem thêm nhiều tiết mục do các em nhỏ trong làng biểu diễn tối hôm ấy.</p>",
    "<p>Theo <a href='/b'>báo cáo của sở</a>, số trường đã tăng gấp đôi từ mười năm nay.</p>",
    "<p><a href='https://bao.vn/x'>https://bao.vn/x</a></p>",
    "<p>Ông chia sẻ về những khó khăn của người dân.</p>",
    "<p>They related the story to their children, who told it on.</p>",
    "<p>Omar said so in a letter posted on Twitter on Tuesday.</p>",
    "<ul><li><a href='/b'>An</a></li><li><a href='/c'>Bình</a></li></ul>",
    "<ul><li>Đi bộ mười phút mỗi ngày.</li><li>Uống nhiều nước.</li></ul>",
    "<h3>Trường mới</h3><p>Một trường nằm ở ven sông.</p>",
    "<p>Nguồn: Sở Giáo dục và Đào tạo thành phố.</p>",
]


@pytest.mark.parametrize("line", STAYS)
def test_text_that_only_resembles_them_stays(line: str) -> None:
    assert words_of(html.fromstring(line)) in words_of(html.fromstring(pruned(TEXT + line + TEXT)))


TAILS = [
    "<p>(Reporting by An Tran; editing by Binh Le)</p>",
    "<p>© Bến Đò 2026</p>",
    "<p>Source link</p>",
    "<p>Từ khóa: trường học, trẻ em</p>",
    "<h3>Video</h3>",
    "<h3>Tin liên quan</h3><p>Chuyện khác xảy ra ở một thành phố khác, chẳng dính dáng gì.</p>",
    "<p>Cùng chuyên mục</p><p>Chuyện khác xảy ra ở một thành phố khác.</p><p>Và chuyện nữa.</p>",
    "<p>Most read</p><p>Another thing that happened in another town.</p>",
]


@pytest.mark.parametrize("tail", TAILS)
def test_what_stands_below_the_text_goes(tail: str) -> None:
    assert pruned(TEXT + tail) == TEXT


@pytest.mark.parametrize(
    ("head", "left"),
    [
        (f"<p>GIÁO DỤC</p><h1>{TITLE}</h1>", ""),
        (f"<h2>{TITLE}</h2><p>Mở đầu.</p>", "<p>Mở đầu.</p>"),
        ("<h2>Một tiêu đề khác</h2>", "<h2>Một tiêu đề khác</h2>"),
    ],
)
def test_the_title_is_not_repeated(head: str, left: str) -> None:
    assert pruned(head + TEXT, f"{TITLE} - Báo Bến Đò") == left + TEXT


def test_a_heading_in_the_first_half_ends_nothing() -> None:
    assert pruned("<h3>Xem nhiều nhất</h3>" + TEXT).endswith(TEXT)


LINES = st.lists(
    st.sampled_from([*GOES, *STAYS, *TAILS, TEXT, "chữ <b>rời</b> ", "<img src='/a'>"])
)


@settings(max_examples=60)
@given(LINES)
def test_pruning_only_drops(lines: list[str]) -> None:
    body = "".join(lines)
    before = words_of(html.fromstring(f"<div>{body}</div>")).split()
    after = words_of(html.fromstring(f"<div>{pruned(body)}</div>")).split()
    rest = iter("".join(before))
    assert all(char in rest for char in "".join(after)), "what is left is in its old order"
