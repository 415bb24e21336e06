import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.bylines import MOST_AUTHORS, clean_authors, written_by

CASES = [
    (["Nguyễn Văn A"], ("Nguyễn Văn A",)),
    (["Lê Phương"], ("Lê Phương",)),
    (["Hồng Vân"], ("Hồng Vân",)),
    (["H.Vân"], ("H.Vân",)),
    (["NGUYỄN VĂN A - TRẦN B"], ("Nguyễn Văn A", "Trần B")),
    (["NGUYỄN VĂN A – TRẦN THỊ B"], ("Nguyễn Văn A", "Trần Thị B")),
    (["HỒ ĐỨC- MINH ANH"], ("Hồ Đức", "Minh Anh")),
    (["TRUNG HIẾU"], ("Trung Hiếu",)),
    (["Hà Thanh – Quốc Huy"], ("Hà Thanh", "Quốc Huy")),
    (["Phạm Minh, Hoàng Lan, Đỗ Quyên"], ("Phạm Minh", "Hoàng Lan", "Đỗ Quyên")),
    (["Hồng Hạnh và Lan Anh"], ("Hồng Hạnh", "Lan Anh")),
    (["Nguyễn An/Trần Bình"], ("Nguyễn An", "Trần Bình")),
    (["An; Bình; Chi"], ("An", "Bình", "Chi")),
    (["Minh Anh (tổng hợp)"], ("Minh Anh",)),
    (["Thu Hà (Theo Reuters, AFP)"], ("Thu Hà",)),
    (["Quỳnh Chi (theo Guardian)"], ("Quỳnh Chi",)),
    (["Mai Lan - Theo Reuters"], ("Mai Lan",)),
    (["Minh Anh (TTXVN)"], ("Minh Anh",)),
    (["Nguyễn Hưng (từ Paris)"], ("Nguyễn Hưng",)),
    (["Thạch Thảo, theo CNN"], ("Thạch Thảo",)),
    (["Hải Yến/Báo Tin tức"], ("Hải Yến",)),
    (["Theo Lê Hoàng"], ("Lê Hoàng",)),
    (["Bài và ảnh: Hồng Vân"], ("Hồng Vân",)),
    (["Bài, ảnh: NGỌC MINH"], ("Ngọc Minh",)),
    (["Bài: Thanh Tùng - Ảnh: Ngọc Thành"], ("Thanh Tùng",)),
    (["Bài: Thanh Tùng; Ảnh: Ngọc Thành"], ("Thanh Tùng",)),
    (["Ảnh: Ngọc Thành"], ("Ngọc Thành",)),
    (["Thực hiện: Vũ Hải"], ("Vũ Hải",)),
    (["Phóng viên Trần Nam"], ("Trần Nam",)),
    (["PV Trần Nam"], ("Trần Nam",)),
    (["Tác giả: Đặng Thu Trang"], ("Đặng Thu Trang",)),
    (["toasoan@bao.vn (Hồng Vân)"], ("Hồng Vân",)),
    (["Hồng Vân <van@bao.vn>"], ("Hồng Vân",)),
    (["  Hồng  Vân ", "HỒNG VÂN", "Hồng Vân"], ("Hồng Vân",)),
    (["Ban Kinh tế và Xã hội"], ("Ban Kinh tế và Xã hội",)),
    # No one who wrote it: agencies, papers, desks, roles, addresses.
    (["TTXVN"], ()),
    (["Theo TTXVN"], ()),
    (["(Theo TTXVN)"], ()),
    (["THEO TTXVN"], ()),
    (["Theo TTXVN/Vietnam+"], ()),
    (["Theo Dân trí"], ()),
    (["Theo Báo Cần Thơ"], ()),
    (["Theo vnexpress.net"], ()),
    (["Theo Reuters, AFP"], ()),
    (["AFP - Reuters"], ()),
    (["Báo Thanh Niên"], ()),
    (["(Tổng hợp)"], ()),
    (["PV"], ()),
    (["Nhóm PV"], ()),
    (["PV (tổng hợp)"], ()),
    (["Ban Biên tập"], ()),
    (["Ban Thời sự"], ()),
    (["Nguồn: Bộ Y tế"], ()),
    (["toasoan@bao.vn"], ()),
    (["https://bao.vn/tac-gia"], ()),
    (["Deutsche Welle (www.dw.com)"], ()),
    (["---", "", "123"], ()),
    # Other languages.
    (["Theo Walcott"], ("Theo Walcott",)),
    (["John Smith and Jane Doe"], ("John Smith", "Jane Doe")),
    (["Science and technology desk"], ("Science and technology desk",)),
    (["By John Smith, Jane Doe"], ("John Smith", "Jane Doe")),
    (["Martin Luther King, Jr."], ("Martin Luther King, Jr.",)),
    (["Jean-Luc Picard"], ("Jean-Luc Picard",)),
    (["Staff writers"], ()),
    (["Redaktion,"], ()),
]


@pytest.mark.parametrize(("bylines", "names"), CASES)
def test_bylines_become_names(bylines: list[str], names: tuple[str, ...]) -> None:
    assert clean_authors(bylines) == names


LINES = [
    ("von Anna Blum am 5.10.2026, 13:36", "Anna Blum"),
    ("Tom Rogan | November 19, 2019", "Tom Rogan"),
    ("By Jane Doe Monday, Oct. 5", "Jane Doe"),
    ("Reuters Updated: January 16", "Reuters"),
    ("Donnerstag, 14.1.2022", ""),
    ("Augusta March", "Augusta March"),
    ("Lê Phương ngày 5/10", "Lê Phương"),
]


@pytest.mark.parametrize(("line", "name"), LINES)
def test_a_line_for_people_gives_its_name_without_the_date(line: str, name: str) -> None:
    assert written_by(line) == name


def test_dates_again_and_again_are_read_in_one_go() -> None:
    """Marks that could belong to a date or stand between two were once tried in every way."""
    assert written_by("Anna Blum" + " jan,, " * 100) == "Anna Blum" + " jan,, " * 100
    assert written_by("," * 100_000).strip(",") == ""


def test_at_most_ten_names_are_kept() -> None:
    assert len(clean_authors(f"Author {chr(65 + n)}" for n in range(20))) == MOST_AUTHORS


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_byline_gives_clean_names(bylines: list[str]) -> None:
    names = clean_authors(bylines)
    assert all(name.strip() == name and name for name in names)
    assert len({name.casefold() for name in names}) == len(names)
