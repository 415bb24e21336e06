"""Dates as publishers write them.

Theory: a date read wrongly puts an article where no reader finds it, which is worse than no date,
because then the time of arrival counts. So a text that fits none of the forms below is `None`.
A text without a zone is meant in the source's own. In numeric dates the year comes first or last;
AM or PM marks the American order (month first), everything else is day first, as everywhere that
has a 24-hour clock; a number above 12 decides by itself. `13:36 PM` is a 24-hour clock, too, and
`SA` and `CH` are the Vietnamese AM and PM.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# RFC 822 §5.1 and the names that feeds still carry; ambiguous ones such as IST stay out.
_ZONES_H = {
    name: hours
    for hours, names in {
        0: ("z", "ut", "utc", "gmt", "wet"),
        1: ("bst", "cet"),
        2: ("cest", "eet"),
        3: ("eest", "msk"),
        7: ("ict",),
        8: ("hkt", "sgt"),
        9: ("jst", "kst"),
        10: ("aest",),
        11: ("aedt",),
        12: ("nzst",),
        13: ("nzdt",),
        -4: ("edt",),
        -5: ("est", "cdt"),
        -6: ("cst", "mdt"),
        -7: ("mst", "pdt"),
        -8: ("pst",),
    }.items()
    for name in names
}
_CLOCK = (
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?:(?P<half>[AaPp])\.?[Mm]\b\.?|(?P<buoi>SA|CH)\b))?"
)
_OFFSET = (
    r"\(?(?:(?P<zone>[A-Za-z]{1,5})(?![A-Za-z]))?\s*"
    r"(?:(?P<sign>[+\-−])(?P<off_h>\d{1,2}):?(?P<off_m>\d{2})?)?\)?"
)
_DAY, _NAME, _YEAR = (
    r"(?P<day>\d{1,2})",
    r"(?P<month>[A-Za-z]{3})[a-z]*\.?",
    r"(?P<year>\d{4}|\d{2})",
)
_WEEKDAY = r"(?:[^\W\d]+(?:\s[^\W\d]+)?(?:\.?,\s*|\.?\s+))?"
_NUMERIC = r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second_number>\d{1,2})(?P=mark)(?P<year>\d{4})"
_FORMS = tuple(
    re.compile(rf"\s*{form}\s*(?:\([^()]*\)\s*|\[[\w/+-]+\])?")
    for form in (
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[\s-]+{_NAME},?[\s-]+{_YEAR},?(?:\s+{_CLOCK}\s*{_OFFSET})?",
        rf"(?P<year>\d{{4}})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d)"
        rf"(?:[Tt\s]\s*{_CLOCK}\s*{_OFFSET})?)?)?",
        rf"(?P<year>\d{{4}})(?P<mark>[/-])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})"
        rf"(?:[Tt\s]\s*{_CLOCK}\s*{_OFFSET})?",
        rf"{_WEEKDAY}{_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}),?(?:\s+{_CLOCK}\s*{_OFFSET})?",
        rf"{_WEEKDAY}{_NAME}\s+{_DAY},?\s+{_CLOCK}\s*{_OFFSET}\s*(?P<year>\d{{4}})",
        rf"(?:[^\W\d][^\d]*,?\s+)?{_NUMERIC}(?:[\s,|-]+{_CLOCK}\s*{_OFFSET})?",
        rf"(?:[^\W\d][^\d]*,?\s+)?{_CLOCK}'?[\s,|-]+(?:ngày\s+)?{_NUMERIC}\s*{_OFFSET}",
    )
)
_LONGEST = 100
# Nine dates in ten are of two kinds, which need no table of forms: RFC 822 with a year of four
# digits, and RFC 3339.
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) "
    r"(\d\d:\d\d:\d\d) (?:GMT|UTC|Z|([+-]\d\d)(\d\d))",
    re.ASCII,
)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}(?:\d{3})?)?(?:Z|[+-]\d\d:\d\d)")
_NUMBERS = {name.capitalize(): f"{number:02}" for number, name in enumerate(_MONTHS, start=1)}


def read_date(text: str | None, zone: str = "UTC") -> datetime | None:
    """Read a publisher's date into UTC; `zone` (IANA) counts where the text names none."""
    if not text or len(text) > _LONGEST:
        return None
    return _plain_date(text) or _read(text, zone)


def _plain_date(text: str) -> datetime | None:
    """Read a date of the two usual kinds; `None` for any other, and for one that is odd."""
    try:
        if text[4:5] == "-":
            if _RFC_3339.fullmatch(text):
                return datetime.fromisoformat(text).replace(microsecond=0).astimezone(UTC)
            return None
        found = _RFC_822.fullmatch(text)
        if found is None:
            return None
        day, name, year, clock, off_h, off_m = found.groups()
        zone = f"{off_h}:{off_m}" if off_h else "+00:00"
        month = _NUMBERS.get(name, "00")
        moment = datetime.fromisoformat(f"{year}-{month}-{day:0>2}T{clock}{zone}")
        return moment if zone == "+00:00" else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read(text: str, zone: str) -> datetime | None:
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            try:
                return _moment(found.groupdict(), zone)
            except (ValueError, OverflowError):
                return None
    return None


def _moment(parts: dict[str, str | None], zone: str) -> datetime:
    year, month, day = _day(parts)
    hour, minute = int(parts.get("hour") or 0), int(parts.get("minute") or 0)
    second = min(int(parts.get("second") or 0), 59)  # a leap second is no second of datetime's
    half = parts.get("half") or parts.get("buoi")
    if half:
        hour = hour % 12 + (12 if half in ("P", "p", "CH") else 0)
    midnight = datetime(year, month, day, tzinfo=_zone(parts, zone))
    if hour == 24 and not minute and not second:
        return (midnight + timedelta(days=1)).astimezone(UTC)
    return midnight.replace(hour=hour, minute=minute, second=second).astimezone(UTC)


def _day(parts: dict[str, str | None]) -> tuple[int, int, int]:
    written = parts["year"] or ""
    year = int(written)
    if len(written) == 2:
        year += 2000 if year < 69 else 1900  # as POSIX's strptime reads %y
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
        has_half = bool(parts.get("half")) and 1 <= int(parts.get("hour") or 0) <= 12
        american = first <= 12 and (second > 12 or has_half)
        return (year, first, second) if american else (year, second, first)
    month = parts.get("month") or "1"
    number = int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1
    return year, number, int(parts.get("day") or 1)


def _zone(parts: dict[str, str | None], default: str) -> tzinfo:
    """Give the zone that a date names; raises `ValueError` for a name that could be several."""
    name = (parts.get("zone") or "").lower()
    if parts.get("sign"):
        offset = timedelta(hours=int(parts["off_h"] or 0), minutes=int(parts["off_m"] or 0))
        return timezone(offset if parts["sign"] == "+" else -offset)
    if not name:
        return ZoneInfo(default)
    if name not in _ZONES_H:
        raise ValueError(f"unknown zone {name!r}")
    return timezone(timedelta(hours=_ZONES_H[name]))
