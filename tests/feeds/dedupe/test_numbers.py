"""Texts that tell other numbers in the same words."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from feeds.dedupe.match import compare_shingles, decide, shingles
from feeds.dedupe.numbers import runs_of, tell_other_numbers

REGIONS = ("Tây Bắc Bộ", "Đông Bắc Bộ", "Bắc Trung Bộ", "Nam Trung Bộ", "Tây Nguyên", "Nam Bộ")
BANKS = ("DOJI", "SJC", "PNJ", "Bảo Tín Minh Châu", "Mi Hồng")
PRIZES = ("đặc biệt", "nhất", "nhì", "ba", "tư", "năm", "sáu", "bảy")


def weather(day: int) -> str:
    draw = random.Random(day)
    return " ".join(
        f"Khu vực {region} nhiều mây, có mưa vài nơi, sáng sớm có sương mù nhẹ rải rác, trưa chiều"
        " giảm mây trời nắng, gió nhẹ, đêm và sáng trời lạnh, vùng núi cao có nơi rét, có lốc."
        f" Nhiệt độ thấp nhất {draw.randint(14, 24)} độ C, cao nhất {draw.randint(25, 34)} độ C."
        for region in REGIONS
    )


def gold(day: int) -> str:
    draw = random.Random(day)
    prices = ". ".join(
        f"Tập đoàn {bank} niêm yết giá vàng miếng ở mức {draw.randint(140, 160)},"
        f"{draw.randint(0, 9)} triệu đồng mỗi lượng mua vào"
        for bank in BANKS
    )
    return (
        f"{prices}. Chênh lệch giá mua và bán ở mức cao khiến người mua chịu rủi ro lớn, chuyên gia"
        " khuyên nhà đầu tư thận trọng, không dồn hết tiền vào một kênh. Giá niêm yết có thể đổi"
        " trong ngày theo thị trường thế giới, chưa gồm thuế và phí; bạn đọc nên hỏi cửa hàng gần"
        " nhà trước khi mua, giữ lại hóa đơn và kiểm tra tem niêm phong trên từng sản phẩm."
    )


def lottery(day: int) -> str:
    draw = random.Random(day)
    drawn = " ".join(f"Giải {prize} {draw.randint(10_000, 99_999)}." for prize in PRIZES)
    return (
        f"Kết quả xổ số kiến thiết miền Bắc ngày {day}/11, mở thưởng tại Hà Nội. {drawn} Vé trúng"
        " được lĩnh thưởng trong thời hạn 60 ngày kể từ ngày mở thưởng, phải còn nguyên vẹn, không"
        " rách rời, không tẩy xóa; người trúng liên hệ trụ sở công ty để làm thủ tục theo quy định,"
        " mang theo giấy tờ tùy thân, trong giờ hành chính, các ngày làm việc trong tuần, trước khi"
        " hết hạn nêu trên; công ty không trả thưởng qua mạng, qua người môi giới hay qua đại lý."
    )


def is_one(left: str, right: str) -> bool:
    """Tell whether two texts are one by all their words."""
    ones, others = shingles(left), shingles(right)
    return decide(compare_shingles(ones, others), ones.size, others.size).verdict


def are_two(left: str, right: str) -> bool:
    found = tell_other_numbers(runs_of(left), runs_of(right))
    assert found == tell_other_numbers(runs_of(right), runs_of(left)), "in either order"
    return found


@pytest.mark.parametrize("told", [weather, gold, lottery])
def test_two_days_in_the_same_words_are_two_texts(told: Callable[[int], str]) -> None:
    for left, right in pairwise(map(told, range(7, 15))):
        assert is_one(left, right)
        assert are_two(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (gold(7), gold(7).upper()),
        (gold(7), gold(7).replace("140", "150")),
        (gold(7), f"{gold(7)} {gold(8)}"),
        (gold(7), " ".join(gold(7).split()[:60])),
        (gold(7), weather(7)),
        ("Năm người, 3 xe", "Sáu người, 4 xe"),
        ("", "5"),
        ("", ""),
    ],
    ids=["a copy", "an edit", "a day more", "an excerpt", "others", "short", "one", "none"],
)
def test_what_has_the_numbers_of_the_other_is_left_to_its_words(left: str, right: str) -> None:
    assert not are_two(left, right)
