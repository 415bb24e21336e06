"""Decided: what an editor's action came to, and what must hold of the articles it names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.model import public_id
from feeds.store.relations import withdrawn_ids


@dataclass(frozen=True, slots=True)
class Done:
    """What an editor's action came to: its word, and the articles it names.

    `undone` are verdicts that hold no longer, `restored` those that do again; `left_out` counts the
    pairs of a large group that were not named. `decision` is the number of a split or merge that
    changed something, by which it can be taken back.
    """

    action: str
    articles: tuple[str, ...]
    changed: bool
    undone: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    left_out: int = 0
    decision: int | None = None


def check_public(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Raise `ValueError` where an article is withdrawn."""
    if gone := withdrawn_ids(connection, ids):
        raise ValueError(f"withdrawn: {', '.join(names(gone))}; restore it first")


def names(ids: Iterable[int]) -> tuple[str, ...]:
    """Give the names of articles as readers know them."""
    return tuple(public_id(number) for number in sorted(ids))
