"""Conditional requests (RFC 9110 §13) and content coding (§12.5.3), decided without I/O.

Theory: a 304 for changed bytes hides news for good, a 200 for unchanged ones costs some bytes. So
a validator that can't be read counts as no match. Identity and gzip are two representations with
two entity tags (§8.8.1), and a client that holds either holds what is current.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_QVALUE = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)
_GZIP_NAMES = ("gzip", "x-gzip")  # §8.4.1.3: the same coding


@dataclass(frozen=True, slots=True)
class Asked:
    """The headers of a GET or HEAD that decide the answer; `None` for those not sent."""

    if_none_match: str | None = None
    if_modified_since: str | None = None
    accept_encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Send 304 or the body; `etag` names the representation that the answer speaks of."""

    not_modified: bool
    zipped: bool
    etag: str


def decide(asked: Asked, etag: str, modified: datetime | None, can_zip: bool = True) -> Decision:
    """Choose the representation, and whether the client holds it already.

    `etag` is the strong, quoted tag of the bytes as they are; gzip's is made from it.
    `modified` is `None` where nobody knows it.
    """
    zipped = can_zip and wants_gzip(asked.accept_encoding)
    sent = gzip_tag(etag) if zipped else etag
    if asked.if_none_match is not None:
        # If-Modified-Since is not even looked at beside If-None-Match (§13.1.3).
        held = _held(asked.if_none_match, sent, (sent, etag, gzip_tag(etag)))
        return Decision(held is not None, zipped, held or sent)
    return Decision(_is_unmodified(asked.if_modified_since, modified), zipped, sent)


def gzip_tag(etag: str) -> str:
    """Name the gzip representation of what `etag` names."""
    return f'{etag[:-1]}-gz"'


def wants_gzip(accept_encoding: str | None) -> bool:
    """Tell whether gzip is acceptable, and no worse than plain bytes."""
    if not accept_encoding:
        return False
    given = dict(preferences(accept_encoding))
    gzip = max((given[name] for name in _GZIP_NAMES if name in given), default=given.get("*", 0.0))
    return gzip > 0 and gzip >= given.get("identity", 0.0)


def preferences(header: str) -> list[tuple[str, float]]:
    """Read an Accept-… header's names with their weights, as they stand; 0 means not acceptable."""
    found = []
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip():
            found.append((name.strip(), _quality(weight)))
    return found


def http_date(moment: datetime) -> str:
    """Write a moment as HTTP does, in whole seconds."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _held(if_none_match: str, sent: str, current: tuple[str, ...]) -> str | None:
    """Find the tag that the client holds; weak comparison (§8.8.3.2), and `*` holds anything."""
    if if_none_match.strip() == "*":
        return sent
    held = set(_TAG.findall(if_none_match))
    return next((tag for tag in current if tag in held), None)


def _is_unmodified(if_modified_since: str | None, modified: datetime | None) -> bool:
    if if_modified_since is None or modified is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except (ValueError, OverflowError):
        return False
    if since.tzinfo is None:  # "-0000" is UTC of an unknown place
        since = since.replace(tzinfo=UTC)
    return modified.replace(microsecond=0) <= since


def _quality(weight: str) -> float:
    if not weight.strip():
        return 1.0
    match = _QVALUE.fullmatch(weight)
    return min(1.0, float(match[1])) if match else 0.0
