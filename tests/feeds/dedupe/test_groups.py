"""Groups of members that belong together, and what keeps them apart."""

from collections import defaultdict
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.groups import Bonds, Pair, settle

ENDS = st.integers(1, 9)
PAIR = st.tuples(ENDS, ENDS).filter(lambda pair: pair[0] < pair[1])
PAIRS = st.lists(PAIR, max_size=12, unique=True)
LINKS = st.dictionaries(PAIR, st.sampled_from([0.5, 0.7, 1.0]), max_size=16)


def of(
    links: dict[Pair, float],
    together: tuple[Pair, ...] = (),
    apart: tuple[Pair, ...] = (),
    strangers: tuple[Pair, ...] = (),
) -> set[frozenset[int]]:
    """Give the groups of more than one."""
    bonds = Bonds([(*pair, score) for pair, score in links.items()], together, apart)
    roots = settle(bonds, lambda one, other: (min(one, other), max(one, other)) not in strangers)
    members: dict[int, set[int]] = defaultdict(set)
    for member, root in roots.items():
        members[root].add(member)
    assert all(root == min(own) for root, own in members.items())
    return {frozenset(own) for own in members.values() if len(own) > 1}


def connected(links: dict[Pair, float]) -> set[frozenset[int]]:
    """Find connected components by the plainest method."""
    groups = [set(pair) for pair in links]
    for _ in groups:
        for one, other in combinations(groups, 2):
            if one & other:
                one |= other
                other |= one
    return {frozenset(group) for group in groups}


def test_members_are_named_by_their_smallest() -> None:
    assert settle(Bonds([(4, 5, 1), (5, 9, 1), (7, 8, 1)]), lambda *_: True) == {
        4: 4,
        5: 4,
        9: 4,
        7: 7,
        8: 7,
    }


def test_no_links_make_no_groups() -> None:
    assert settle(Bonds([]), lambda *_: True) == {}


def test_a_round_up_joins_one_of_its_reports_and_never_two_with_each_other() -> None:
    round_up = {(1, 2): 0.95, (1, 3): 0.9}
    assert of(round_up) == {frozenset({1, 2, 3})}
    assert of(round_up, strangers=((2, 3),)) == {frozenset({1, 2})}


def test_what_is_apart_is_not_joined_through_a_third() -> None:
    chain = {(1, 2): 0.9, (2, 3): 0.8}
    assert of(chain, apart=((1, 3),)) == {frozenset({1, 2})}
    assert of({(1, 2): 0.8, (2, 3): 0.9}, apart=((1, 3),)) == {frozenset({2, 3})}


def test_what_people_put_together_is_not_asked_for_its_words() -> None:
    links = {(1, 2): 0.9, (3, 4): 0.9, (1, 3): 1.0}
    strangers = tuple(combinations(range(1, 5), 2))
    assert of(links, together=((1, 3),), strangers=strangers) == {frozenset({1, 2, 3, 4})}


def test_a_machines_link_never_stands_in_the_way_of_what_people_put_together() -> None:
    links = {(1, 2): 1.0, (1, 3): 0.5}
    assert of(links, together=((1, 3),), apart=((2, 3),)) == {frozenset({1, 3})}


@given(LINKS)
def test_without_objections_groups_are_what_is_connected(links: dict[Pair, float]) -> None:
    assert of(links) == connected(links)


@given(LINKS, PAIRS, PAIRS, PAIRS, st.randoms())
def test_the_order_of_pairs_does_not_matter(
    links: dict[Pair, float],
    together: list[Pair],
    apart: list[Pair],
    strangers: list[Pair],
    random: Random,
) -> None:
    links |= dict.fromkeys(together, 1.0)
    judged = [pair for pair in apart if pair not in together]
    wanted = of(links, tuple(together), tuple(judged), tuple(strangers))
    shuffled = dict(random.sample(list(links.items()), len(links)))
    again = of(shuffled, tuple(together), tuple(random.sample(judged, len(judged))), (*strangers,))
    assert again == wanted


@given(LINKS, PAIRS, PAIRS, PAIRS)
def test_what_people_set_apart_is_in_no_group_and_machines_join_no_strangers(
    links: dict[Pair, float], together: list[Pair], apart: list[Pair], strangers: list[Pair]
) -> None:
    foreign = [pair for pair in strangers if pair not in links]
    for group in of(links, tuple(together), tuple(apart), tuple(foreign)):
        assert not any(group >= set(pair) for pair in apart)
    for group in of(links, (), tuple(apart), tuple(foreign)):
        assert not any(group >= set(pair) for pair in foreign)


@given(LINKS, PAIRS)
def test_what_people_put_together_is_in_one_group(
    links: dict[Pair, float], together: list[Pair]
) -> None:
    groups = of(links | dict.fromkeys(together, 1.0), tuple(together), (), ())
    assert all(any(group >= set(pair) for group in groups) for pair in together)


def test_a_long_chain_is_one_group_and_asks_a_bounded_number_of_questions() -> None:
    asked = []
    chain = [(at, at + 1, 1.0) for at in range(2_000)]
    roots = settle(Bonds(chain), lambda *pair: bool(asked.append(pair)) or True)
    assert set(roots.values()) == {0}
    assert len(asked) <= 64 * len(chain)
