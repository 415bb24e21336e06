"""What may stand behind a feed's address, in one spelling each, so that caches hold it once.

An archive page (`page`), or a choice among the feed's newest items: `lang`, `limit`, `since` (in
UTC, to the hour) and `stories=1` (one item a story). Everything else leads, by a permanent
redirect, to the address without it; feed readers then remember that one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

MOST_PAGES = 10**6
MOST_ITEMS = 500
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; `None` and `False` where nothing is."""

    page: int | None = None
    lang: str | None = None
    limit: int | None = None
    since: datetime | None = None
    stories: bool = False

    @property
    def spelling(self) -> str:
        """Write it as a query, names in order; empty for the feed itself."""
        if self.page is not None:
            return f"page={self.page}"
        since = None if self.since is None else f"{self.since:%Y-%m-%dT%HZ}"
        named = {"lang": self.lang, "limit": self.limit, "since": since}
        given = {name: value for name, value in named.items() if value is not None}
        return urlencode(given | ({"stories": 1} if self.stories else {}))


@lru_cache(maxsize=1024)
def read_query(query: str) -> Choice:
    """Read a query; what can't be understood counts as not given."""
    try:
        named = dict(parse_qsl(query, max_num_fields=20))
    except ValueError:
        return Choice()
    page = _number(named.get("page", ""), MOST_PAGES)
    if page is not None:
        return Choice(page=page)
    lang = named.get("lang", "").lower()
    return Choice(
        lang=lang if _LANGUAGE.fullmatch(lang) else None,
        limit=_number(named.get("limit", ""), MOST_ITEMS),
        since=_hour(named.get("since", "")),
        stories=named.get("stories") == "1",
    )


def _number(text: str, most: int) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return min(int(text), most) or None


def _hour(text: str) -> datetime | None:
    """Read a moment, back to its full hour: more items rather than fewer."""
    try:
        # A plus sign that was not encoded reads as a space.
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return found.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    except (ValueError, OverflowError):
        return None
