"""Dates as readers of each language write them: Vietnam's time in Vietnamese, UTC in English."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
# Not strftime's names: those follow the process's locale.
_MONTHS = "January February March April May June July August September October November December"


def long_date(moment: datetime, language: str) -> str:
    """Write a moment in full, for the head of an article."""
    if language == "vi":
        local = moment.astimezone(_VIETNAM)
        return f"{_DAYS[local.weekday()]}, {local:%d/%m/%Y}, {local:%H:%M}"
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_month(utc)} {utc.year}, {utc:%H:%M} UTC"


def short_date(moment: datetime, language: str) -> str:
    """Write a moment as lists do."""
    if language == "vi":
        return f"{moment.astimezone(_VIETNAM):%d/%m/%Y %H:%M}"
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_month(utc)[:3]} {utc.year}, {utc:%H:%M}"


def rfc3339(moment: datetime) -> str:
    """Write a moment for machines, in UTC and whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _month(moment: datetime) -> str:
    return _MONTHS.split()[moment.month - 1]
