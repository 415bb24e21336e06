"""Stories: who stands by whom follows from the edges, not from the order of arrival."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.stars import JOIN_FROM, NEAREST, Teller, join_from, resettle

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
Edges = Mapping[tuple[int, int], float]


class Board:
    """Articles and edges as a store holds them; article n came n minutes after noon."""

    def __init__(self) -> None:
        self.leads: dict[int, int | None] = {}
        self.edges: dict[tuple[int, int], float] = {}
        self.unseen: dict[tuple[int, int], float] = {}

    def look(self, ids: set[int]) -> dict[int, Teller]:
        ends: dict[int, dict[int, float]] = defaultdict(dict)
        for (left, right), score in self.edges.items():
            ends[left][right] = ends[right][left] = score
        return {
            key: Teller(key, NOON + timedelta(minutes=key), self.leads[key], ends[key])
            for key in ids & self.leads.keys()
        }

    def members(self, leads: set[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for key, lead in self.leads.items():
            if lead in leads:
                found[lead] |= {key, lead}
        return found

    def add(self, ids: Iterable[int], edges: Edges) -> None:
        """Add articles with their edges to what is there already."""
        self.leads |= dict.fromkeys(ids)
        new = {
            ends: score
            for ends, score in edges.items()
            if ends not in self.edges and set(ends) <= self.leads.keys()
        }
        self.edges |= new
        self.settle({end for ends in new for end in ends})

    def settle(self, touched: set[int]) -> None:
        self.leads |= resettle(touched, self.look, self.members, self.compare)

    def compare(self, own: int, others: Sequence[int]) -> dict[int, float]:
        pairs = {other: (min(own, other), max(own, other)) for other in others}
        return {other: self.unseen[pair] for other, pair in pairs.items() if pair in self.unseen}

    def around(self, key: int) -> set[int]:
        """Name what `stories.around` names: mates, and what these have edges to."""
        story = key if self.leads[key] is None else self.leads[key]
        mates = {own for own, lead in self.leads.items() if story in (own, lead)}
        return mates | {end for ends in self.edges if mates & set(ends) for end in ends}

    def drop(self, key: int) -> None:
        """Withdraw an article."""
        touched = self.around(key)
        del self.leads[key]
        self.edges = {ends: score for ends, score in self.edges.items() if key not in ends}
        self.settle(touched - {key})


def settled(edges: Edges, articles: Iterable[int]) -> dict[int, int | None]:
    """Say who stands by whom, by the rule alone: one article after the other, in order of time."""
    stories: dict[int, list[int]] = {}
    for own in sorted(articles):
        averages = {
            lead: round(sum(nearest := _nearest(edges, mates, own)) / len(nearest), 4)
            for lead, mates in stories.items()
        }
        close = [
            (-score, lead)
            for lead, score in averages.items()
            if score >= join_from(len(stories[lead]))
        ]
        stories.setdefault(min(close)[1] if close else own, []).append(own)
    return {own: None if own == lead else lead for lead, mates in stories.items() for own in mates}


def _nearest(edges: Edges, mates: Iterable[int], own: int) -> list[float]:
    return sorted((edges.get((one, own), 0.0) for one in mates), reverse=True)[:NEAREST]


IDS = range(1, 9)
EDGES = st.dictionaries(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda ends: ends[0] < ends[1]),
    st.integers(5, 60).map(lambda share: share / 64),
    max_size=20,
)


@given(EDGES, st.permutations(IDS), st.lists(st.integers(1, 7), max_size=3))
def test_any_order_and_any_batches_give_the_same_stories(
    edges: dict[tuple[int, int], float], order: list[int], cuts: list[int]
) -> None:
    board = Board()
    marks = sorted({0, 8, *cuts})
    for start, end in pairwise(marks):
        board.add(order[start:end], edges)
    assert board.leads == settled(edges, IDS)


@given(EDGES, EDGES, st.permutations(IDS), st.lists(st.integers(1, 7), max_size=3))
def test_weak_edges_that_nobody_found_count_as_if_they_were_found(
    edges: dict[tuple[int, int], float],
    others: dict[tuple[int, int], float],
    order: list[int],
    cuts: list[int],
) -> None:
    board = Board()
    weak = {ends: round(JOIN_FROM * share, 4) for ends, share in others.items()}
    board.unseen = {ends: score for ends, score in weak.items() if ends not in edges}
    for start, end in pairwise(sorted({0, 8, *cuts})):
        board.add(order[start:end], edges)
    assert board.leads == settled(board.unseen | edges, IDS)


@given(EDGES, st.lists(st.sampled_from(IDS), unique=True, max_size=4))
def test_what_is_withdrawn_leaves_the_others_as_if_it_never_was(
    edges: dict[tuple[int, int], float], gone: list[int]
) -> None:
    board = Board()
    board.add(IDS, edges)
    for key in gone:
        board.drop(key)
    assert board.leads == settled(edges, set(IDS) - set(gone))


def test_news_doesnt_drift_through_a_chain() -> None:
    board = Board()
    board.add([1, 2, 3], {(1, 2): 0.2, (2, 3): 0.2})
    assert board.leads == {1: None, 2: 1, 3: None}


def test_a_story_asks_for_more_than_one_article_alone() -> None:
    board = Board()
    near = (JOIN_FROM + join_from(2)) / 2
    board.add([1, 2, 3], dict.fromkeys([(1, 2), (1, 3), (2, 3)], near))
    assert board.leads == {1: None, 2: 1, 3: None}


@given(st.integers(1, 100))
def test_a_larger_story_never_asks_for_less(members: int) -> None:
    assert JOIN_FROM <= join_from(members) <= join_from(members + 1) <= join_from(4)


def test_a_story_that_many_tell_takes_in_who_is_close_to_some() -> None:
    board = Board()
    edges = {(one, other): 0.3 for other in range(2, 41) for one in range(max(1, other - 8), other)}
    board.add(range(1, 41), edges)
    assert set(board.leads.values()) == {None, 1}


def test_an_article_joins_the_story_it_is_closest_to_not_the_earliest() -> None:
    board = Board()
    board.add([1, 2, 3], {(1, 3): 0.2, (2, 3): 0.4})
    assert board.leads == {1: None, 2: None, 3: 2}
