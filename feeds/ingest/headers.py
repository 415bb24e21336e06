"""What a response's headers say."""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from feeds.clock import Clock

LEAST_WAIT_S, MOST_WAIT_S = 60.0, 86_400.0
_UNSAID_WAIT_S = 300.0  # of a 429 that doesn't say
_MOST_DIGITS = 12
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,12})", re.IGNORECASE)


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Write names in lower case, and join what stands several times (RFC 9110 §5.2).

    Bytes that are no UTF-8 come as lone surrogates, which nothing can store: they are read as
    ISO 8859-1. A validator with them is left out, for the client could not send it back.
    """
    joined: dict[str, str] = {}
    for name, value in headers.items():
        name = name.lower()
        try:
            value.encode()
        except UnicodeEncodeError:
            if name == "etag":
                continue
            value = value.encode("utf-8", "surrogateescape").decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def retry_after_s(status: int, headers: Mapping[str, str], clock: Clock) -> float | None:
    """Read how long the server wants us to wait, in both forms (RFC 9110 §10.2.3).

    A minute at least and a day at most. A 429 that doesn't say means five minutes, since it is
    about us; a 503 that doesn't is `None`, like any other failure.
    """
    if status not in (429, 503):
        return None
    wait_s = _seconds(headers.get("retry-after", "").strip(), clock)
    if wait_s is None:
        return _UNSAID_WAIT_S if status == 429 else None
    return min(max(wait_s, LEAST_WAIT_S), MOST_WAIT_S)


def fresh_s(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Read how long an answer counts as fresh: `max-age`, else `Expires` (RFC 9111 §4.2.1).

    `None` where it doesn't say, or says that it is stale already.
    """
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    if found is not None:
        age = headers.get("age", "").strip()
        left_s = float(found[1]) - (float(age[:_MOST_DIGITS]) if age.isdecimal() else 0)
        return left_s if left_s > 0 else None
    text = headers.get("expires", "").strip()
    until_s = _until(text, clock) if text else None
    return until_s if until_s is not None and until_s > 0 else None


def _seconds(text: str, clock: Clock) -> float | None:
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text[:_MOST_DIGITS])
    return _until(text, clock)


def _until(text: str, clock: Clock) -> float | None:
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a date whose numbers no clock can hold
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return (until - clock()).total_seconds()
