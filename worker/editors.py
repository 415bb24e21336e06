"""What editors decide, by command line or HTTP: each with its reason, its audit and its work.

The newest word on a thing holds: a verdict on a pair of articles replaces the one before, and a
merge takes back what kept the two groups apart. Each function raises `NotFound` for a name that
leads to no article, and `ValueError` for what can't be done; nothing is written then.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

import sqlalchemy as sa

from config.errors import nearest
from feeds.model import PairVerdict, Placement, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.reindex import refile
from feeds.store import groups, listing, pins, placements, stories, tokens, verdicts, work
from worker.withdrawals import find_article, reason

# Of a larger group only so many members are set apart or put together one by one.
MOST_MEMBERS = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What an editor's action came to: its word, the articles it names, and verdicts undone."""

    action: str
    articles: tuple[str, ...]
    changed: bool
    undone: tuple[str, ...] = ()


def move(desk: Desk, named: str, section: str | None, why: str, actor: str) -> Done:
    """Put an article into a section; `None` leaves it to the rules again."""
    if section is not None and section not in desk.ancestors:
        raise ValueError(f"no section {section!r}{nearest(section, desk.ancestors)}")
    return _place(desk, named, ("section", section, True), why, actor)


def tag(desk: Desk, named: str, topic: str, holds: bool | None, why: str, actor: str) -> Done:
    """Give a topic to an article or take it away; `None` leaves it to the rules again."""
    if topic not in desk.topic_names:
        raise ValueError(f"no topic {topic!r}{nearest(topic, desk.topic_names)}")
    return _place(desk, named, ("topic", topic, holds), why, actor)


def _place(
    desk: Desk, named: str, what: tuple[str, str | None, bool | None], why: str, actor: str
) -> Done:
    kind, slug, holds = what
    why, now = reason(why), desk.clock()
    with desk.engine.begin() as connection:
        number = find_article(connection, named)
        if slug is None or holds is None:
            changed = placements.remove(connection, number, kind, slug)
        else:
            placements.write(connection, number, Placement(kind, slug, holds, actor, now, why))
            changed = True
        detail = {"article": public_id(number), kind: slug, "holds": holds, "why": why}
        tokens.note(connection, actor, "move" if kind == "section" else "topic", detail, now)
        refile(desk, connection, [number], now)
    return Done("moved" if kind == "section" else "tagged", (public_id(number),), changed)


def pin(desk: Desk, named: str, position: int | None, why: str, actor: str) -> Done:
    """Feature an article on every page, smaller positions first; `None` takes the pin away."""
    why, now = reason(why), desk.clock()
    with desk.engine.begin() as connection:
        number = find_article(connection, named)
        if position is None:
            changed = pins.take(connection, number)
        else:
            changed = pins.position(connection, number) != position
            pins.put(connection, number, position, now)
        action = "unpin" if position is None else "pin"
        detail = {"article": public_id(number), "position": position, "why": why}
        tokens.note(connection, actor, action, detail, now)
        touched = listing.keys_of(connection, [number], desk.ancestors)
        work.mark(connection, "publish", touched, now, desk.debounce)
    return Done(f"{action}ned", (public_id(number),), changed)


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
        own, theirs = (_group(connection, one, kind) for one in (number, second))
        crossing = [pair for pair in product(sorted(own), sorted(theirs)) if pair[0] != pair[1]]
        if kind == "duplicate":
            return [(number, second)], crossing
        pairs = [(number, mate) for mate in theirs] + [(mate, second) for mate in own]
        return [pair for pair in pairs if pair[0] != pair[1]], crossing

    return _verdict(desk, (named, other), kind, (True, why, actor), judge)


def undo(desk: Desk, named: str, other: str | None, kind: str, why: str, actor: str) -> Done:
    """Take back what people decided of an article and another one, or all others.

    A decision that named more pairs at once goes as a whole.
    """
    _check_kind(kind)
    why, now = reason(why), desk.clock()
    with desk.engine.begin() as connection:
        number, second = _both(connection, named, other)
        found = verdicts.of(connection, {number, second or number}, kind)
        meant = {
            (one.at, one.by) for one in found if {number, second or number} <= {one.left, one.right}
        }
        pairs = [(one.left, one.right) for one in found if (one.at, one.by) in meant]
        gone = verdicts.remove(connection, pairs, kind)
        ends = {number} | {end for one in gone for end in (one.left, one.right)}
        _note(connection, ("undo", kind, why, actor), (), gone, now)
        work.mark(connection, "relate", map(str, ends), now)
    return Done("undone", _names(ends), bool(gone), tuple(map(_told, gone)))


