import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Edge
from feeds.store.graph import Graph, Node
from worker.ops.layout import WIDTH, arrange, titles

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAIRS = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), max_size=80)


def graph(size: int, pairs: list[tuple[int, int]]) -> Graph:
    nodes = tuple(Node(n, f"Bài {n}", "Nguồn", NOON, None, n) for n in range(1, size + 1))
    unique = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    return Graph(nodes, tuple(Edge(a, b, "topic", 0.5, "both") for a, b in unique))


@given(PAIRS)
def test_every_article_has_its_place_within_the_picture(pairs: list[tuple[int, int]]) -> None:
    places, height = arrange(graph(40, pairs))
    assert places.keys() == set(range(1, 41))
    assert all(0 <= x <= WIDTH and 0 <= y <= height for x, y in places.values())


def test_two_hundred_dots_stand_apart() -> None:
    ring = [(n, n % 200 + 1) for n in range(1, 201)]
    chords = [(n, (n * 7) % 200 + 1) for n in range(1, 201, 3)]
    places, _ = arrange(graph(200, ring + chords))
    spots = list(places.values())
    nearest = [min(math.dist(a, b) for b in spots if b is not a) for a in spots]
    assert sorted(nearest)[len(nearest) // 2] > 16, "the usual dot is 8 wide at most"


@given(PAIRS)
def test_no_title_covers_another(pairs: list[tuple[int, int]]) -> None:
    places, _ = arrange(graph(40, pairs))
    placed = titles(places, [(one, f"Bài số {one} về đồng bằng") for one in places])
    assert placed
    spans = []
    for one in placed:
        width = 6.9 * len(one.text)
        left = one.place[0] - (0 if one.is_right else width)
        spans.append((left, left + width, one.place[1]))
    for place, (left, right, y) in enumerate(spans):
        assert left >= 0
        assert right <= WIDTH
        for other_left, other_right, other_y in spans[:place]:
            apart = right <= other_left or other_right <= left
            assert apart or abs(y - other_y) >= 15
