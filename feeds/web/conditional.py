"""Conditional requests (RFC 9110 §13) and content coding (§12.5.3), decided without I/O.

Theory: a 304 for changed bytes hides news for good, a 200 for unchanged ones costs some bytes. So
a validator that can't be read counts as no match. Identity and each coding are representations
with entity tags of their own (§8.8.1), and a client that holds any holds what is current.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from feeds.publish.coding import CODINGS

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
    """Send 304 or the body; `etag` names the representation that the answer speaks of.

    `coding` is `None` for the bytes as they are.
    """

    not_modified: bool
    coding: str | None
    etag: str

    @property
    def zipped(self) -> bool:
        """Tell whether the answer is compressed by gzip."""
        return self.coding == "gzip"


def decide(
    asked: Asked,
    etag: str,
    modified: datetime | None,
    can_zip: bool = True,
    codings: Sequence[str] = ("gzip",),
) -> Decision:
    """Choose the representation, and whether the client holds it already.

    `etag` is the strong, quoted tag of the bytes as they are; those of the codings, of which the
    best comes first, are made from it. `modified` is `None` where nobody knows it.
    """
    coding = choose_coding(asked.accept_encoding, codings) if can_zip else None
    sent = tag_of(etag, coding)
    if asked.if_none_match is not None:
        # If-Modified-Since is not even looked at beside If-None-Match (§13.1.3).
        current = (sent, etag, *(tag_of(etag, one) for one in codings))
        held = _held(asked.if_none_match, sent, current)
        return Decision(held is not None, coding, held or sent)
    return Decision(_is_unmodified(asked.if_modified_since, modified), coding, sent)


@lru_cache(maxsize=4096)
def tag_of(etag: str, coding: str | None) -> str:
    """Name the representation in a coding of what `etag` names."""
    return etag if coding is None else f'{etag[:-1]}{CODINGS[coding][1]}"'


def gzip_tag(etag: str) -> str:
    """Name the gzip representation of what `etag` names."""
    return tag_of(etag, "gzip")


def tags_in(if_none_match: str) -> list[str]:
    """List the entity tags of a header, as those of the plain bytes."""
    found = _TAG.findall(if_none_match)
    suffixes = tuple(f'{suffix}"' for _, suffix in CODINGS.values())
    return [
        next((f'{tag[: -len(end)]}"' for end in suffixes if tag.endswith(end)), tag)
        for tag in found
    ]


def choose_coding(accept_encoding: str | None, codings: Sequence[str]) -> str | None:
    """Choose the coding that a client likes best, the first of equals; `None`: plain bytes.

    A coding must be acceptable, and no worse to the client than plain bytes.
    """
    if not accept_encoding:
        return None
    given = dict(preferences(accept_encoding))
    weights = {one: _weight(given, one) for one in codings}
    best = max(codings, key=lambda one: weights[one])
    weight = weights[best]
    return best if weight > 0 and weight >= given.get("identity", 0.0) else None


def _weight(given: Mapping[str, float], coding: str) -> float:
    names = _GZIP_NAMES if coding == "gzip" else (coding,)
    return max((given[name] for name in names if name in given), default=given.get("*", 0.0))


def wants_gzip(accept_encoding: str | None) -> bool:
    """Tell whether gzip is acceptable, and no worse than plain bytes."""
    return choose_coding(accept_encoding, ("gzip",)) is not None


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
