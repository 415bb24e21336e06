"""Deciding: where people's verdicts meet what relating found."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from feeds.dedupe.groups import Bonds, settle
from feeds.dedupe.verdicts import decided
from feeds.model import Edge
from feeds.pipeline.same_text import kin
from feeds.store import relations, verdicts

Pair = tuple[int, int]


def overrule(
    connection: sa.Connection, ids: Sequence[int], edges: Sequence[Edge]
) -> tuple[list[Edge], set[int]]:
    """Let verdicts on articles overrule their edges, those that are stored too.

    Returns the edges that hold, and the articles that a verdict names. The caller holds the graph
    lock.
    """
    found = verdicts.of(connection, ids)
    apart = [(one.left, one.right, one.kind) for one in found if not one.together]
    relations.remove_edges(connection, apart)
    named = {end for one in found for end in (one.left, one.right)}
    if any(one.together for one in found):
        for kind in verdicts.KINDS:
            named |= verdicts.mates(connection, named, kind).keys()
    return decided(edges, found), named


def settled(
    connection: sa.Connection,
    links: Sequence[tuple[int, int, float]],
    together: Sequence[Pair],
    apart: Collection[Pair],
) -> dict[int, int]:
    """Group articles by their links, keeping to what people decided."""
    return settle(Bonds(links, together, apart), kin(connection))
