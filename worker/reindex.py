"""Reindexes as ops ask for them: by the command line, by HTTP, or by a plain Celery call."""

from collections.abc import Mapping
from datetime import UTC, datetime

from config.errors import nearest
from feeds.pipeline.desk import Desk
from feeds.store import reindexes, sources, tokens
from feeds.store.reindexes import Scope

KEYS = ("section", "topic", "source", "author", "since", "until")
TURNS = {"pause": reindexes.pause, "resume": reindexes.resume, "cancel": reindexes.cancel}


def request_reindex(
    desk: Desk,
    mode: str,
    scope: Mapping[str, str],
    actor: str,
    is_dry: bool = False,
    per_minute: int | None = None,
) -> int:
    """Start a round and note who asked; returns its id.

    Raises `ValueError` for a mode, key, section, topic, pace or date that doesn't exist, and
    `NotFound` for an unknown source.
    """
    asked = _scope(desk, scope)
    now = desk.clock()
    with desk.engine.begin() as connection:
        if asked.source is not None:
            sources.find(connection, asked.source)
        made = reindexes.create(connection, asked, mode, now, is_dry, per_minute)
        detail = {"id": made, "mode": mode, "dry_run": is_dry, "per_minute": per_minute, **scope}
        tokens.note(connection, actor, "reindex", detail, now)
    return made


def turn(desk: Desk, number: int, to: str, actor: str) -> None:
    """Pause, resume or cancel a round, and note who did.

    Raises `NotFound`, and `WrongState` where the round's state does not allow it.
    """
    now = desk.clock()
    with desk.engine.begin() as connection:
        TURNS[to](connection, number, now)
        tokens.note(connection, actor, f"reindex_{to}", {"id": number}, now)


def _scope(desk: Desk, given: Mapping[str, str]) -> Scope:
    for key in given:
        if key not in KEYS:
            raise ValueError(f"no reindex scope is named {key!r}{nearest(key, KEYS)}")
    section = given.get("section")
    if section is not None and section not in desk.ancestors:
        raise ValueError(f"no section {section!r}{nearest(section, desk.ancestors)}")
    topic = given.get("topic")
    if topic is not None and topic not in desk.topic_names:
        raise ValueError(f"no topic {topic!r}{nearest(topic, desk.topic_names)}")
    since, until = given.get("since"), given.get("until")
    return Scope(
        sections=() if section is None else tuple(desk.descendants[section]),
        topic=topic,
        source=given.get("source"),
        author=given.get("author"),
        since=None if since is None else _date(since),
        until=None if until is None else _date(until),
    )


def _date(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as exc:
        raise ValueError(
            f"{text!r} is no date; write it as 2026-11-24 or 2026-11-24T08:00Z"
        ) from exc
    return at if at.tzinfo else at.replace(tzinfo=UTC)
