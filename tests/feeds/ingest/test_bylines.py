import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.bylines import MOST_AUTHORS, clean_authors

CASES = [
    (["Nguyễn Văn A"], ("Nguyễn Văn A",)),
    (["Theo TTXVN"], ("TTXVN",)),
    (["Theo Dân trí"], ("Dân trí",)),
    (["Theo vnexpress.net"], ("vnexpress.net",)),
    (["Theo Walcott"], ("Theo Walcott",)),
    (["toasoan@bao.vn (Hồng Vân)"], ("Hồng Vân",)),
    (["Hồng Vân <van@bao.vn>"], ("Hồng Vân",)),
    (["toasoan@bao.vn"], ()),
    (["https://bao.vn/tac-gia"], ()),
    (["Minh Anh - Theo Reuters"], ("Minh Anh", "Reuters")),
    (["Hồng Hạnh và Lan Anh"], ("Hồng Hạnh", "Lan Anh")),
    (["Ban Kinh tế và Xã hội"], ("Ban Kinh tế và Xã hội",)),
    (["John Smith and Jane Doe"], ("John Smith", "Jane Doe")),
    (["Science and technology desk"], ("Science and technology desk",)),
    (["An; Bình; Chi"], ("An", "Bình", "Chi")),
    (["Nguyễn An/Trần Bình"], ("Nguyễn An", "Trần Bình")),
    (["By John Smith, Jane Doe"], ("John Smith", "Jane Doe")),
    (["Martin Luther King, Jr."], ("Martin Luther King, Jr.",)),
    (["Bài và ảnh: Hồng Vân"], ("Hồng Vân",)),
    (["PV"], ("PV",)),
    (["  Hồng  Vân ", "HỒNG VÂN", "Hồng Vân"], ("Hồng  Vân".replace("  ", " "),)),
    (["---", "", "123"], ()),
]


@pytest.mark.parametrize(("bylines", "names"), CASES)
def test_bylines_become_names(bylines: list[str], names: tuple[str, ...]) -> None:
    assert clean_authors(bylines) == names


def test_at_most_ten_names_are_kept() -> None:
    assert len(clean_authors(f"Author {chr(65 + n)}" for n in range(20))) == MOST_AUTHORS


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_byline_gives_clean_names(bylines: list[str]) -> None:
    names = clean_authors(bylines)
    assert all(name.strip() == name and name for name in names)
    assert len({name.casefold() for name in names}) == len(names)
