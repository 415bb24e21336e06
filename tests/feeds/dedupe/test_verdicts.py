"""What people decided of pairs: of edges, and of stories as stars."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.stars import Teller, resettle
from feeds.dedupe.verdicts import decided
from feeds.model import Edge, PairVerdict

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ENDS = st.integers(1, 7)
PAIRS = st.sets(st.tuples(ENDS, ENDS).filter(lambda pair: pair[0] < pair[1]), max_size=9)
Pair = tuple[int, int]


def verdict(left: int, right: int, together: bool, kind: str = "duplicate") -> PairVerdict:
    return PairVerdict(left, right, kind, together, "anna", NOON, "she read both", 1)


def test_verdicts_drop_and_add_edges_of_their_kind_only() -> None:
    edges = [Edge(1, 2, "duplicate", 0.9, "same text"), Edge(1, 2, "story", 0.5, "same news")]
    found = decided(edges, [verdict(1, 2, together=False), verdict(2, 3, together=True)])
    assert found == [edges[1], Edge(2, 3, "duplicate", 1.0, "merged by anna: she read both")]


@given(PAIRS, PAIRS, PAIRS)
def test_deciding_twice_is_once(links: set[Pair], apart: set[Pair], together: set[Pair]) -> None:
    edges = [Edge(*pair, "story", 0.5, "") for pair in sorted(links)]
    known = {pair: verdict(*pair, together=False, kind="story") for pair in apart}
    known |= {pair: verdict(*pair, together=True, kind="story") for pair in together}
    once = decided(edges, known.values())
    assert decided(once, known.values()) == once
    held = {(edge.left, edge.right) for edge in once}
    assert together <= held
    assert not (apart - together) & held


class Graph:
    """Articles in memory, and by whom each stands."""

    def __init__(self) -> None:
        self.edges: dict[int, set[int]] = defaultdict(set)
        self.apart: dict[int, set[int]] = defaultdict(set)
        self.together: dict[int, set[int]] = defaultdict(set)
        self.leads: dict[int, int | None] = dict.fromkeys(range(1, 8))

    def look(self, ids: set[int]) -> dict[int, Teller]:
        return {
            key: Teller(
                key,
                NOON + timedelta(minutes=key * 7 % 8),
                self.leads[key],
                dict.fromkeys(self.edges[key], 0.5),
                frozenset(self.apart[key]),
                frozenset(self.chain(key) - {key}),
            )
            for key in ids
        }

    def chain(self, key: int) -> set[int]:
        reached = {key}
        for _ in range(7):
            reached |= {end for one in reached for end in self.together[one]}
        return reached

    def settle(self, touched: set[int]) -> None:
        self.leads.update(resettle(touched, self.look, self.members, self.compare))

    def members(self, leads: set[int]) -> dict[int, set[int]]:
        return {lead: {key for key in self.leads if self.head(key) == lead} for lead in leads}

    def compare(self, own: int, others: Sequence[int]) -> dict[int, float]:
        return {}

    def head(self, key: int) -> int:
        lead = self.leads[key]
        return key if lead is None else lead


def join(ends: dict[int, set[int]], pair: Pair) -> None:
    ends[pair[0]].add(pair[1])
    ends[pair[1]].add(pair[0])


@given(PAIRS, PAIRS, PAIRS, st.randoms())
def test_stories_keep_to_verdicts_in_any_order(
    links: set[Pair], apart: set[Pair], together: set[Pair], random: Random
) -> None:
    together -= apart
    links = (links - apart) | together
    at_once, step_by_step = Graph(), Graph()
    steps = [
        *((at_once.edges, step_by_step.edges, pair) for pair in sorted(links)),
        *((at_once.apart, step_by_step.apart, pair) for pair in sorted(apart)),
        *((at_once.together, step_by_step.together, pair) for pair in sorted(together)),
    ]
    random.shuffle(steps)
    for whole, one, pair in steps:
        join(whole, pair)
        join(one, pair)
        step_by_step.settle({end for key in pair for end in step_by_step.chain(key)})
    at_once.settle(set(at_once.leads))
    assert step_by_step.leads == at_once.leads
    assert all(at_once.head(left) != at_once.head(right) for left, right in apart)
    if not apart:
        assert all(at_once.head(left) == at_once.head(right) for left, right in together)
    leading = {key for key, lead in at_once.leads.items() if lead is None}
    assert {lead for lead in at_once.leads.values() if lead is not None} <= leading
