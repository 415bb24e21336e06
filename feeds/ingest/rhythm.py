"""How often a document asks to be read: RSS 2.0's `ttl`, `skipHours` and `skipDays`; `sy:update*`.

Theory: to ask too seldom makes news late, to ask too often makes enemies. So only what can be
read without doubt counts, and a document that forbids every hour or every day forbids none.
"""

from collections.abc import Iterator

from lxml import etree

from feeds.foreign import Rhythm
from feeds.ingest.elements import text_of

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# RSS 1.0's syndication module: the default period is a day, the default frequency once in it.
_SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
_PERIODS_S = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
_LONGEST_S = _PERIODS_S["yearly"]
_NONE = Rhythm()
_TAGS = ("{*}ttl", "{*}skipHours", "{*}skipDays", f"{_SYNDICATION}*")


def read_rhythm(root: etree._Element | None) -> Rhythm:
    """Read a feed's rhythm from its root; `ttl` wins over `sy:update*`, which few maintain."""
    if root is None:
        return _NONE
    channel = root.find("{*}channel")
    channel = root if channel is None else channel
    if next(channel.iterchildren(*_TAGS), None) is None:
        return _NONE
    ttl_s = _ttl_s(channel) or _update_s(channel)
    hours = frozenset(_hours(channel))
    days = frozenset(_days(channel))
    return Rhythm(
        ttl_s=ttl_s,
        skip_hours=hours if len(hours) < 24 else frozenset(),
        skip_days=days if len(days) < len(_DAYS) else frozenset(),
    )


def _ttl_s(channel: etree._Element) -> int | None:
    minutes = _number(text_of(channel.find("{*}ttl")))
    return min(60 * minutes, _LONGEST_S) if minutes else None


def _update_s(channel: etree._Element) -> int | None:
    period = text_of(channel.find(f"{_SYNDICATION}updatePeriod")).lower()
    times = text_of(channel.find(f"{_SYNDICATION}updateFrequency"))
    frequency = _number(times) if times else 1
    if (period or times) and frequency:
        period_s = _PERIODS_S.get(period or "daily")
        return max(period_s // frequency, 1) if period_s else None
    return None


def _hours(channel: etree._Element) -> Iterator[int]:
    for element in channel.iterfind("{*}skipHours/{*}hour"):
        hour = _number(text_of(element))
        if hour is not None and hour <= 24:
            yield hour % 24  # RSS 0.91 counts the hours from 1 to 24


def _days(channel: etree._Element) -> Iterator[int]:
    for element in channel.iterfind("{*}skipDays/{*}day"):
        day = text_of(element).lower()
        if day in _DAYS:
            yield _DAYS.index(day)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
