"""Standing: what may become of a subscription, and what it says of itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.store.standing import DENIED_FOR, PENDING, REMEMBERED, State, Subscription

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = Subscription(
    id=1,
    source_id=1,
    source_name="alpha",
    is_wanted=True,
    hub_url="https://hub.example/",
    topic_url="https://alpha.example/rss",
    token="t" * 32,
    secret="s" * 43,
    state=State.ASKED,
    why="",
    created_at=NOON,
    ask_at=NOON,
)
ACTIVE = NEW.asking(NOON).verified(24 * HOUR, NOON + 18 * HOUR, NOON)
PUSHED = ACTIVE.delivered(NOON + HOUR)
SILENT = replace(PUSHED, state=State.SILENT, missed=2, checked_at=NOON + 2 * HOUR)


def test_a_hub_may_verify_from_the_moment_it_is_asked_and_for_an_hour() -> None:
    assert not NEW.is_pending(NOON)
    assert NEW.asking(NOON).is_pending(NOON)
    assert NEW.asking(NOON).is_pending(NOON + PENDING)
    assert not NEW.asking(NOON).is_pending(NOON + PENDING + HOUR)


def test_what_was_sent_is_not_sent_again() -> None:
    assert NEW.asking(NOON).is_unsent
    assert not NEW.asking(NOON).taken(NOON + HOUR).is_unsent
    assert not ACTIVE.is_unsent


def test_only_a_hub_that_verified_and_delivered_within_its_lease_is_relied_on() -> None:
    assert PUSHED.is_pushed(NOON + HOUR)
    assert not PUSHED.is_pushed(NOON + 24 * HOUR)
    assert not ACTIVE.is_pushed(NOON + HOUR)
    for state in set(State) - {State.ACTIVE}:
        assert not replace(PUSHED, state=state).is_pushed(NOON + HOUR)


def test_a_verification_forgets_failures_and_starts_the_lease_anew() -> None:
    failed = PUSHED.failed("no answer", NOON + HOUR)
    assert (failed.state, failed.failures) == (State.FAILED, 1)
    again = failed.verified(24 * HOUR, NOON + 20 * HOUR, NOON + HOUR)
    assert (again.state, again.failures, again.why) == (State.ACTIVE, 0, "")
    assert again.lease_until == NOON + 25 * HOUR


def test_a_denial_ends_the_lease_and_what_may_be_verified() -> None:
    denied = PUSHED.asking(NOON).denied("no\x00 more\nroom", NOON)
    assert denied.state is State.DENIED
    assert denied.why == "the hub denied it: no more room"
    assert (denied.lease_until, denied.ask_at) == (None, NOON + DENIED_FOR)
    assert not denied.is_pending(NOON)


def test_a_hub_that_never_had_us_is_not_told_that_we_leave() -> None:
    assert NEW.asking(NOON).leaving("removed", NOON).state is State.LEFT
    assert ACTIVE.leaving("removed", NOON).state is State.LEAVING
    assert ACTIVE.leaving("removed", NOON + 25 * HOUR).state is State.LEFT


def test_what_is_ended_stays_ended() -> None:
    leaving = ACTIVE.leaving("removed", NOON)
    assert leaving.leaving("paused", NOON) == leaving
    assert leaving.failed("no answer", NOON).state is State.LEAVING
    assert leaving.denied("never", NOON).state is State.LEFT
    assert leaving.left(NOON).ask_at == NOON + REMEMBERED


@given(st.lists(st.integers(0, 3), max_size=12))
def test_two_polls_in_a_row_that_found_more_than_pushes_make_a_hub_silent(new: list[int]) -> None:
    held = PUSHED
    for hours, count in enumerate(new, 2):
        held = held.checked(count, NOON + hours * HOUR)
    in_a_row = any(one and two for one, two in pairwise(new))
    assert (held.state is State.SILENT) == in_a_row


def test_a_silent_hub_has_to_deliver_before_it_is_relied_on() -> None:
    at = NOON + 3 * HOUR
    assert SILENT.checked(0, at).state is State.SILENT
    assert SILENT.verified(24 * HOUR, at, at).state is State.SILENT
    assert SILENT.delivered(at).checked(0, at).state is State.ACTIVE
    assert SILENT.delivered(at).checked(1, at).state is State.SILENT


def test_what_a_ping_made_us_find_is_the_hubs_find() -> None:
    at = NOON + 3 * HOUR
    assert SILENT.delivered(at, is_ping=True).checked(5, at).state is State.ACTIVE
    pinged = PUSHED.delivered(at, is_ping=True).checked(5, at)
    assert (pinged.missed, pinged.state) == (0, State.ACTIVE)
    assert pinged.checked(5, at + HOUR).missed == 1


@pytest.mark.parametrize("state", set(State) - {State.ACTIVE, State.SILENT})
def test_polls_say_nothing_of_a_hub_that_nobody_relies_on(state: Any) -> None:
    held = replace(PUSHED, state=state)
    assert held.checked(5, NOON) == held


SAYS = {
    "push asked for, the hub did not verify it yet": NEW,
    "push active until 2026-11-21 12:00, nothing came yet": ACTIVE,
    "push active until 2026-11-21 12:00": PUSHED,
    "no push: the hub does not answer": PUSHED.failed("the hub does not answer", NOON),
    "no push: the hub denied it": PUSHED.denied("", NOON),
    "push is not relied on: gone": replace(SILENT, why="gone"),
    "push ended: the source is paused": PUSHED.leaving("the source is paused", NOON),
    "push ended 2026-11-20 11:00: its lease ran out": replace(ACTIVE, lease_until=NOON - HOUR),
}


@pytest.mark.parametrize(("said", "held"), SAYS.items(), ids=SAYS)
def test_it_says_how_it_stands(said: str, held: Subscription) -> None:
    assert held.said(NOON) == said