def decisions(connection: sa.Connection, article_id: int) -> list[str]:
    """Say line by line what people decided of an article, the newest verdict first."""
    pinned = pins.position(connection, article_id)
    placed = placements.of(connection, [article_id]).get(article_id, [])
    return [
        *([] if pinned is None else [f"pinned at {pinned}"]),
        *(
            f"{one.kind} {one.slug} {'set' if one.holds else 'taken away'} by {one.by}: {one.why}"
            for one in placed
        ),
        *(f"{one.kind}: {_told(one)}" for one in verdicts.of(connection, [article_id])),
    ]


_Judged = tuple[Sequence[tuple[int, int]], Collection[tuple[int, int]]]
_Judge = Callable[[sa.Connection, int, int | None], _Judged]


def _verdict(
    desk: Desk,
    names: tuple[str, str | None],
    kind: str,
    word: tuple[bool, str, str],
    judge: _Judge,
) -> Done:
    """Store verdicts on the pairs that `judge` gives; what keeps its others apart is taken back."""
    _check_kind(kind)
    together, why, actor = word
    why, now = reason(why), desk.clock()
    with desk.engine.begin() as connection:
        number, second = _both(connection, *names)
        pairs, freed = judge(connection, number, second)
        made = [
            verdicts.pair_verdict(*pair, kind, together, actor, now, why)
            for pair in pairs[:MOST_MEMBERS]
        ]
        stale = _apart(connection, freed, kind)
        undone = verdicts.remove(connection, stale, kind)
        verdicts.write(connection, made)
        action = "merge" if together else "split"
        _note(connection, (action, kind, why, actor), made, undone, now)
        ends = {end for one in [*made, *undone] for end in (one.left, one.right)}
        work.mark(connection, "relate", map(str, ends), now)
    word_done = "merged" if together else "split"
    return Done(word_done, _names(ends), bool(made), tuple(map(_told, undone)))


def _apart(
    connection: sa.Connection, pairs: Iterable[tuple[int, int]], kind: str
) -> list[tuple[int, int]]:
    ordered = {(min(pair), max(pair)) for pair in pairs}
    found = verdicts.of(connection, {end for pair in ordered for end in pair}, kind)
    return [
        (one.left, one.right)
        for one in found
        if not one.together and (one.left, one.right) in ordered
    ]


def _group(connection: sa.Connection, number: int, kind: str) -> set[int]:
    members = groups.members if kind == "duplicate" else stories.story_of
    return members(connection, number)


def _both(connection: sa.Connection, named: str, other: str | None) -> tuple[int, int | None]:
    number = find_article(connection, named)
    second = None if other is None else find_article(connection, other)
    if number == second:
        raise ValueError("name two different articles")
    return number, second


def _check_kind(kind: str) -> None:
    if kind not in verdicts.KINDS:
        raise ValueError(f"no kind {kind!r}; there are {', '.join(verdicts.KINDS)}")


def _note(
    connection: sa.Connection,
    what: tuple[str, str, str, str],
    made: Sequence[PairVerdict],
    undone: Sequence[PairVerdict],
    now: datetime,
) -> None:
    action, kind, why, actor = what
    detail: Mapping[str, object] = {
        "kind": kind,
        "pairs": [[public_id(one.left), public_id(one.right)] for one in made],
        "undone": [_told(one) for one in undone],
        "why": why,
    }
    tokens.note(connection, actor, action, detail, now)


def _told(one: PairVerdict) -> str:
    word = "together" if one.together else "apart"
    return f"{public_id(one.left)} and {public_id(one.right)} {word}, by {one.by}: {one.why}"


def _names(ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(public_id(number) for number in sorted(ids))
