"""Boilerplate under (or over) the texts of one site."""

import random

import pytest

from feeds.dedupe.boilerplate import only_boilerplate
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


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (NOTICE, NOTICE),
        (f"{prose(1, 60)} {NOTICE}", NOTICE),
        (f"{prose(1, 60)} {NOTICE}", f"Cập nhật {prose(1, 60)} {NOTICE}"),
        (f"{prose(1, 60)} năm người {NOTICE}", f"{prose(1, 60)} sáu người {NOTICE}"),
        (prose(1, 60), prose(2, 60)),
        ("", ""),
    ],
    ids=["one text", "a part", "a word before", "a word in between", "nothing shared", "nothing"],
)
def test_texts_that_share_more_or_nothing_share_no_boilerplate(left: str, right: str) -> None:
    assert not is_boilerplate(left, right)
