"""Editors' routes: what a token with the scope `articles` may decide."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.responses import Response

from feeds.errors import NotFound
from feeds.pipeline.desk import Desk
from worker import audit, editors, pairs
from worker.decided import Done
from worker.ops.actions import Asked
from worker.ops.answers import Problem, answer, check_keys, text

_POSITION_MAX = 10_000


def move(desk: Desk, asked: Asked) -> Response:
    """Put an article into a section; `null` leaves it to the rules again."""
    check_keys(asked.body, ("article", "section", "why"))
    _given(asked, "section")
    return _done(
        lambda: editors.move(
            desk, _article(asked), text(asked.body, "section"), _why(asked), asked.token.name
        )
    )


def tag(desk: Desk, asked: Asked) -> Response:
    """Give a topic (`"holds": true`), take it away (`false`), or leave it to the rules (`null`)."""
    check_keys(asked.body, ("article", "topic", "holds", "why"))
    holds = _given(asked, "holds")
    if holds is not None and not isinstance(holds, bool):
        raise Problem(422, "'holds' must be true, false or null")
    topic = text(asked.body, "topic") or ""
    return _done(
        lambda: editors.tag(desk, _article(asked), topic, holds, _why(asked), asked.token.name)
    )


def pin(desk: Desk, asked: Asked) -> Response:
    """Feature an article; `"position": null` takes its pin away."""
    check_keys(asked.body, ("article", "position", "why"))
    position = asked.body.get("position", 0)
    is_number = isinstance(position, int) and not isinstance(position, bool)
    if position is not None and not (is_number and 0 <= position <= _POSITION_MAX):
        raise Problem(422, f"'position' must be a number from 0 to {_POSITION_MAX}, or null")
    return _done(
        lambda: editors.pin(desk, _article(asked), position, _why(asked), asked.token.name)
    )


def split(desk: Desk, asked: Asked) -> Response:
    """Keep an article apart from one other (`from`), or from all of its group."""
    return _of_pair(desk, asked, "from", pairs.split)


def undo(desk: Desk, asked: Asked) -> Response:
    """Take back the newest decision on an article, or on it and one other (`with`).

    With the number of a `decision` only that one, so that it may be asked for again.
    """
    decision = asked.body.get("decision")
    if decision is not None and (not isinstance(decision, int) or isinstance(decision, bool)):
        raise Problem(422, "'decision' must be the number that a split or merge was answered with")
    act = partial(pairs.undo, decision=decision)
    return _of_pair(desk, asked, "with", act, "decision")


def merge(desk: Desk, asked: Asked) -> Response:
    """Put two articles into one group of duplicates, or one story."""
    if text(asked.body, "with") is None:
        raise Problem(422, "'with' must name the other article, by id or address")
    return _of_pair(desk, asked, "with", pairs.merge)


def audited(desk: Desk, asked: Asked) -> Response:
    """Show the newest lines of the audit, or those that name the article of the path."""
    try:
        found = audit.read(desk, asked.path.get("article"), audit.MOST)
    except NotFound as exc:
        raise Problem(404, exc.message) from exc
    return answer({"lines": [asdict(one) | {"at": one.at.isoformat()} for one in found]})


def _of_pair(
    desk: Desk, asked: Asked, other: str, act: Callable[..., Done], *more: str
) -> Response:
    check_keys(asked.body, ("article", other, "kind", "why", *more))
    kind = text(asked.body, "kind") or "duplicate"
    second = _address(asked, other)
    return _done(lambda: act(desk, _article(asked), second, kind, _why(asked), asked.token.name))


def _done(act: Callable[[], Done]) -> Response:
    try:
        found = act()
    except (ValueError, NotFound) as exc:
        raise Problem(422, str(exc)) from exc
    outcome: dict[str, Any] = {
        found.action: list(found.articles),
        "changed": found.changed,
        "undone": list(found.undone),
        "restored": list(found.restored),
        "left_out": found.left_out,
        "decision": found.decision,
    }
    return answer(outcome)


def _article(asked: Asked) -> str:
    return _address(asked, "article") or _missing()


def _missing() -> str:
    raise Problem(422, "'article' must be an id or an address")


def _address(asked: Asked, key: str) -> str | None:
    """Read an id or address, which may be longer than other texts."""
    value = asked.body.get(key)
    if value is not None and not (isinstance(value, str) and 0 < len(value) <= 2000):
        raise Problem(422, f"{key!r} must be an id or an address")
    return value


def _why(asked: Asked) -> str:
    return text(asked.body, "why") or ""


def _given(asked: Asked, key: str) -> Any:
    if key not in asked.body:
        raise Problem(422, f"say {key!r}; null leaves it to the rules")
    return asked.body[key]
