"""Datelines before reports."""

import pytest

from feeds.text.dateline import without_dateline


@pytest.mark.parametrize(
    "dateline",
    [
        "(ĐCSVN) - ",
        "(Dân trí)- ",
        "HÀ NỘI, 8/11 (TTXVN) – ",
        "Hà Nội, ngày 8/11/2023 (TTXVN) - ",
        "TP. Hồ Chí Minh (TTXVN) - ",
        "WASHINGTON (AP) — ",
        "LONDON, Nov 8 (Reuters) - ",
        "TTO - ",
        "VOV.VN - ",
        "(NLĐO) - HÀ NỘI (TTXVN) - ",
        "(ÐCSVN) – ",
        "TPO - ",
        "LONDON (Reuters) - ",
        "LONDON, NOV 8 (REUTERS) - ",
        "(DÂN TRÍ) - ",
        "(dân trí) - ",
        "Hà Nội (TTXVN 8/11) - ",
        "(SGGPO).- ",
        "(TNO) ",
        "(Soha.vn) - ",
        "( Infonet ) - ",
        "Hà Nội, ngày 8 tháng 11 (TTXVN) - ",
        "HÀ NỘI, NGÀY 08 THÁNG 11 NĂM 2026 (TTXVN) – ",
        "NEW YORK, Nov. 8, 2026 (AP) — ",
        "PARIS, 8 November 2026 (AFP) - ",
        "[TTXVN] - ",
        "(ĐCSVN) \u2212 ",
        "HÀ NỘI, 8/11 (TTXVN) \u2015 ",
        "TTO \u2010 ",
        "[TTXVN] \u2011 ",
        "(PLVN) - ",
        "Hà Nội (PLVN) - ",
        "HÀ NỘI (TTXVN): ",
        "“(ĐCSVN) - ",
        '"HÀ NỘI (TTXVN) - ',
    ],
)
def test_a_dateline_is_dropped(dateline: str) -> None:
    assert without_dateline(dateline + "Sáng nay mưa") == "Sáng nay mưa"


@pytest.mark.parametrize(
    "text",
    [
        "Vụ án Mai (phần 2) - Ông B nói",
        "Tỷ giá đồng bạc (VND) - giảm mạnh",
        "NATO - Nga: đối thoại",
        "Vinamilk (VNM): lãi tăng",
        "Lê Minh (LM): Tôi đã mơ ước",
        "VN-Index tăng",
        "Mưa lớn (TTXVN)",
        "(VTV) 5 kênh mới",
        "(Ảnh) Sáng nay mưa",
        "TT - Huế: mưa lớn",
        "Việt Nam - Campuchia: ký kết",
        "TTO - ",
        "(TTXVN) - a",
        "[VIDEO] - Mưa lớn",
        "Hà Nội, ngày 8 tháng 11 - mưa lớn (TTXVN)",
        "“Mưa lớn” (bài 2) - ngập",
        "VTV: chúng tôi xin lỗi",
        "SÁNG (HAI) – HÒA",
        "",
    ],
)
def test_what_is_no_dateline_stays(text: str) -> None:
    assert without_dateline(text) == text
