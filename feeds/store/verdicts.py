"""Verdicts in the store: which articles people put together or apart, the newest word on each pair.

At most a few for an article, and few articles have any: each look is by index. What a newer word
replaced is kept, and holds again when that is taken back.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from feeds.model import PairVerdict
from feeds.store.bulk import any_of
from feeds.store.tables import verdict

Pair = tuple[int, int]
KINDS = ("duplicate", "story")


def write(connection: sa.Connection, verdicts: Sequence[PairVerdict]) -> None:
    """Store verdicts; of several on one pair the one with the greatest decision holds."""
    rows = [
        {
            "left_id": one.left,
            "right_id": one.right,
            "kind": one.kind,
            "decision": one.decision,
            "together": one.together,
            "by": one.by,
            "at": one.at,
            "why": one.why,
        }
        for one in verdicts
    ]
    if rows:
        connection.execute(sa.insert(verdict), rows)


def take_back(
    connection: sa.Connection, decision: int
) -> tuple[list[PairVerdict], list[PairVerdict]]:
    """Take a whole decision back; returns what held of it, and what holds again without it."""
    rows = connection.execute(sa.select(verdict).where(verdict.c.decision == decision))
    gone = {(one.left, one.right, one.kind) for one in map(_verdict, rows)}
    ends = {end for left, right, _ in gone for end in (left, right)}
    before = of(connection, ends)
    connection.execute(sa.delete(verdict).where(verdict.c.decision == decision))
    after = of(connection, ends)
    return [one for one in before if one not in after], [one for one in after if one not in before]


def of(connection: sa.Connection, ids: Iterable[int], kind: str | None = None) -> list[PairVerdict]:
    """List the verdicts that hold and name any of these articles, the newest decision first."""
    chosen = sorted(set(ids))
    if not chosen:
        return []
    found: dict[tuple[int, int, str], PairVerdict] = {}
    for end in (verdict.c.left_id, verdict.c.right_id):
        for one in map(_verdict, connection.execute(sa.select(verdict).where(any_of(end, chosen)))):
            key = (one.left, one.right, one.kind)
            if key not in found or found[key].decision < one.decision:
                found[key] = one
    held = [one for one in found.values() if one.together is not None and kind in (None, one.kind)]
    return sorted(held, key=lambda one: (-one.decision, one.left, one.right, one.kind))


def mates(
    connection: sa.Connection, ids: Iterable[int], kind: str
) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """Map articles that verdicts name to those apart from them, and those together with them.

    Together are all that a chain of merges connects.
    """
    reached, found = set(ids), of(connection, ids, kind)
    while not (ends := {end for one in found if one.together for end in _ends(one)}) <= reached:
        reached |= ends
        found = of(connection, reached, kind)
    apart: dict[int, set[int]] = defaultdict(set)
    chains: dict[int, set[int]] = {}
    for one in found:
        if one.together:
            chain = {*_ends(one), *(m for end in _ends(one) for m in chains.get(end, ()))}
            chains.update(dict.fromkeys(chain, chain))
        else:
            apart[one.left].add(one.right)
            apart[one.right].add(one.left)
    return {
        key: (frozenset(apart[key]), frozenset(chains.get(key, {key}) - {key}))
        for key in [*{*chains, *apart}]
    }


def _ends(one: PairVerdict) -> Pair:
    return one.left, one.right


def _verdict(row: sa.Row[tuple[object, ...]]) -> PairVerdict:
    pair = (row.left_id, row.right_id, row.kind)
    return PairVerdict(*pair, row.together, row.by, row.at, row.why, row.decision)
