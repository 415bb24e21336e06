"""Turns: which sources of a host may be asked now, and when the others come.

Theory: a publisher sees one reader, however many workers we run. So a host has one queue: requests
start a gap apart, and no more than a few are open at once. Who comes too early gets a place of its
own in the queue and comes back for it, so nobody is overtaken by those who come later, and no
worker waits. A host that asked for quiet is left alone by all of its sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from feeds.ingest.cadence import after_refusal

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_BUSY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """How many requests a host bears at once, and the least time between two starts."""

    concurrency: int = 2
    gap: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Host:
    """The queue of one host: the last start, the last place given out, quiet until when.

    `open` counts the requests that are under way.
    """

    name: str
    last_at: datetime = LONG_AGO
    tail_at: datetime = LONG_AGO
    closed_until: datetime = LONG_AGO
    open: int = 0


@dataclass(frozen=True, slots=True)
class Caller:
    """A source that is due; `place_at` is its place in the queue, where it has one.

    `spread` is from [0, 1).
    """

    name: str
    place_at: datetime | None
    wait_s: float | None
    spread: float


@dataclass(frozen=True, slots=True)
class Turns:
    """Who may ask now; the others' times; the host's queue after that."""

    go: tuple[str, ...]
    later: Mapping[str, datetime]
    host: Host


def admit(host: Host, rule: Rule, callers: Sequence[Caller], now: datetime) -> Turns:
    """Let sources through as far as the rule allows; those with a place in the queue come first."""
    if host.closed_until > now:
        later = {
            one.name: after_refusal(host.closed_until, one.wait_s, now, one.spread).at
            for one in callers
        }
        return Turns((), later, host)
    go: list[str] = []
    later = {}
    for one in sorted(callers, key=lambda one: (one.place_at or now, one.place_at is None)):
        is_next = one.place_at is not None or host.tail_at <= now
        if host.open < rule.concurrency and is_next and host.last_at + rule.gap <= now:
            go.append(one.name)
            host = replace(host, last_at=now, open=host.open + 1)
        else:
            host, later[one.name] = _queued(host, rule, now)
    return Turns(tuple(go), later, host)


def _queued(host: Host, rule: Rule, now: datetime) -> tuple[Host, datetime]:
    """Give the next place in the queue; where all requests are under way, not before a while."""
    soonest = now + (rule.gap or _BUSY) if host.open >= rule.concurrency else now
    at = max(host.tail_at, host.last_at + rule.gap, soonest)
    return replace(host, tail_at=at + rule.gap), at
