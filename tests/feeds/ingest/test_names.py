"""Names: people, agencies and nobody are told apart."""

import pytest

from feeds.ingest.names import is_agency, is_family_name, is_nobody, spelled


@pytest.mark.parametrize(
    "name",
    [
        "TTXVN",
        "(TTXVN)",
        "TTXVN/Vietnam+",
        "Reuters, AFP",
        "Báo Cần Thơ",
        "vnexpress.net",
        "Dân trí",
    ],
)
def test_agencies_and_papers_are_told(name: str) -> None:
    assert is_agency(name)
    assert not is_family_name(name)


@pytest.mark.parametrize(
    "name", ["PV", "nhóm phóng viên", "Tổng hợp", "Ban Biên tập", "Admin", "N/A"]
)
def test_roles_name_nobody(name: str) -> None:
    assert is_nobody(name)


@pytest.mark.parametrize("name", ["Nguyễn Văn A", "LÊ PHƯƠNG", "Hồng Vân", "Võ Thị Sáu"])
def test_family_names_begin_a_person(name: str) -> None:
    assert is_family_name(name)
    assert not is_agency(name)
    assert not is_nobody(name)


@pytest.mark.parametrize("name", ["Nguyễn", "Lê phương", "Kết luận", "John Smith", "Công an", ""])
def test_other_words_begin_none(name: str) -> None:
    assert not is_family_name(name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("NGUYỄN VĂN A", "Nguyễn Văn A"),
        ("HỒNG VÂN", "Hồng Vân"),
        ("Hồng Vân", "Hồng Vân"),
        ("TTXVN", "TTXVN"),
        ("A. B. C.", "A. B. C."),
        ("J K", "J K"),
    ],
)
def test_capitals_become_a_name(written: str, name: str) -> None:
    assert spelled(written) == name
