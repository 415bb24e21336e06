"""Drawing: a graph of articles as SVG.

Each dot and line says in a tooltip what it is. The same graph always gives the same picture.
"""

from collections.abc import Mapping, Sequence

from lxml import etree

from feeds.model import Edge, public_id
from feeds.store.graph import Graph, Node
from worker.ops.layout import WIDTH, Place, Title, arrange, titles

_TITLE = 34  # characters of a title
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
    for node in graph.nodes:
        _dot(svg, node, places[node.id], degrees[node.id], node.id == centre)
    named = sorted(graph.nodes, key=lambda one: (one.id != centre, -degrees[one.id], one.id))
    for title in titles(places, [(one.id, _short(one.title)) for one in named]):
        _name(svg, title)
    return etree.tostring(svg, encoding="utf-8")


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


def _name(svg: etree._Element, title: Title) -> None:
    attributes = {
        "x": _number(title.place[0]),
        "y": _number(title.place[1]),
        "text-anchor": "start" if title.is_right else "end",
        "font-size": "12",
        "font-family": "sans-serif",
        "fill": _INK,
        "stroke": _PAPER,
        "stroke-width": "3",
        "paint-order": "stroke",
        "pointer-events": "none",
    }
    _add(svg, "text", attributes).text = title.text


def _short(title: str) -> str:
    shown = _safe(title)
    return shown if len(shown) <= _TITLE else f"{shown[: _TITLE - 1].rstrip()}…"


def legend() -> Sequence[tuple[str, str]]:
    """Name the colours of the lines."""
    return [(kind, colour) for kind, (colour, _) in _LINES.items()]


def as_values(graph: Graph) -> dict[str, object]:
    """Give a graph as plain values, for machines."""
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
            for node in graph.nodes
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
