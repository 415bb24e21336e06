"""Relations: symmetric, bounded, with a reason, and few."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Edge
from feeds.related.edges import LEAST_SCORE, Profile, keep, relate

NOON = datetime(2024, 11, 9, 12, tzinfo=UTC)
NAMES = {"children": "trẻ em", "storms": "bão", "law": "luật"}


def profile(
    number: int,
    topics: dict[str, float],
    terms: dict[int, float] | None = None,
    days: float = 0,
    section: str | None = None,
) -> Profile:
    terms = terms or {}
    names = {key: f"Name {key}" for key in terms}
    return Profile(number, terms, names, topics, section, NOON - timedelta(days=days))


def score(left: Profile, right: Profile) -> float:
    edge = relate(left, right, NAMES)
    return edge.score if edge else 0.0


def test_says_what_both_have_and_how_far_apart() -> None:
    left = profile(2, {"children": 0.9}, {1: 0.8, 2: 0.6})
    right = profile(1, {"children": 0.8}, {1: 1.0}, days=2)
    edge = relate(left, right, NAMES)
    assert edge is not None
    assert (edge.left, edge.right, edge.kind) == (1, 2, "topic")
    assert edge.why == "both: trẻ em, Name 1; 2 days apart"


def test_articles_of_one_day_say_so() -> None:
    edge = relate(profile(1, {"law": 1}), profile(2, {"law": 1}), NAMES)
    assert edge is not None
    assert edge.why == "both: luật; same day"


def test_a_term_that_is_named_like_a_topic_is_said_once() -> None:
    left, right = (
        Profile(number, {7: 1.0}, {7: "Trẻ em"}, {"children": 1.0}, None, NOON) for number in (1, 2)
    )
    edge = relate(left, right, NAMES)
    assert edge is not None
    assert edge.why == "both: trẻ em; same day"


def test_articles_with_nothing_in_common_are_not_related() -> None:
    assert relate(profile(1, {"law": 1}, {1: 1}), profile(2, {"storms": 1}, {2: 1}), NAMES) is None


def test_an_article_is_not_related_to_itself() -> None:
    assert relate(profile(1, {"law": 1}), profile(1, {"law": 1}), NAMES) is None


def test_a_shared_topic_counts_more_than_shared_terms() -> None:
    by_topic = score(profile(1, {"law": 0.9}), profile(2, {"law": 0.9}))
    by_terms = score(profile(1, {}, {1: 1}), profile(2, {}, {1: 1}))
    assert by_topic > by_terms > 0


def test_the_main_topic_counts_more_than_a_side_topic() -> None:
    main = score(profile(1, {"law": 0.5}), profile(2, {"law": 0.9}))
    side = score(profile(1, {"law": 0.5, "storms": 0.9}), profile(2, {"law": 0.9}))
    assert main > side


def test_a_relation_fades_with_time_but_stays() -> None:
    scores = [
        score(profile(1, {"law": 1}), profile(2, {"law": 1}, days=d)) for d in (0, 7, 90, 999)
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1] > scores[2]
    assert scores[-1] > scores[0] / 2


def test_another_section_lowers_a_relation_a_little() -> None:
    same = score(profile(1, {"law": 1}, section="a"), profile(2, {"law": 1}, section="a"))
    other = score(profile(1, {"law": 1}, section="a"), profile(2, {"law": 1}, section="b"))
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
    edge = relate(left, right, NAMES)
    assert edge == relate(right, left, NAMES)
    if edge is not None:
        assert LEAST_SCORE <= edge.score <= 1
        assert edge.left < edge.right
        assert edge.why.startswith("both: ")


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
    def best(end: int) -> set[Edge]:
        own = [edge for edge in edges if end in (edge.left, edge.right)]
        scores = sorted((edge.score for edge in own), reverse=True)
        return {edge for edge in own if len(own) < k or edge.score >= scores[k - 1]}

    assert keep(edges, k) == set().union(*(best(end) for end in range(1, 9)))


@given(EDGES, st.integers(1, 4))
def test_every_article_keeps_its_k_best(edges: list[Edge], k: int) -> None:
    degree = Counter(end for edge in edges for end in (edge.left, edge.right))
    kept = Counter(end for edge in keep(edges, k) for end in (edge.left, edge.right))
    assert all(kept[end] >= min(k, count) for end, count in degree.items())
