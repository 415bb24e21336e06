from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Edge
from feeds.store.graph import Graph, Node
from worker.ops.drawing import as_values, draw

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
VECTOR = "]]><script>alert(1)</script>\"'\x00\ud800"


def graph(size: int, pairs: list[tuple[int, int]], title: str = "Bài") -> Graph:
    nodes = tuple(Node(n, f"{title} {n}", "Nguồn", NOON, None, n) for n in range(1, size + 1))
    unique = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    return Graph(nodes, tuple(Edge(a, b, "topic", 0.5, f"both: {title}") for a, b in unique))


GRAPHS = st.integers(0, 30).flatmap(
    lambda size: st.builds(
        graph,
        st.just(size),
        st.lists(st.tuples(st.integers(1, max(size, 1)), st.integers(1, max(size, 1))))
        if size
        else st.just([]),
    )
)


@given(GRAPHS)
def test_every_article_and_relation_is_drawn(drawn: Graph) -> None:
    svg = etree.fromstring(draw(drawn))
    assert len(svg.findall(f".//{SVG}circle")) == len(drawn.nodes)
    assert len(svg.findall(f".//{SVG}line")) == len(drawn.edges)


@given(GRAPHS)
def test_the_same_graph_gives_the_same_picture(drawn: Graph) -> None:
    assert draw(drawn, 1) == draw(drawn, 1)


def test_strangers_words_stay_words() -> None:
    svg = etree.fromstring(draw(graph(3, [(1, 2)], VECTOR), 1))
    assert {etree.QName(one).localname for one in svg.iter()} == {
        "svg",
        "title",
        "rect",
        "line",
        "a",
        "circle",
        "text",
    }
    assert "alert(1)" in "".join(svg.itertext())


def test_machines_get_the_same_graph() -> None:
    values = as_values(graph(2, [(1, 2)]))
    assert [one["title"] for one in values["nodes"]] == ["Bài 1", "Bài 2"]
    assert values["edges"][0]["why"] == "both: Bài"
