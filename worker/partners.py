"""What people do with partners, by the command line and by ops: each with its audit line."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, timedelta
from typing import Any

from pydantic import ValidationError

from config.errors import nearest
from config.partners import PartnerSpec
from feeds.pipeline.desk import Desk
from feeds.store import partners, tokens, usage
from feeds.store.usage import Outcome

KEEP_HOURS = int(partners.KEEP.total_seconds()) // 3600
KEEP_HOURS_MAX = 24 * 366


def create(desk: Desk, row: Mapping[str, Any], actor: str) -> str:
    """Add a partner; returns its key. Raises `ValueError` with one line that says what is wrong."""
    spec = read_spec(row)
    now = desk.clock()
    with desk.engine.begin() as connection:
        key = partners.create(connection, spec, now)
        tokens.note(connection, actor, "partner create", spec.model_dump(mode="json"), now)
    return key


def read_spec(row: Mapping[str, Any]) -> PartnerSpec:
    """Check what describes a partner, as partners.yaml is checked; raises `ValueError`."""
    for name in row:
        if name not in PartnerSpec.model_fields:
            raise ValueError(f"there is no key {name!r}{nearest(name, PartnerSpec.model_fields)}")
    try:
        return PartnerSpec(**row)
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place}: {first['msg']}") from exc


def rotate(desk: Desk, name: str, keep: timedelta, actor: str) -> str:
    """Make a new key; those before it end after `keep`. Raises `NotFound` and `ValueError`."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        key = partners.rotate(connection, name, keep, now)
        detail = {"name": name, "keep_hours": keep.total_seconds() / 3600}
        tokens.note(connection, actor, "partner rotate", detail, now)
    return key


def revoke(desk: Desk, name: str, hint: str | None, actor: str) -> int:
    """End keys at once; returns how many. Raises `NotFound`."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        done = partners.revoke(connection, name, now, hint)
        detail = {"name": name, "key": hint, "revoked": done}
        tokens.note(connection, actor, "partner revoke", detail, now)
    return done


def listed(desk: Desk) -> list[dict[str, Any]]:
    """List partners with their keys and what they asked for today; no secrets."""
    now = desk.clock()
    with desk.engine.connect() as connection:
        found = partners.listed(connection)
        today = {one.name: one for one in usage.today(connection, now.astimezone(UTC).date())}
    return [
        asdict(one)
        | {
            "keys": [
                asdict(key) | {"is_valid": key.is_valid(now) and one.ended_at is None}
                for key in one.keys
            ]
        }
        | {
            f"{word.value}_today": getattr(today[one.name], word.value) if one.name in today else 0
            for word in Outcome
        }
        for one in found
    ]


def usage_of(desk: Desk, name: str | None, days: int) -> list[usage.Day]:
    """List a partner's days, or those of all, the newest first; raises `NotFound`."""
    since = desk.clock().astimezone(UTC).date() - timedelta(days=days - 1)
    with desk.engine.connect() as connection:
        number = None if name is None else partners.number_of(connection, name)
        return usage.days(connection, since, number)
