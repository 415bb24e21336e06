"""Boilerplate under (or over) the texts of one site."""

import random

import pytest

from feeds.dedupe.boilerplate import only_boilerplate, site
from feeds.dedupe.match import compare_shingles, decide, shingles
from feeds.text.tokens import hash_text

WORDS = [f"từ{number}" for number in range(5_000)]


def prose(seed: int, length: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


NOTICE = prose(0, 200)


def is_boilerplate(left: str, right: str) -> bool:
    found = only_boilerplate(hash_text(left), hash_text(right))
    assert found == only_boilerplate(hash_text(right), hash_text(left)), "in either order"
    return found


@pytest.mark.parametrize("length", [3, 12, 40, 90])
def test_reports_of_their_own_over_one_notice_share_only_that(length: int) -> None:
    reports = [f"{prose(seed, length)} {NOTICE}" for seed in (1, 2)]
    found = [shingles(report) for report in reports]
    assert decide(compare_shingles(*found), *(one.size for one in found)).verdict
    assert is_boilerplate(*reports)
    assert is_boilerplate(*(f"{NOTICE} {prose(seed, length)}" for seed in (1, 2)))


@pytest.mark.parametrize("length", [8, 50, 90])
def test_a_notice_may_carry_an_hour_or_a_count_that_differs(length: int) -> None:
    own = [prose(seed, length) for seed in (1, 2)]
    counts = ("10:05, 98 lượt xem", "11:05, 1.234 lượt xem")
    assert is_boilerplate(
        *(f"{one} {NOTICE} Cập nhật {count}" for one, count in zip(own, counts, strict=True))
    )


@pytest.mark.parametrize("length", [20, 30, 120])
def test_a_notice_may_stand_above_and_below_and_be_parted(length: int) -> None:
    above, below = prose(3, 60), prose(4, 60)
    reports = [
        f"{above} {prose(seed, length)} {below} lúc {seed} giờ {NOTICE}" for seed in (10, 11)
    ]
    assert is_boilerplate(*reports)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (NOTICE, NOTICE),
        (f"{prose(1, 60)} {NOTICE}", NOTICE),
        (f"{prose(1, 60)} {NOTICE}", f"Cập nhật {prose(1, 60)} {NOTICE}"),
        (f"{prose(1, 60)} năm người {NOTICE}", f"{prose(1, 60)} sáu người {NOTICE}"),
        (f"{NOTICE} {prose(1, 15)} {prose(3, 60)}", f"{NOTICE} {prose(2, 15)} {prose(3, 60)}"),
        (f"Đẹp {NOTICE} năm {prose(1, 60)}", f"Rạng rỡ {NOTICE} sáu {prose(1, 60)}"),
        (prose(1, 60), prose(2, 60)),
        ("", ""),
    ],
    ids=[
        *("one text", "a part", "a word before", "a word in between"),
        *("a phrase in between", "a word before and one in between"),
        *("nothing shared", "nothing"),
    ],
)
def test_texts_that_share_more_or_nothing_share_no_boilerplate(left: str, right: str) -> None:
    assert not is_boilerplate(left, right)


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("www.baochi.example", "baochi.example"),
        ("sport.baochi.example", "baochi.example"),
        ("vov.vn", "vov.vn"),
        ("thethao.baochi.com.vn", "baochi.com.vn"),
        ("com.vn", "com.vn"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_sections_of_a_paper_are_one_site(host: str, named: str) -> None:
    assert site(f"https://{host}/a/b") == named
