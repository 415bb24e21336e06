"""Verdicts: what people decided of pairs of articles, and how machines keep to it."""

from collections.abc import Iterable

from feeds.model import Edge, PairVerdict


def decided(edges: Iterable[Edge], verdicts: Iterable[PairVerdict]) -> list[Edge]:
    """Apply verdicts to the edges that were found: drop what is apart, add what is together."""
    known = {(one.left, one.right, one.kind): one for one in verdicts}
    kept = [edge for edge in edges if (edge.left, edge.right, edge.kind) not in known]
    added = [
        Edge(one.left, one.right, one.kind, 1.0, f"merged by {one.by}: {one.why}")
        for _, one in sorted(known.items())
        if one.together
    ]
    return kept + added
