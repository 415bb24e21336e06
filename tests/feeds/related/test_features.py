"""Features: what is rare in the store weighs most, and both ends of a pair agree."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.related.features import MOST, Features, count, features
from feeds.related.statistics import BITS, NOTHING_COUNTED, Statistics, pack, unpack
from feeds.text.reading import read
from feeds.text.vectors import alike, weigh

TEXTS = st.lists(st.text("abcđêơ ẤN.\n", max_size=60), min_size=2, max_size=8)


def of(*articles: tuple[str, str], by: Statistics = NOTHING_COUNTED) -> list[Features]:
    return features(read([part for article in articles for part in article]), by)


def cosine(left: Features, right: Features) -> float:
    vectors = weigh([left.keys, right.keys], [left.weights, right.weights])
    return float(alike(vectors, np.array([0]), np.array([1])).cosines[0])


@given(TEXTS)
def test_an_article_has_the_same_features_beside_any_others(texts: list[str]) -> None:
    articles = [(text[:9], text) for text in texts]
    assert of(*articles) == [one for article in articles for one in of(article)]


@given(TEXTS)
def test_pairs_are_as_alike_from_both_ends(texts: list[str]) -> None:
    left, right = of(("", texts[0]), ("", texts[1]))
    assert cosine(left, right) == cosine(right, left)
    assert 0 <= cosine(left, right) <= 1


def test_the_same_words_are_alike_and_other_words_are_not() -> None:
    one, same, other = of(
        ("Bão số 7", "Bão đổ bộ vào Cần Thơ chiều nay."),
        ("Bão số 7", "Bão đổ bộ vào Cần Thơ chiều nay."),
        ("Giá vàng", "Vàng tăng mạnh ở Luân Đôn."),
    )
    assert cosine(one, same) == 1
    assert cosine(one, other) < 0.1


def test_no_article_has_too_many_features_or_words_make_none() -> None:
    long, empty = of(("", " ".join(f"w{n}" for n in range(900))), ("", "…"))
    assert (len(long.weights), len(long.keys)) == (MOST, 4 * MOST)
    assert empty == Features(b"", b"")


def test_what_is_rare_in_the_store_weighs_more_than_what_is_common() -> None:
    counts = np.zeros(1 << BITS, dtype=np.int32)
    everywhere = [("", "hôm nay trời đẹp"), ("", "hôm nay trời mưa"), ("", "hôm nay nắng to")]
    count(read([part for article in everywhere for part in article]), counts)
    counted = unpack(1, 3, pack(counts))
    one, common, rare = of(
        ("", "hôm nay sóng thần"), ("", "hôm nay bóng đá"), ("", "tin sóng thần"), by=counted
    )
    assert cosine(one, rare) > cosine(one, common)
