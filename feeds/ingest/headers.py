"""What a response's headers say."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from feeds.clock import Clock

LEAST_WAIT_S, MOST_WAIT_S = 60.0, 86_400.0


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Write names in lower case, and join what stands several times (RFC 9110 §5.2)."""
    joined: dict[str, str] = {}
    for name, value in headers.items():
        name = name.lower()
        if not value.isascii():  # what is no UTF-8 came as lone surrogates, which nothing can store
            value = value.encode("utf-8", "surrogateescape").decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def retry_after_s(status: int, headers: Mapping[str, str], clock: Clock) -> float | None:
    """Read how long the server wants us to wait, in both forms (RFC 9110 §10.2.3).

    A minute at least and a day at most; `None` where it doesn't say.
    """
    text = headers.get("retry-after", "").strip()
    if status not in (429, 503) or not text:
        return None
    wait_s = float(text) if text.isascii() and text.isdigit() else _until(text, clock)
    return None if wait_s is None else min(max(wait_s, LEAST_WAIT_S), MOST_WAIT_S)


def _until(text: str, clock: Clock) -> float | None:
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return (until - clock()).total_seconds()
