"""The bell: what waits while what goes before it is being made."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.store.backlog import Due
from worker.bell import waits

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
BATCH = 500


def due(kind: str, ready: int, running: bool = False) -> Due:
    since = NOW - timedelta(seconds=3) if ready else None
    return Due(kind, "live", ready, since, NOW + timedelta(minutes=3) if running else None)


@pytest.mark.parametrize(
    ("kind", "before", "expected"),
    [
        ("relate", [due("retell", 1), due("publish", 40)], False),
        ("retell", [due("relate", BATCH)], False),
        ("retell", [due("relate", BATCH + 1)], True),
        ("retell", [due("publish", 40)], False),
        ("publish", [due("relate", BATCH + 1)], True),
        ("publish", [due("retell", 1)], True),
        ("publish", [due("retell", 0, running=True)], True),
        ("publish", [due("search", 1), due("relate", 20)], False),
        ("search", [due("publish", 40)], True),
        ("search", [due("retell", 1)], True),
        ("search", [due("relate", 20)], False),
        ("deliver", [due("relate", 900), due("retell", 1)], False),
    ],
)
def test_what_would_be_done_again_waits(kind: str, before: list[Due], expected: bool) -> None:
    one = due(kind, 1)
    assert waits(one, [*before, one], NOW, BATCH) is expected


def test_nothing_waits_for_long() -> None:
    old = Due("publish", "live", 40, NOW - timedelta(seconds=31), None)
    assert not waits(old, [old, due("relate", 900), due("retell", 1)], NOW, BATCH)


def test_what_is_not_due_does_not_wait() -> None:
    assert not waits(due("publish", 0), [due("retell", 1)], NOW, BATCH)
