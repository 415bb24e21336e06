"""Signatures: the last line of a text names its authors, or it doesn't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from feeds.ingest.page import words_of
from feeds.ingest.signature import marked_lines, signature, signed_by, take_signature

TEXT = "<p>Thành phố mở thêm ba trường học cho trẻ em ở vùng ngoại ô vào mùa thu năm nay.</p>"

# A last line as its page writes it, and who it names.
SIGNED = [
    ("<p>Lê Phương</p>", ("Lê Phương",)),
    ("<p>Nguyễn Ngọc Minh</p>", ("Nguyễn Ngọc Minh",)),
    ("<p><strong>Hồng Vân</strong></p>", ("Hồng Vân",)),
    ("<p><em>Quốc Huy</em></p>", ("Quốc Huy",)),
    ("<p><strong><em>An Khang</em></strong></p>", ("An Khang",)),
    ("<p>NGUYỄN VĂN A - TRẦN B</p>", ("Nguyễn Văn A", "Trần B")),
    ("<p>TRUNG HIẾU</p>", ("Trung Hiếu",)),
    ("<p>MINH ANH – HẢI YẾN</p>", ("Minh Anh", "Hải Yến")),
    ('<p style="text-align: right;">Thanh Tùng</p>', ("Thanh Tùng",)),
    ('<p style="text-align:right">H.Vân</p>', ("H.Vân",)),
    ('<p align="right">Mai Chi</p>', ("Mai Chi",)),
    ('<p class="author">Bảo Trâm</p>', ("Bảo Trâm",)),
    ('<p class="pAuthor">Bảo Trâm - Gia Hân</p>', ("Bảo Trâm", "Gia Hân")),
    ('<div style="text-align:right"><p>Thu Hà</p></div>', ("Thu Hà",)),
    ("<p>Bài và ảnh: Hồng Vân</p>", ("Hồng Vân",)),
    ("<p><b>Bài, ảnh: THU HOÀI</b></p>", ("Thu Hoài",)),
    ("<p>Bài: Thanh Tùng - Ảnh: Ngọc Thành</p>", ("Thanh Tùng",)),
    ("<p>Thực hiện: Vũ Hải</p>", ("Vũ Hải",)),
    ("<p>Trần Nam (tổng hợp)</p>", ("Trần Nam",)),
    ("<p>Phạm Hà (Theo Reuters)</p>", ("Phạm Hà",)),
    ("<p>(Đặng Thu Trang)</p>", ("Đặng Thu Trang",)),
    ("<p>Hoàng Lan và Đỗ Quyên</p>", ("Hoàng Lan", "Đỗ Quyên")),
    ("<p>Vũ Hải, Lê Nga</p>", ("Vũ Hải", "Lê Nga")),
    ("<p>Lê Phương</p><p>(Theo TTXVN)</p>", ("Lê Phương",)),
    ("<p>Theo Lê Hoàng</p>", ("Lê Hoàng",)),
    # No one.
    ("<p>(Theo TTXVN)</p>", ()),
    ("<p>Theo TTXVN</p>", ()),
    ("<p>TTXVN/Vietnam+</p>", ()),
    ("<p>Theo Dân trí</p>", ()),
    ("<p><strong>Theo Báo Chính phủ</strong></p>", ()),
    ("<p>(Tổng hợp)</p>", ()),
    ("<p>PV</p>", ()),
    ("<p>Nhóm PV</p>", ()),
    ("<p>Hà Nội</p>", ()),
    ("<p><strong>Hồ Chí Minh</strong></p>", ()),
    ("<p>LÂM ĐỒNG</p>", ()),
    ("<p>Kết luận</p>", ()),
    ("<p>Hết</p>", ()),
    ("<p>Cần Thơ</p>", ()),
    ("<p>Hàn Quốc</p>", ()),
    ("<p>Thái Lan</p>", ()),
    ("<p>Hoa Kỳ</p>", ()),
    ("<p>Văn Hóa</p>", ()),
    ("<p>Ông Nam</p>", ()),
    ("<p>Trần Nam nói.</p>", ()),
    ("<p>Lê Phương sinh năm 1990</p>", ()),
    ("<p>Nguồn: Bộ Y tế</p>", ()),
    ("<p>Ông Nguyễn Văn A, giám đốc sở, cho biết sẽ mở thêm trường</p>", ()),
]


@pytest.mark.parametrize(("line", "authors"), SIGNED)
def test_the_last_line_of_a_text_names_its_authors(line: str, authors: tuple[str, ...]) -> None:
    root = html.document_fromstring(f"<html><body>{TEXT * 3}{line}</body></html>")
    marked = marked_lines(root)
    body = root.find("body")
    assert body is not None
    assert signature(body, marked) == authors
    assert TEXT[3:-4] in words_of(body)
    assert not any(name in words_of(body) for name in authors), "the line of names goes"


def test_a_line_set_right_signs_even_where_the_extractor_lost_it() -> None:
    page = f'{TEXT}<div style="text-align: right"><b>Bài, ảnh: THU HÀ</b></div>'
    marked = marked_lines(html.document_fromstring(page))
    assert signature(html.fromstring(f"<div>{TEXT}</div>"), marked) == ("Thu Hà",)
    assert (
        signature(html.fromstring(f"<div>{TEXT}</div>"), marked_lines(html.fromstring(TEXT))) == ()
    )


def test_an_agency_that_is_credited_stays_in_the_text() -> None:
    root = html.fromstring(f"<div>{TEXT}<p>Lê Phương</p><p>(Theo TTXVN)</p></div>")
    assert take_signature(root, frozenset()) == ("Lê Phương",)
    assert "(Theo TTXVN)" in words_of(root)


def test_a_name_in_the_middle_of_a_text_signs_nothing() -> None:
    root = html.fromstring(f"<div><p>Lê Phương</p>{TEXT * 4}</div>")
    assert take_signature(root, frozenset()) == ()


@given(st.text(max_size=120), st.booleans())
def test_any_line_is_read(line: str, is_marked: bool) -> None:
    assert isinstance(signed_by(line, is_marked), tuple)
