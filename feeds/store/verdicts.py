"""Verdicts in the store: which articles people put together or apart, the newest word on each pair.

At most a few for an article, and few articles have any: each look is by index.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.model import PairVerdict
from feeds.store.bulk import any_of, given
from feeds.store.tables import verdict

Pair = tuple[int, int]
KINDS = ("duplicate", "story")


def write(connection: sa.Connection, verdicts: Sequence[PairVerdict]) -> None:
    """Store verdicts; a new one on the same pair replaces the old."""
    for one in verdicts:
        statement = insert(verdict).values(
            left_id=one.left,
            right_id=one.right,
            kind=one.kind,
            together=one.together,
            by=one.by,
            at=one.at,
            why=one.why,
        )
        new = statement.excluded
        changed = {name: new[name] for name in ("together", "by", "at", "why")}
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["left_id", "right_id", "kind"], set_=changed
            )
        )


def remove(connection: sa.Connection, pairs: Iterable[Pair], kind: str) -> list[PairVerdict]:
    """Take verdicts back; returns those that there were."""
    rows = sorted(set(pairs))
    if not rows:
        return []
    gone = given([verdict.c.left_id, verdict.c.right_id], rows)
    removed = connection.execute(
        sa.delete(verdict)
        .where(
            verdict.c.left_id == gone.c.left_id,
            verdict.c.right_id == gone.c.right_id,
            verdict.c.kind == kind,
        )
        .returning(verdict)
    )
    return sorted(map(_verdict, removed), key=lambda one: (one.left, one.right))


def of(connection: sa.Connection, ids: Iterable[int], kind: str | None = None) -> list[PairVerdict]:
    """List the verdicts that name any of these articles, the newest first."""
    chosen = sorted(set(ids))
    if not chosen:
        return []
    found = {
        (one.left, one.right, one.kind): one
        for end in (verdict.c.left_id, verdict.c.right_id)
        for one in map(_verdict, connection.execute(sa.select(verdict).where(any_of(end, chosen))))
        if kind in (None, one.kind)
    }
    ordered = sorted(found.values(), key=lambda one: (one.left, one.right, one.kind))
    return sorted(ordered, key=lambda one: one.at, reverse=True)


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


def pair_verdict(
    one: int, other: int, kind: str, together: bool, by: str, at: datetime, why: str
) -> PairVerdict:
    """Make a verdict on two articles in any order; raises `ValueError` for one and itself."""
    if one == other:
        raise ValueError("name two different articles")
    return PairVerdict(min(one, other), max(one, other), kind, together, by, at, why)


def _verdict(row: sa.Row[tuple[object, ...]]) -> PairVerdict:
    return PairVerdict(row.left_id, row.right_id, row.kind, row.together, row.by, row.at, row.why)
