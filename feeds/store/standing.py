"""Standing: one subscription to a source's hub as a value, and what may become of it.

Theory: a source that is polled too seldom because a dead hub is trusted loses hours, one that is
polled for nothing costs a request; so polls are spared only while the hub has verified, has
delivered, and backup polls find nothing that it should have brought. Whatever it fails at, the
source is polled as if it had no hub. What is decided here is pure; `subscriptions` keeps it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

# Backup polls in a row that found what no push had brought: one may have overtaken its push.
MOST_MISSED = 2
# Pushes without content make us poll: no oftener than a publisher could bear.
PINGS_APART = timedelta(seconds=30)
# Requests in a row that a hub failed at, before another one that tells the same is asked.
MOST_FAILURES = 3
# Requests to end a subscription; after these its lease ends it.
MOST_GOODBYES = 3
# How long after our request a hub may verify it; it may ask twice when our answer got lost.
PENDING = timedelta(hours=1)
# A hub that denied us had its reason, and may forget it.
DENIED_FOR = timedelta(days=7)
# A push that comes after the end is told so for this long.
REMEMBERED = timedelta(days=1)
_LONGEST_WHY = 500


class State(StrEnum):
    """How a subscription stands; pushes are taken in all but the last two."""

    ASKED = "asked"
    ACTIVE = "active"
    SILENT = "silent"
    FAILED = "failed"
    DENIED = "denied"
    LEAVING = "leaving"
    LEFT = "left"


ENDED = (State.LEAVING, State.LEFT)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription: `ask_at` is when the hub is asked next, `awaited` that it owes an answer.

    `is_wanted` tells that the source is neither paused nor removed. `pinged_at` is the last push
    that held no feed, `checked_at` the last poll that was compared with what pushes had brought.
    `other_hubs` tell the same, and are asked when this one is dead.
    """

    id: int
    source_id: int
    source_name: str
    is_wanted: bool
    hub_url: str
    topic_url: str
    token: str
    secret: str
    state: State
    why: str
    created_at: datetime
    ask_at: datetime
    asked_at: datetime | None = None
    awaited: bool = False
    verified_at: datetime | None = None
    lease_until: datetime | None = None
    pushed_at: datetime | None = None
    pinged_at: datetime | None = None
    checked_at: datetime | None = None
    failures: int = 0
    missed: int = 0
    deliveries: int = 0
    ignored: int = 0
    other_hubs: tuple[str, ...] = ()

    @property
    def is_ended(self) -> bool:
        """Tell whether it is being ended, or was."""
        return self.state in ENDED

    @property
    def is_unsent(self) -> bool:
        """Tell whether the hub is to be asked, and nobody knows yet whether it was."""
        return self.awaited and self.asked_at == self.ask_at

    def is_pending(self, now: datetime) -> bool:
        """Tell whether we asked the hub for something that it may still verify."""
        return self.asked_at is not None and now - self.asked_at <= PENDING

    def is_pushed(self, now: datetime) -> bool:
        """Tell whether the hub can be relied on, so that polls are only a backup."""
        has_lease = self.lease_until is not None and now < self.lease_until
        return self.state is State.ACTIVE and self.pushed_at is not None and has_lease

    def asking(self, now: datetime) -> Self:
        """Ask the hub; committed before the request is sent, for it may verify at once."""
        return replace(self, asked_at=now, awaited=True, ask_at=now)

    def taken(self, ask_at: datetime) -> Self:
        """The hub took the request, and has until `ask_at` to verify it."""
        return replace(self, ask_at=ask_at)

    def verified(self, lease: timedelta, ask_at: datetime, now: datetime) -> Self:
        """The hub verified that we want it; a hub that was silent has to deliver first."""
        return replace(
            self,
            state=State.SILENT if self.state is State.SILENT else State.ACTIVE,
            why=self.why if self.state is State.SILENT else "",
            awaited=False,
            failures=0,
            verified_at=now,
            lease_until=now + lease,
            ask_at=ask_at,
        )

    def failed(self, why: str, ask_at: datetime) -> Self:
        """The hub can't be relied on, for a reason; it is asked again."""
        return replace(
            self,
            state=self.state if self.is_ended else State.FAILED,
            why=_short(why),
            awaited=False,
            failures=self.failures + 1,
            ask_at=ask_at,
        )

    def turned(self, now: datetime) -> Self:
        """Turn to another hub where this one is dead: each is asked once at once, then in turn."""
        if self.is_ended or not self.other_hubs or self.failures < MOST_FAILURES:
            return self
        is_new = self.failures < MOST_FAILURES + len(self.other_hubs)
        return replace(
            self,
            hub_url=self.other_hubs[0],
            other_hubs=(*self.other_hubs[1:], self.hub_url),
            why=_short(f"{self.why}; {self.other_hubs[0]} is asked instead"),
            ask_at=now if is_new else self.ask_at,
            lease_until=None,
        )

    def denied(self, why: str, now: datetime) -> Self:
        """The hub won't have us (§5.2); what we are ending is ended by that."""
        if self.is_ended:
            return self.left(now)
        return replace(
            self,
            state=State.DENIED,
            why=_short(f"the hub denied it{': ' if why else ''}{why}"),
            asked_at=None,
            awaited=False,
            lease_until=None,
            ask_at=now + DENIED_FOR,
        )

    def leaving(self, why: str, now: datetime) -> Self:
        """End it, for a reason; the hub is told, if it has us at all."""
        if self.is_ended:
            return self
        is_known = self.lease_until is not None and now < self.lease_until
        return replace(
            self,
            state=State.LEAVING if is_known else State.LEFT,
            why=_short(why),
            failures=0,
            asked_at=None,
            awaited=False,
            ask_at=now,
        )

    def left(self, now: datetime) -> Self:
        """It is over; the row stays for a while, to say so to pushes that come late."""
        return replace(self, state=State.LEFT, awaited=False, ask_at=now + REMEMBERED)

    def delivered(self, now: datetime, is_ping: bool = False) -> Self:
        """A push came that was signed with our secret."""
        pinged_at = now if is_ping else self.pinged_at
        return replace(self, pushed_at=now, pinged_at=pinged_at, deliveries=self.deliveries + 1)

    def rests_until(self, now: datetime) -> datetime | None:
        """Say when a push without content is taken again; `None` where it is taken now."""
        until = None if self.pinged_at is None else self.pinged_at + PINGS_APART
        return until if until is not None and now < until else None

    def ignoring(self) -> Self:
        """Something came that was not signed with our secret."""
        return replace(self, ignored=self.ignored + 1)

    def checked(self, new: int, now: datetime) -> Self:
        """Compare a poll that found `new` articles with what the hub delivered since the last one.

        What a push without content made us look for is the hub's find, not the poll's.
        """
        if self.pushed_at is None or self.state not in (State.ACTIVE, State.SILENT):
            return self
        pinged = _is_since(self.pinged_at, self.checked_at)
        brought = _is_since(self.pushed_at, self.checked_at)
        missed = self.missed + 1 if new and not pinged else 0
        state, why = self.state, self.why
        if missed >= MOST_MISSED:
            state = State.SILENT
            why = f"{missed} polls in a row found articles that no push had brought"
        elif state is State.SILENT and brought and not missed:
            state, why = State.ACTIVE, ""
        return replace(self, missed=missed, state=state, why=why, checked_at=now)

    def said(self, now: datetime) -> str:
        """Say in a few words how it stands."""
        if self.state is State.ACTIVE and self.lease_until is not None:
            until = f"{self.lease_until:%Y-%m-%d %H:%M}"
            if now >= self.lease_until:
                return f"push ended {until}: its lease ran out"
            return f"push active until {until}{'' if self.pushed_at else ', nothing came yet'}"
        if self.state is State.ASKED:
            return "push asked for, the hub did not verify it yet"
        if self.is_ended:
            return f"push ended: {self.why}"
        word = "push is not relied on" if self.state is State.SILENT else "no push"
        return f"{word}: {self.why}"


def _is_since(moment: datetime | None, before: datetime | None) -> bool:
    return moment is not None and (before is None or moment > before)


def _short(why: str) -> str:
    """Make one line of what a stranger may have said; no store takes its control characters."""
    return "".join(filter(str.isprintable, " ".join(why.split())))[:_LONGEST_WHY]
