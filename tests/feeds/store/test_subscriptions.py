"""Subscriptions: kept as they stand, one a source, with the work that follows from them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.model import Source
from feeds.store import sources, subscriptions, work
from feeds.store.standing import State, Subscription

HUB, TOPIC = "https://hub.example/", "https://alpha.example/rss"
DAY = timedelta(days=1)


@pytest.fixture
def joined(
    connection: sa.Connection, add_source: Callable[..., Source], noon: datetime
) -> Subscription:
    """A subscription that was asked for."""
    source_id = add_source("alpha").id
    subscriptions.join(connection, source_id, HUB, TOPIC, noon)
    return subscriptions.followed(connection, [source_id])[source_id]


def due(connection: sa.Connection, now: datetime) -> list[str]:
    claimed = work.claim(connection, subscriptions.KIND, now, 100, timedelta(seconds=1))
    return [] if claimed is None else list(claimed.keys)


def test_a_subscription_is_asked_for_at_once(
    connection: sa.Connection, joined: Subscription, noon: datetime
) -> None:
    assert (joined.hub_url, joined.topic_url, joined.state) == (HUB, TOPIC, State.ASKED)
    assert (joined.source_name, joined.is_wanted) == ("alpha", True)
    assert due(connection, noon) == [str(joined.id)]


def test_a_source_has_one_subscription_that_counts(
    connection: sa.Connection, joined: Subscription, noon: datetime
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="uq_subscription_followed"):
        subscriptions.join(connection, joined.source_id, HUB, "https://alpha.example/2", noon)


def test_what_became_of_it_is_read_as_it_was_saved(
    connection: sa.Connection, joined: Subscription, noon: datetime
) -> None:
    changed = joined.asking(noon).verified(DAY, noon + DAY / 2, noon).delivered(noon).ignoring()
    subscriptions.save(connection, changed)
    assert subscriptions.find(connection, [joined.id]) == {joined.id: changed}
    assert subscriptions.by_token(connection, joined.token) == changed
    assert subscriptions.by_token(connection, joined.token, is_locked=True) == changed
    assert subscriptions.listed(connection) == [changed]
    assert subscriptions.by_token(connection, "t" * 32) is None


@pytest.mark.parametrize("what", ["paused = true", "removed_at = now()"])
def test_it_knows_that_its_source_is_read_no_more(
    connection: sa.Connection, joined: Subscription, what: str
) -> None:
    connection.execute(sa.text(f"UPDATE source SET {what}"))
    assert not subscriptions.find(connection, [joined.id])[joined.id].is_wanted


def test_what_is_left_does_not_count_any_more(
    connection: sa.Connection, joined: Subscription, noon: datetime
) -> None:
    subscriptions.save(connection, joined.asking(noon).verified(DAY, noon + DAY, noon))
    done = work.claim(connection, subscriptions.KIND, noon, 9, DAY)
    assert done is not None
    work.finish(connection, done)
    subscriptions.leave(connection, ["alpha", "other"], "why", noon)
    assert subscriptions.followed(connection, [joined.source_id]) == {}
    (left,) = subscriptions.find(connection, [joined.id]).values()
    assert (left.state, left.why) == (State.LEAVING, "why")
    assert due(connection, noon) == [str(joined.id)]
    subscriptions.join(connection, joined.source_id, HUB, TOPIC, noon)
    assert len(subscriptions.followed(connection, [joined.source_id])) == 1


def test_a_source_that_never_had_a_hub_joins_none_when_it_is_resumed(
    connection: sa.Connection, add_source: Callable[..., Source], noon: datetime
) -> None:
    add_source("beta")
    for paused in (True, False):
        sources.pause(connection, "beta", paused, noon)
    assert subscriptions.listed(connection) == []


def test_resuming_what_was_not_paused_changes_nothing(
    connection: sa.Connection, joined: Subscription, noon: datetime
) -> None:
    sources.pause(connection, "alpha", False, noon)
    assert subscriptions.listed(connection) == [joined]


def test_what_is_over_is_forgotten(connection: sa.Connection, joined: Subscription) -> None:
    subscriptions.forget(connection, [joined.id])
    assert subscriptions.find(connection, [joined.id]) == {}


def test_looking_up_a_callback_uses_its_index(connection: sa.Connection, joined: Any) -> None:
    """Strangers may ask as often as they like."""
    connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(
        connection.scalars(sa.text("EXPLAIN SELECT * FROM subscription WHERE token = 'x'"))
    )
    assert "uq_subscription_token" in plan
