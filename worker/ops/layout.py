"""Layout: where the dots of a graph stand, and which of them have room for a title.

Theory: who looks wants to see what hangs together. So every connected part is laid out by itself,
the parts stand side by side, largest first. Forces alone crowd the dots where news is dense; half
of each coordinate is therefore its rank, which spreads them and keeps who stands beside whom. A
title that would cover another or a dot is left out: its dot says it when it is pointed at.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import networkx
import numpy as np

from feeds.store.graph import Graph

Place = tuple[float, float]
Box = tuple[float, float, float, float]

WIDTH = 1200.0
_MARGIN = 46.0
_GAP = 22.0
_ROOM = 5600.0  # square pixels for a dot
_WIDE = 1.7  # how much wider than high a part is
_CHARACTER, _LINE = 6.9, 15.0  # pixels that a title takes at 12 px
_BESIDE = 11.0


@dataclass(frozen=True, slots=True)
class Title:
    """A title in the picture: where it begins or, to the left of its dot, ends."""

    text: str
    place: Place
    is_right: bool


def arrange(graph: Graph) -> tuple[dict[int, Place], float]:
    """Place each article; returns the places and the height of the picture."""
    drawn = networkx.Graph()
    drawn.add_nodes_from(sorted(node.id for node in graph.nodes))
    for edge in graph.edges:
        drawn.add_edge(edge.left, edge.right, weight=0.3 + edge.score)
    parts = sorted(networkx.connected_components(drawn), key=lambda part: (-len(part), min(part)))
    places: dict[int, Place] = {}
    left, top, row = _MARGIN, _MARGIN, 0.0
    for part in parts:
        width, height = _size(len(part))
        if left + width > WIDTH - _MARGIN + 1 and left > _MARGIN:
            left, top, row = _MARGIN, top + row + _GAP, 0.0
        inner = _inner(drawn.subgraph(sorted(part)))
        places |= {one: (left + x * width, top + y * height) for one, (x, y) in inner.items()}
        left, row = left + width + _GAP, max(row, height)
    return places, top + row + _MARGIN


def _size(count: int) -> Place:
    """Give the width and height of a part, by which dots have about the same room everywhere."""
    if count == 1:
        return 26.0, 26.0
    width = min(WIDTH - 2 * _MARGIN, math.sqrt(count * _ROOM * _WIDE))
    return width, count * _ROOM / width


def _inner(part: networkx.Graph) -> Mapping[int, Place]:
    """Lay out one part within a square of side 1."""
    names = list(part)
    if len(names) == 1:
        return {names[0]: (0.5, 0.5)}
    found = networkx.spring_layout(part, seed=1, iterations=120, k=1.6 / math.sqrt(len(names)))
    spots = np.array([found[one] for one in names])
    low, high = spots.min(axis=0), spots.max(axis=0)
    spots = (spots - low) / np.where(high > low, high - low, 1.0)
    ranks = spots.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    spread = (spots + ranks / (len(names) - 1)) / 2
    return {one: (float(x), float(y)) for one, (x, y) in zip(names, spread, strict=True)}


def titles(places: Mapping[int, Place], wanted: Iterable[tuple[int, str]]) -> list[Title]:
    """Find room for titles, the most wanted first; `wanted` holds (article, title)."""
    dots = {one: (x - 8, y - 8, x + 8, y + 8) for one, (x, y) in places.items()}
    taken: list[Box] = []
    placed: list[Title] = []
    for one, text in wanted:
        others = [box for other, box in dots.items() if other != one]
        for is_right in (True, False):
            box = _box(places[one], text, is_right)
            if box[0] >= 0 and box[2] <= WIDTH and not _hits(box, (*taken, *others)):
                taken.append(box)
                x = box[0] if is_right else box[2]
                placed.append(Title(text, (x, places[one][1] + 4), is_right))
                break
    return placed


def _box(place: Place, text: str, is_right: bool) -> Box:
    width = len(text) * _CHARACTER
    left = place[0] + _BESIDE if is_right else place[0] - _BESIDE - width
    return left, place[1] - _LINE / 2, left + width, place[1] + _LINE / 2


def _hits(box: Box, others: Collection[Box]) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in others
    )
