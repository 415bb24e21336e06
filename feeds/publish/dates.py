"""Dates as feeds write them, each once for all formats."""

from datetime import UTC, datetime
from functools import lru_cache

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc3339(moment: datetime) -> str:
    """Write a date as Atom asks, in its own zone; a `ValueError` where it has none."""
    return _utc(moment) if moment.tzinfo in (UTC, None) else moment.isoformat(timespec="seconds")


def rfc3339_utc(moment: datetime) -> str:
    """Write it with a Z for UTC, which JSON Feed's examples have."""
    return f"{_utc(moment)[:-6]}Z"


def rfc822(moment: datetime) -> str:
    """Write it as RSS 2.0 asks, in English whatever the process's locale."""
    said = _utc(moment)  # 2026-11-20T09:00:00+00:00
    day, month = _DAYS[moment.astimezone(UTC).weekday()], _MONTHS[int(said[5:7]) - 1]
    return f"{day}, {said[8:10]} {month} {said[:4]} {said[11:19]} +0000"


@lru_cache(maxsize=64)  # equal moments are equal in UTC, whatever their zones
def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds")
