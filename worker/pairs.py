"""What editors decide of two articles: that they are one news or text, or not; each with its audit.

The newest word holds: a verdict on a pair stands over the one before, which is kept and holds again
once the newer one is taken back; a merge takes back what kept the two groups apart. Each function
raises `NotFound` for a name that leads to no article, and `ValueError` for what can't be done;
nothing is written then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

import sqlalchemy as sa

from feeds.model import PairVerdict, public_id
from feeds.pipeline.desk import Desk
from feeds.store import groups, locks, stories, tokens, verdicts, work
from feeds.store.locks import Lock
from worker.decided import Done, check_public, names
from worker.withdrawals import find_article, reason

# Of a larger group only so many pairs are named one by one; the answer says how many were not.
MOST_MEMBERS = 200

Pair = tuple[int, int]


def split(desk: Desk, named: str, other: str | None, kind: str, why: str, actor: str) -> Done:
    """Keep an article out of its group of duplicates or story, or only apart from one other."""

    def judge(connection: sa.Connection, number: int, second: int | None) -> _Judged:
        mates = {second} if second is not None else _group(connection, number, kind) - {number}
        if not mates:
            raise ValueError(f"{public_id(number)} stands alone: there is nothing to split it from")
        return [(number, mate) for mate in sorted(mates)], ()

    return _verdict(desk, (named, other), kind, (False, why, actor), judge)


def merge(desk: Desk, named: str, other: str, kind: str, why: str, actor: str) -> Done:
    """Put two articles into one group of duplicates or one story, with all that stand by them."""

    def judge(connection: sa.Connection, number: int, second: int | None) -> _Judged:
        assert second is not None
        own, theirs = (sorted(_group(connection, one, kind)) for one in (number, second))
        pairs = [(number, second)]
        if kind == "story":
            pairs += [(number, mate) for mate in theirs] + [(mate, second) for mate in own]
        return pairs, product(own, theirs)

    return _verdict(desk, (named, other), kind, (True, why, actor), judge)


def undo(
    desk: Desk,
    named: str,
    other: str | None,
    kind: str,
    why: str,
    actor: str,
    decision: int | None = None,
) -> Done:
    """Take back the newest decision on an article, or on it and another one.

    A decision goes as a whole, whatever else it named; what it had replaced holds again. With the
    number of a `decision` nothing happens unless it is the newest, as when this is asked twice.
    """
    _check_kind(kind)
    why, now = reason(why), desk.clock()
    with desk.engine.begin() as connection:
        locks.hold(connection, Lock.VERDICTS)
        numbers = [find_article(connection, name) for name in (named, other) if name is not None]
        sides = [{one, _standing(connection, one, kind)} for one in numbers]
        found = [
            one
            for one in verdicts.of(connection, set().union(*sides), kind)
            if all(side & {one.left, one.right} for side in sides)
        ]
        is_meant = bool(found) and decision in (None, found[0].decision)
        gone, again = verdicts.take_back(connection, found[0].decision) if is_meant else ([], [])
        _note(connection, ("undo", kind, why, actor), gone, (gone, again), now, bool(gone))
        ends = set(numbers) | _ends([*gone, *again])
        if gone:
            work.mark(connection, "relate", map(str, ends), now)
    said, restored = tuple(map(told, gone)), tuple(map(told, again))
    return Done("undone", names(ends), bool(gone), said, restored)


_Judged = tuple[Sequence[Pair], Iterable[Pair]]
_Judge = Callable[[sa.Connection, int, int | None], _Judged]


def _verdict(
    desk: Desk,
    named: tuple[str, str | None],
    kind: str,
    word: tuple[bool, str, str],
    judge: _Judge,
) -> Done:
    """Store one decision on the pairs that `judge` gives, the one that was asked for first.

    Of those that it frees, what says the contrary no longer holds. What holds already is not said
    again, so that one undo takes it back.
    """
    _check_kind(kind)
    together, why, actor = word
    why, now = reason(why), desk.clock()
    with desk.engine.begin() as connection:
        locks.hold(connection, Lock.VERDICTS)
        pairs, freed = judge(connection, *_both(connection, *named, kind))
        unique = list(dict.fromkeys(_ordered(pairs)))
        chosen = set(unique[:MOST_MEMBERS])
        held, undone = _said_of(connection, chosen.union(_ordered(freed)), kind, together)
        changed = bool(undone) or not held.issuperset(unique[:1] if together else chosen)
        action = "merge" if together else "split"
        said = (action, kind, why, actor)
        made = [PairVerdict(*pair, kind, together, actor, now, why, 0) for pair in sorted(chosen)]
        lifted = [
            PairVerdict(*pair, kind, None, actor, now, why, 0)
            for pair in sorted({(one.left, one.right) for one in undone} - chosen)
        ]
        number = _note(connection, said, made, (undone, ()), now, changed)
        ends = _ends([*made, *undone])
        if changed:
            verdicts.write(connection, [replace(one, decision=number) for one in [*made, *lifted]])
            work.mark(connection, "relate", map(str, ends), now)
    return Done(
        "merged" if together else "split",
        names(ends),
        changed,
        undone=tuple(map(told, undone)),
        left_out=len(unique) - len(chosen),
        decision=number if changed else None,
    )


def _ordered(pairs: Iterable[Pair]) -> list[Pair]:
    return [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]


def _said_of(
    connection: sa.Connection, pairs: set[Pair], kind: str, together: bool
) -> tuple[set[Pair], list[PairVerdict]]:
    """Name the pairs of which a verdict says so already, and list the verdicts to the contrary."""
    found = [
        one
        for one in verdicts.of(connection, {end for pair in pairs for end in pair}, kind)
        if (one.left, one.right) in pairs
    ]
    held = {(one.left, one.right) for one in found if one.together is together}
    return held, [one for one in found if one.together is not together]


def _group(connection: sa.Connection, number: int, kind: str) -> set[int]:
    members = groups.members if kind == "duplicate" else stories.story_of
    return members(connection, number)


def _standing(connection: sa.Connection, number: int, kind: str) -> int:
    """Name who tells an article's story: a copy is told by whoever stands for its group."""
    return groups.head(connection, number) if kind == "story" else number


