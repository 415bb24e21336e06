"""Partners by HTTP: adding them, their keys, and what they asked for."""

from dataclasses import asdict
from datetime import timedelta

from starlette.responses import Response

from feeds.errors import NotFound
from feeds.pipeline.desk import Desk
from worker import partners
from worker.ops.actions import Asked
from worker.ops.answers import Problem, answer, check_keys, text
from worker.status import plain

_DAYS = 31


def show_all(desk: Desk, asked: Asked) -> Response:
    """List partners with their keys' last characters, quotas, and what they asked for today."""
    return answer({"partners": plain(partners.listed(desk))})


def create(desk: Desk, asked: Asked) -> Response:
    """Add a partner; the answer alone holds its key."""
    try:
        key = partners.create(desk, asked.body, asked.token.name)
    except ValueError as exc:
        raise Problem(422, str(exc)) from exc
    return answer({"name": asked.body["name"], "key": key}, 201)


def rotate(desk: Desk, asked: Asked) -> Response:
    """Make a new key; the answer alone holds it."""
    check_keys(asked.body, ("keep_hours",))
    keep = asked.body.get("keep_hours", partners.KEEP_HOURS)
    is_number = isinstance(keep, int) and not isinstance(keep, bool)
    if not is_number or not 0 <= keep <= partners.KEEP_HOURS_MAX:
        most = partners.KEEP_HOURS_MAX
        raise Problem(422, f"'keep_hours' must be a whole number of hours, 0 to {most}")
    name = asked.path["name"]
    try:
        key = partners.rotate(desk, name, timedelta(hours=keep), asked.token.name)
    except NotFound as exc:
        raise Problem(404, exc.message) from exc
    except ValueError as exc:
        raise Problem(409, str(exc)) from exc
    return answer({"name": name, "key": key}, 201)


def revoke(desk: Desk, asked: Asked) -> Response:
    """End a partner's keys at once, or the one with the last characters that are given."""
    check_keys(asked.body, ("key",))
    name, hint = asked.path["name"], text(asked.body, "key")
    try:
        done = partners.revoke(desk, name, hint, asked.token.name)
    except NotFound as exc:
        raise Problem(404, exc.message) from exc
    return answer({"name": name, "revoked": done})


def usage(desk: Desk, asked: Asked) -> Response:
    """Show how often a partner asked on each of the last 31 days."""
    name = asked.path["name"]
    try:
        found = partners.usage_of(desk, name, _DAYS)
    except NotFound as exc:
        raise Problem(404, exc.message) from exc
    days = [asdict(one) | {"day": one.day.isoformat()} for one in found]
    return answer({"name": name, "days": days})
