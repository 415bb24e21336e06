"""What editors decide of an article, by command line or HTTP: each with its reason, audit and work.

Each function raises `NotFound` for a name that leads to no article, and `ValueError` for what can't
be done; nothing is written then. What they decide of two is in `worker/pairs.py`.
"""

import sqlalchemy as sa

from config.errors import nearest
from feeds.model import Placement, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.reindex import refile
from feeds.store import listing, pins, placements, tokens, verdicts, work
from worker.decided import Done, check_public
from worker.pairs import told
from worker.withdrawals import find_article, reason


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
        placements.hold(connection, [number])  # of two who place it at once one waits
        if slug is None or holds is None:
            changed = placements.remove(connection, number, kind, slug)
        else:
            placements.write(connection, number, Placement(kind, slug, holds, actor, now, why))
            changed = True
        detail: dict[str, object] = {"article": public_id(number), kind: slug, "holds": holds}
        detail |= {"why": why, "changed": changed}
        tokens.note(connection, actor, "move" if kind == "section" else "topic", detail, now)
        refile(desk, connection, [number], now)
        work.mark(connection, "relate", [str(number)], now)  # it may stand for its group now
    return Done("moved" if kind == "section" else "tagged", (public_id(number),), changed)


def pin(desk: Desk, named: str, position: int | None, why: str, actor: str) -> Done:
    """Feature an article on every page, smaller positions first; `None` takes the pin away."""
    why, now = reason(why), desk.clock()
    with desk.engine.begin() as connection:
        number = find_article(connection, named)
        if position is None:
            changed = pins.take(connection, number)
        else:
            check_public(connection, [number])
            changed = pins.position(connection, number) != position
            pins.put(connection, number, position, now)
        action = "unpin" if position is None else "pin"
        detail = {"article": public_id(number), "position": position}
        detail |= {"why": why, "changed": changed}
        tokens.note(connection, actor, action, detail, now)
        touched = listing.keys_of(connection, [number], desk.ancestors)
        work.mark(connection, "publish", touched, now, desk.debounce)
        work.mark(connection, "relate", [str(number)], now)  # it may stand for its group now
    return Done(f"{action}ned", (public_id(number),), changed)


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
        *(f"{one.kind}: {told(one)}" for one in verdicts.of(connection, [article_id])),
    ]
