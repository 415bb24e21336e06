"""Features: the rarest words and pairs of an article, the same alone and among others."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.related.features import MOST, Features, count, features
from feeds.related.features import counted as counted_in
from feeds.related.statistics import BITS, NOTHING_COUNTED, Statistics
from feeds.text.reading import read
from feeds.text.tokens import hash_text
from feeds.text.vectors import HEAVIEST, Weighed, alike, weigh

TEXTS = st.tuples(
    st.text("ab Cđ.,\n", max_size=12), st.lists(st.sampled_from(["bão", "lũ", "Đà", "Nẵng", "x1"]))
).map(lambda parts: (parts[0], " ".join(parts[1])))
COMMON = [("News of today", f"it is said that today number{n} was seen") for n in range(60)]


def of(*articles: tuple[str, str], by: Statistics = NOTHING_COUNTED) -> list[Features]:
    return features(counted_in(read([part for article in articles for part in article])), by)


def counted(*articles: tuple[str, str]) -> Statistics:
    counts = np.zeros(1 << BITS, dtype=np.int32)
    count(read([part for article in articles for part in article]), counts)
    return Statistics(1, len(articles), counts)


def weighed(found: list[Features]) -> Weighed:
    sizes = np.array([len(each.weights) for each in found], dtype=np.intp)
    return weigh(
        sizes, b"".join(each.keys for each in found), b"".join(each.weights for each in found)
    )


def cosine(one: tuple[str, str], other: tuple[str, str], by: Statistics) -> float:
    found = of(one, other, by=by)
    vectors = weighed(found)
    return float(alike(vectors, np.array([0]), np.array([1])).cosines[0])


@given(st.lists(TEXTS, max_size=5))
def test_an_article_has_the_same_features_alone_as_among_others(
    articles: list[tuple[str, str]],
) -> None:
    together = of(*articles)
    assert together == [found for article in articles for found in of(article)]
    for found in together:
        assert len(found.keys) == 4 * len(found.weights) <= 4 * MOST
        assert list(found.weights) == sorted(found.weights, reverse=True)
        assert set(found.weights[:1]) <= {HEAVIEST}
        assert len(set(np.frombuffer(found.keys, "<u4"))) == len(found.weights)


@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_both_ends_of_a_pair_agree(articles: list[tuple[str, str]]) -> None:
    found = of(*articles)
    vectors = weighed(found)
    left, right = np.triu_indices(len(articles))
    ahead, back = alike(vectors, left, right), alike(vectors, right, left)
    assert ahead.cosines.tolist() == back.cosines.tolist()
    assert ((ahead.cosines >= 0) & (ahead.cosines <= 1)).all()
    same = (left == right) & (vectors.weights[left].sum(axis=1) > 0)
    assert (ahead.cosines[same] == 1).all()


def test_no_two_features_of_an_article_stand_in_one_place() -> None:
    texts = [("", " ".join(f"w{number}x{n}" for n in range(200))) for number in range(40)]
    for found in of(*texts):
        places = np.frombuffer(found.keys, "<u4") & 0xFFFF
        assert MOST - 3 <= places.size == np.unique(places).size


def test_an_article_counts_once_however_often_it_says_a_word() -> None:
    once, often = counted(("", "bão")), counted(("bão", "bão. bão, bão"))
    place = int(once.counts.argmax())
    assert once.counts[place] == often.counts[place] == 1


def test_what_every_article_holds_counts_for_nothing() -> None:
    by = counted(*COMMON)
    dull = cosine(COMMON[0], COMMON[1], by)
    assert dull < 0.1 < cosine(COMMON[0], COMMON[1], NOTHING_COUNTED)


def test_what_stands_in_the_title_weighs_more_than_what_the_text_says_as_often() -> None:
    (found,) = of(("Mira", "Solanke spoke, Solanke said"))
    weights = dict(zip(np.frombuffer(found.keys, "<u4").tolist(), found.weights, strict=True))
    titled, twice = (int(hash_text(word)[0] >> np.uint64(32)) for word in ("Mira", "Solanke"))
    assert weights[titled] > weights[twice]


def test_a_shared_name_that_nobody_counted_makes_alike() -> None:
    by = counted(*COMMON)
    one = ("", "it is said that today Mira Solanke was seen")
    other = ("", "today it is said that Mira Solanke was seen again")
    assert cosine(one, other, by) > 0.4
