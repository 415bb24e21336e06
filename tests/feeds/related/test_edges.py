"""Relations: symmetric, bounded, with a reason, and few."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds.model import Edge
from feeds.related.edges import LEAST_SCORE, Profiles, best, explain, profiles, strengths
from feeds.text.vectors import Shared, Vectors, shared

NOON = datetime(2024, 11, 9, 12, tzinfo=UTC)
NAMES = {"children": "trẻ em", "storms": "bão", "law": "luật"}


@dataclass(frozen=True)
class Profile:
    """An article, as far as these tests need one."""

    id: int
    terms: dict[int, float]
    topics: dict[str, float]
    section: str | None
    at: datetime


ROW = np.array([0], dtype=np.intp)
OTHER = np.array([1], dtype=np.intp)


def profile(
    number: int,
    topics: dict[str, float],
    terms: dict[int, float] | None = None,
    days: float = 0,
    section: str | None = None,
) -> Profile:
    return Profile(number, terms or {}, topics, section, NOON - timedelta(days=days))


def together(*ends: Profile) -> tuple[Profiles, Shared, tuple[Profile, Profile]]:
    """Put a pair together as relating does: the smaller id first."""
    left, right = sorted(ends, key=lambda one: one.id)
    vectors = Vectors(np.zeros((2, 8), dtype=np.int64), np.zeros((2, 8)))
    for row, one in enumerate((left, right)):
        for column, (key, weight) in enumerate(one.terms.items()):
            vectors.keys[row, column], vectors.weights[row, column] = key, weight
    days = np.array([one.at.timestamp() / 86400 for one in (left, right)])
    both = profiles([left.topics, right.topics], [left.section, right.section], days)
    return both, shared(vectors, ROW, OTHER), (left, right)


def strength(left: Profile, right: Profile) -> float:
    both, common, _ = together(left, right)
    return float(strengths(both, common.sums(), ROW, OTHER)[0])


def why(left: Profile, right: Profile, name: str = "Name {}") -> str:
    both, common, ends = together(left, right)
    names = {row: [name.format(key) for key in one.terms] for row, one in enumerate(ends)}
    return explain(both, common, (ROW, OTHER), names, NAMES)[0]


def keep(edges: list[Edge], k: int) -> set[Edge]:
    ends = [np.array([end[at] for end in map(_ends, edges)], dtype=np.intp) for at in (0, 1)]
    scores = np.array([edge.score for edge in edges], dtype=np.float64)
    wanted = best(*ends, scores, np.zeros(9), k)
    return {edge for edge, is_wanted in zip(edges, wanted.tolist(), strict=True) if is_wanted}


def _ends(edge: Edge) -> tuple[int, int]:
    return edge.left, edge.right


def test_says_what_both_have_and_how_far_apart() -> None:
    left = profile(2, {"children": 0.9}, {1: 0.8, 2: 0.6})
    right = profile(1, {"children": 0.8}, {1: 1.0}, days=2)
    assert why(left, right) == "both: trẻ em, Name 1; 2 days apart"


def test_articles_of_one_day_say_so() -> None:
    assert why(profile(1, {"law": 1}), profile(2, {"law": 1})) == "both: luật; same day"


def test_a_term_that_is_named_like_a_topic_is_said_once() -> None:
    left, right = (profile(number, {"children": 1.0}, {7: 1.0}) for number in (1, 2))
    assert why(left, right, name="Trẻ em") == "both: trẻ em; same day"


def test_articles_with_nothing_in_common_are_not_related() -> None:
    assert strength(profile(1, {"law": 1}, {1: 1}), profile(2, {"storms": 1}, {2: 1})) == 0


def test_a_topic_that_is_sure_counts_more_than_shared_words() -> None:
    by_topic = strength(profile(1, {"law": 0.98}), profile(2, {"law": 0.98}))
    by_terms = strength(profile(1, {}, {1: 1}), profile(2, {}, {1: 1}))
    assert by_topic > by_terms > 0


def test_the_main_topic_counts_more_than_a_side_topic() -> None:
    main = strength(profile(1, {"law": 0.5}), profile(2, {"law": 0.9}))
    side = strength(profile(1, {"law": 0.5, "storms": 0.9}), profile(2, {"law": 0.9}))
    assert main > side


def test_a_relation_fades_with_time_but_stays() -> None:
    scores = [
        strength(profile(1, {"law": 1}), profile(2, {"law": 1}, days=d)) for d in (0, 7, 90, 999)
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1] > scores[2]
    assert scores[-1] > scores[0] / 2


def test_another_section_lowers_a_relation_a_little() -> None:
    same = strength(profile(1, {"law": 1}, section="a"), profile(2, {"law": 1}, section="a"))
    other = strength(profile(1, {"law": 1}, section="a"), profile(2, {"law": 1}, section="b"))
    assert 0.9 * same < other < same


UNIT = st.floats(0.01, 1)
PROFILES = st.builds(
    profile,
    st.integers(1, 5),
    st.dictionaries(st.sampled_from(["children", "storms", "law"]), UNIT),
    st.dictionaries(st.integers(1, 6), UNIT, max_size=6),
    st.floats(0, 400),
    st.sampled_from([None, "a", "b"]),
)


@given(PROFILES, PROFILES)
def test_a_relation_is_the_same_from_both_ends(left: Profile, right: Profile) -> None:
    assume(left.id != right.id)
    found = strength(left, right)
    assert found == strength(right, left)
    assert found == 0 or LEAST_SCORE <= found <= 1
    assert why(left, right) == why(right, left)
    assert why(left, right).startswith("both: ")


EDGES = st.lists(
    st.tuples(st.integers(1, 8), st.integers(1, 8), st.floats(0, 1)).filter(lambda t: t[0] < t[1]),
    max_size=28,
    unique_by=lambda t: t[:2],
).map(lambda found: [Edge(left, right, "topic", score, "w") for left, right, score in found])


@given(EDGES, st.integers(1, 4), st.randoms())
def test_what_is_kept_does_not_depend_on_order(edges: list[Edge], k: int, random: Random) -> None:
    shuffled = random.sample(edges, len(edges))
    assert keep(edges, k) == keep(shuffled, k)


@given(EDGES, st.integers(1, 4))
def test_kept_are_the_edges_among_the_k_best_of_either_end(edges: list[Edge], k: int) -> None:
    def best_of(end: int) -> set[Edge]:
        own = [edge for edge in edges if end in (edge.left, edge.right)]
        return set(sorted(own, key=lambda edge: (-edge.score, edge.left, edge.right))[:k])

    assert keep(edges, k) == set().union(*(best_of(end) for end in range(1, 9)))


@given(EDGES, st.integers(1, 4))
def test_every_article_keeps_its_k_best(edges: list[Edge], k: int) -> None:
    degree = Counter(end for edge in edges for end in (edge.left, edge.right))
    kept = Counter(end for edge in keep(edges, k) for end in (edge.left, edge.right))
    assert all(kept[end] >= min(k, count) for end, count in degree.items())
