"""Groups of connected members."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.groups import components

EDGES = st.lists(st.tuples(st.integers(-3, 12), st.integers(-3, 12)), max_size=20)


def test_members_are_named_by_their_smallest() -> None:
    assert components([(5, 4), (9, 5), (7, 8)]) == {4: 4, 5: 4, 9: 4, 7: 7, 8: 7}


def test_no_edges_make_no_groups() -> None:
    assert components([]) == {}


@given(EDGES)
def test_the_order_of_edges_does_not_matter(edges: list[tuple[int, int]]) -> None:
    shuffled = [(right, left) for left, right in sorted(edges, reverse=True)]
    assert components(shuffled) == components(edges) == components(iter(edges + edges))


@given(EDGES)
def test_ends_of_an_edge_share_a_group_that_its_smallest_member_names(
    edges: list[tuple[int, int]],
) -> None:
    groups = components(edges)
    assert set(groups) == {member for edge in edges for member in edge}
    assert all(groups[left] == groups[right] for left, right in edges)
    for name in set(groups.values()):
        assert name == min(member for member, group in groups.items() if group == name)


def test_a_long_chain_is_one_group() -> None:
    chain = [(at, at + 1) for at in range(50_000)]
    assert set(components(reversed(chain)).values()) == {0}
