"""Reindexes by HTTP: starting, looking at, pausing, resuming and cancelling them."""

from collections.abc import Callable
from dataclasses import asdict

from starlette.responses import Response

from feeds.errors import NotFound, WrongState
from feeds.pipeline.desk import Desk
from feeds.store import reindexes
from worker.ops.actions import Asked
from worker.ops.answers import Problem, answer, check_keys, text
from worker.reindex import KEYS, request_reindex, turn
from worker.status import plain, round_of

_ID_MAX = 2**31 - 1


def start(desk: Desk, asked: Asked) -> Response:
    """Start a reindex of the articles that are named, or of all when that is said."""
    check_keys(asked.body, ("mode", *KEYS, "all", "dry_run", "per_minute"))
    mode = text(asked.body, "mode")
    if mode is None:
        raise Problem(422, f"'mode' must be one of {', '.join(reindexes.MODES)}")
    scope = {key: value for key in KEYS if (value := text(asked.body, key)) is not None}
    if bool(scope) == (asked.body.get("all") is True):
        raise Problem(422, f'say which articles: {", ".join(KEYS)}, or "all": true')
    is_dry, pace = asked.body.get("dry_run", False), asked.body.get("per_minute")
    if not isinstance(is_dry, bool):
        raise Problem(422, "'dry_run' must be true or false")
    if pace is not None and (isinstance(pace, bool) or not isinstance(pace, int)):
        raise Problem(422, "'per_minute' must be a whole number of articles")
    try:
        made = request_reindex(desk, mode, scope, asked.token.name, is_dry, pace)
    except (ValueError, NotFound) as exc:
        raise Problem(422, str(exc)) from exc
    url = f"/api/v1/reindex/{made}"
    return answer({"id": made, "url": url}, 202, {"Location": url})


def show(desk: Desk, asked: Asked) -> Response:
    """Show how far a reindex is, and the first of what it changed or would change."""
    number = _number(asked)
    with desk.engine.connect() as connection:
        try:
            found = reindexes.find(connection, number)
        except NotFound as exc:
            raise Problem(404, exc.message) from exc
    return answer(plain(asdict(round_of(found)) | {"diff": list(found.diff)}))


def turning(to: str) -> Callable[[Desk, Asked], Response]:
    """Make the action that pauses, resumes or cancels the reindex of the path."""

    def act(desk: Desk, asked: Asked) -> Response:
        check_keys(asked.body, ())
        try:
            turn(desk, _number(asked), to, asked.token.name)
        except NotFound as exc:
            raise Problem(404, exc.message) from exc
        except WrongState as exc:
            raise Problem(409, exc.message) from exc
        return show(desk, asked)

    return act


def _number(asked: Asked) -> int:
    number = int(asked.path["id"])
    if number > _ID_MAX:
        raise Problem(404, f"there is no reindex {number}")
    return number