def _both(
    connection: sa.Connection, named: str, other: str | None, kind: str
) -> tuple[int, int | None]:
    found = [find_article(connection, name) for name in (named, other) if name is not None]
    check_public(connection, found)
    number, *second = (_standing(connection, one, kind) for one in found)
    if second == [number]:
        raise ValueError("name two different articles; copies of one text are one in a story")
    return number, second[0] if second else None


def _check_kind(kind: str) -> None:
    if kind not in verdicts.KINDS:
        raise ValueError(f"no kind {kind!r}; there are {', '.join(verdicts.KINDS)}")


def _note(
    connection: sa.Connection,
    what: tuple[str, str, str, str],
    named: Sequence[PairVerdict],
    outcome: tuple[Sequence[PairVerdict], Sequence[PairVerdict]],
    now: datetime,
    changed: bool,
) -> int:
    """Write the line of the audit: on which pairs, what no longer holds, and what holds again."""
    action, kind, why, actor = what
    undone, again = outcome
    detail: Mapping[str, object] = {
        "kind": kind,
        "pairs": [[public_id(one.left), public_id(one.right)] for one in named],
        "undone": [told(one) for one in undone],
        "restored": [told(one) for one in again],
        "why": why,
        "changed": changed,
    }
    return tokens.note(connection, actor, action, detail, now)


def told(one: PairVerdict) -> str:
    """Say a verdict in one line."""
    word = "together" if one.together else "apart"
    return f"{public_id(one.left)} and {public_id(one.right)} {word}, by {one.by}: {one.why}"


def _ends(judged: Iterable[PairVerdict]) -> set[int]:
    return {end for one in judged for end in (one.left, one.right)}
