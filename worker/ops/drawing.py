"""Drawing: a graph of articles as SVG.

Theory: who looks wants to see what hangs together, and why; so every connected part is laid out
by itself, the parts stand side by side, largest first, and each dot and line says in a tooltip
what it is. Titles are written only where there is room: a picture of two hundred titles is none.
The same graph always gives the same picture.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import networkx
from lxml import etree

from feeds.model import Edge, public_id
from feeds.store.graph import Graph, Node

Place = tuple[float, float]

WIDTH = 1200.0
_NAMED = 36  # dots with a title beside them
_TITLE = 30  # characters of it
_MARGIN = 46.0
_SVG = "http://www.w3.org/2000/svg"
# By kind: colour, width. Readable on white: at least 3 to 1 (WCAG 2.2 §1.4.11).
_LINES = {"duplicate": ("#b3202f", 2.6), "story": ("#a86400", 2.2), "topic": ("#8a9097", 1.0)}
_INK, _DOT, _OWN, _PAPER = "#1b1d1f", "#2f6690", "#b3202f", "#ffffff"


def draw(graph: Graph, centre: int | None = None) -> bytes:
    """Draw a graph; `centre` is the article that it is about, where there is one."""
    places, height = arrange(graph)
    size = {"width": _number(WIDTH), "height": _number(height)}
    box = f"0 0 {_number(WIDTH)} {_number(height)}"
    svg = etree.fromstring(f'<svg xmlns="{_SVG}" role="img"/>')
    for name, value in {"viewBox": box, **size}.items():
        svg.set(name, value)
    told = f"{len(graph.nodes)} articles, {len(graph.edges)} relations"
    _add(svg, "title").text = told
    _add(svg, "rect", {"width": "100%", "height": "100%", "fill": _PAPER})
    for edge in sorted(graph.edges, key=lambda one: one.kind == "story"):
        _line(svg, edge, places)
    degrees = _degrees(graph)
    named = sorted(degrees, key=lambda one: (one != centre, -degrees[one], one))[:_NAMED]
    for node in graph.nodes:
        _dot(svg, node, places[node.id], degrees[node.id], node.id == centre)
    for node in graph.nodes:
        if node.id == centre or (node.id in named and degrees[node.id]):
            _name(svg, node, places[node.id])
    return etree.tostring(svg, encoding="utf-8")


def arrange(graph: Graph) -> tuple[dict[int, Place], float]:
    """Place each article; returns the places and the height of the picture."""
    drawn = networkx.Graph()
    drawn.add_nodes_from(sorted(node.id for node in graph.nodes))
    for edge in graph.edges:
        drawn.add_edge(edge.left, edge.right, weight=0.3 + edge.score)
    parts = sorted(networkx.connected_components(drawn), key=lambda part: (-len(part), min(part)))
    places: dict[int, Place] = {}
    left = top = row = _MARGIN
    row = 0.0
    for part in parts:
        side = _side(len(part))
        if left + side > WIDTH - _MARGIN and left > _MARGIN:
            left, top, row = _MARGIN, top + row + _MARGIN / 2, 0.0
        inner = _inner(drawn.subgraph(sorted(part)), side)
        places |= {one: (left + x, top + y) for one, (x, y) in inner.items()}
        left, row = left + side + _MARGIN / 2, max(row, side)
    return places, top + row + _MARGIN


def _side(size: int) -> float:
    """Give the side of the square for a part, by which dots have about the same room everywhere."""
    return min(WIDTH - 2 * _MARGIN, 26.0 if size == 1 else 70.0 * math.sqrt(size))


def _inner(part: networkx.Graph, side: float) -> Mapping[int, Place]:
    if len(part) == 1:
        return {next(iter(part)): (side / 2, side / 2)}
    found = networkx.spring_layout(part, seed=1, iterations=80, scale=0.5, center=(0.5, 0.5))
    return {one: (float(x) * side, float(y) * side) for one, (x, y) in found.items()}


def _degrees(graph: Graph) -> dict[int, int]:
    degrees = {node.id: 0 for node in graph.nodes}
    for edge in graph.edges:
        degrees[edge.left] += 1
        degrees[edge.right] += 1
    return degrees


def _line(svg: etree._Element, edge: Edge, places: Mapping[int, Place]) -> None:
    (x1, y1), (x2, y2) = places[edge.left], places[edge.right]
    colour, width = _LINES.get(edge.kind, _LINES["topic"])
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke-width": width + edge.score}
    attributes = {name: _number(value) for name, value in ends.items()}
    line = _add(svg, "line", {"stroke": colour, **attributes})
    _add(line, "title").text = _safe(f"{edge.kind} {edge.score:.2f}: {edge.why}")


def _dot(svg: etree._Element, node: Node, place: Place, degree: int, is_own: bool) -> None:
    link = _add(svg, "a", {"href": f"/graph/article/{public_id(node.id)}"})
    shape = {"cx": place[0], "cy": place[1], "r": 9.0 if is_own else min(8.0, 3.5 + degree * 0.5)}
    colours = {"fill": _OWN if is_own else _DOT, "stroke": _PAPER, "stroke-width": "1.5"}
    attributes = {name: _number(value) for name, value in shape.items()}
    dot = _add(link, "circle", {**attributes, **colours})
    said = f"{node.title} · {node.source_title}, {node.effective_at:%Y-%m-%d %H:%M}"
    _add(dot, "title").text = _safe(said)


def _name(svg: etree._Element, node: Node, place: Place) -> None:
    """Write a title beside its dot, on the side where there is room."""
    is_right = place[0] < WIDTH * 0.75
    attributes = {
        "x": _number(place[0] + (11 if is_right else -11)),
        "y": _number(place[1] + 4),
        "text-anchor": "start" if is_right else "end",
        "font-size": "12",
        "font-family": "sans-serif",
        "fill": _INK,
        "stroke": _PAPER,
        "stroke-width": "3",
        "paint-order": "stroke",
        "pointer-events": "none",
    }
    title = node.title if len(node.title) <= _TITLE else f"{node.title[: _TITLE - 1].rstrip()}…"
    _add(svg, "text", attributes).text = _safe(title)


def legend() -> Sequence[tuple[str, str]]:
    """Name the colours of the lines."""
    return [(kind, colour) for kind, (colour, _) in _LINES.items()]


def as_values(graph: Graph) -> dict[str, object]:
    """Give a graph as plain values, for machines."""
    nodes: Iterable[Node] = graph.nodes
    return {
        "nodes": [
            {
                "id": public_id(node.id),
                "title": node.title,
                "source": node.source_title,
                "published": node.effective_at.isoformat(),
                "section": node.section,
                "story": public_id(node.story),
            }
            for node in nodes
        ],
        "edges": [
            {
                "left": public_id(edge.left),
                "right": public_id(edge.right),
                "kind": edge.kind,
                "score": round(edge.score, 4),
                "why": edge.why,
            }
            for edge in graph.edges
        ],
    }


def _add(
    parent: etree._Element, name: str, attributes: Mapping[str, str] | None = None
) -> etree._Element:
    return etree.SubElement(parent, f"{{{_SVG}}}{name}", dict(attributes or {}))


def _number(value: float) -> str:
    return f"{value:.1f}"


def _safe(text: str) -> str:
    """Drop what XML can't carry, and what nobody sees."""
    return "".join(char for char in text if char.isprintable())
