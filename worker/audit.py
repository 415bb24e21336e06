"""The audit, read: who did what, when, to what, for which reason, and what it came to."""

from collections.abc import Mapping, Sequence
from typing import Any

from feeds.model import public_id
from feeds.pipeline.desk import Desk
from feeds.store import tokens
from feeds.store.tokens import Line
from worker.withdrawals import find_article

LINES = 20
MOST = 1000
_SHOWN = 5  # of a list, in a line for people
_SUBJECTS = ("article", "articles", "pairs", "name", "id", "urls", "asked")


def read(desk: Desk, named: str | None, limit: int) -> list[Line]:
    """List what was done, the newest first, or only what names an article, by id or address.

    Raises `NotFound` for a name that leads to no article.
    """
    with desk.engine.connect() as connection:
        about = None if named is None else public_id(find_article(connection, named))
        return tokens.noted(connection, limit, about)


def for_people(line: Line) -> dict[str, object]:
    """Say a line in the columns of a table."""
    rest = {
        key: value
        for key, value in line.detail.items()
        if key not in (*_SUBJECTS, "why") and value not in (None, [], "")
    }
    return {
        "at": line.at,
        "actor": line.actor,
        "action": line.action,
        "on": _subject(line.detail),
        "why": line.detail.get("why"),
        "outcome": "; ".join(f"{key}: {_short(value)}" for key, value in rest.items()),
    }


def _subject(detail: Mapping[str, Any]) -> str:
    found = (detail[key] for key in _SUBJECTS if detail.get(key) not in (None, [], ""))
    return _short(next(found, ""))


def _short(value: Any) -> str:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return str(value)
    parts = [" - ".join(one) if isinstance(one, list) else str(one) for one in value[:_SHOWN]]
    more = [f"and {len(value) - _SHOWN} more"] if len(value) > _SHOWN else []
    return ", ".join([*parts, *more])
