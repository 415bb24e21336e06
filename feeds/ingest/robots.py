"""robots.txt (RFC 9309): whether a publisher lets us read its pages.

Theory: reading what a publisher closed to us costs its trust and ours; not reading costs one full
text, and the entry still says what its feed says. So a host that can't be asked is closed until
it can (§2.3.1.4), and a host that has no such file is open (§2.3.1.3). Feeds are not asked for:
a publisher offers them to readers' programs. Matching is protego's, which Scrapy uses.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from protego import Protego

from feeds.errors import GiveUp, TinwireError
from feeds.ingest.exchange import Response
from feeds.urls import absolute

AGENT = "Tinwire"  # our product token (§2.2.1), the first word of the user agent
# Webmasters copy the version that follows it in our header, and mean the token alone.
_VERSION = re.compile(
    rf"((?:\A|[\r\n])[ \t]*user[- ]?agent[ \t]*:[ \t]*{AGENT})/[^\r\n]*", re.IGNORECASE
)
_MOST = 500 * 1024  # bytes that must be read (§2.5)
_KEPT = timedelta(hours=24)  # §2.4
_UNREACHABLE_KEPT = timedelta(minutes=5)  # a server that restarts is asked again soon
_TOO_MANY = 429  # 4xx says that there is no file; this one says "not now"


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host says: its rules as text, empty for none; `closed` says why it can't be read."""

    text: str = ""
    closed: str | None = None

    @property
    def kept(self) -> timedelta:
        """How long this may be relied on."""
        return _KEPT if self.closed is None else _UNREACHABLE_KEPT


def robots_url(url: str) -> str | None:
    """Give the address of the rules that hold for an address: one for each scheme, host, port.

    `None` for what is no web address; its own fetch says so.
    """
    return absolute(url, "/robots.txt")


def read_robots(answer: Response | TinwireError) -> Robots:
    """Understand what a host answered when it was asked for its rules."""
    if isinstance(answer, GiveUp):
        return Robots()  # an address that we don't fetch; the page's own fetch says so
    if isinstance(answer, TinwireError):
        return Robots(closed=answer.message)
    if answer.status >= 500 or answer.status == _TOO_MANY:
        return Robots(closed=f"HTTP status {answer.status}")
    if not 200 <= answer.status < 300:
        return Robots()
    return Robots(answer.body[:_MOST].decode("utf-8-sig", "replace").replace("\x00", ""))


def is_allowed(robots: Robots, url: str) -> bool:
    """Tell whether a host's rules let us read an address; nothing of a closed host."""
    if robots.closed is not None:
        return False
    return not robots.text or bool(_rules(robots.text).can_fetch(url, AGENT))


@lru_cache(maxsize=32)  # a batch asks the same hosts for many pages
def _rules(text: str) -> Protego:
    return Protego.parse(_VERSION.sub(r"\1", text))
