"""Subscribe: hubs are asked, asked again in time, and told when we want no more.

Sections are those of the W3C WebSub Recommendation.
"""

from dataclasses import replace
from typing import Any

import pytest

from config.editorial import SourceSpec
from feeds.pipeline.run import run
from feeds.store import sources
from feeds.store.standing import State

DAY = 86_400
MINUTE = 60


def test_a_source_that_names_a_hub_is_subscribed(followed: Any, hub: Any) -> None:
    """§5.1: callback, mode, topic, and the optional secret and lease."""
    followed.serve("a")
    followed.poll()
    (form,) = hub.asked
    public_url = followed.newsroom.desk.settings.public_url
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == f"{followed.origin.url}/feed"
    assert form["hub.callback"].startswith(f"{public_url}/websub/")
    assert form["hub.lease_seconds"] == str(10 * DAY)
    assert 43 <= len(form["hub.secret"].encode()) < 200
    assert followed.standing.state is State.ACTIVE
    assert followed.standing.said(followed.newsroom.watch.now) == (
        "push active until 2026-11-30 12:00, nothing came yet"
    )


def test_callbacks_and_secrets_are_each_sources_own_and_cannot_be_guessed(
    followed: Any, hub: Any
) -> None:
    """§5.1.1, §8.2: 32 characters of 6 bits are 192 bits."""
    followed.serve("a")
    followed.newsroom.source("beta", url=f"{followed.origin.url}/feed?beta")
    followed.origin.pages["/feed?beta"] = followed.origin.pages["/feed"]
    followed.poll()
    tokens = {form["hub.callback"].rpartition("/")[2] for form in hub.asked}
    assert len(tokens) == len({form["hub.secret"] for form in hub.asked}) == 2
    assert {len(token) for token in tokens} == {32}


def test_the_topic_is_what_the_document_calls_itself(followed: Any, hub: Any) -> None:
    """§5.1: hub.topic MUST be the "self" URL, which may differ from the one that was asked."""
    field = f'<{hub.url}>; rel="hub", <https://news.example>; rel="self"'
    followed.origin.serve("/feed", followed.feed("a"), Link=field)
    followed.poll()
    assert hub.asked[0]["hub.topic"] == "https://news.example"
    assert followed.standing.state is State.ACTIVE


def test_a_subscription_is_renewed_before_its_end_under_the_same_callback(
    followed: Any, hub: Any
) -> None:
    """§5.3.1: MUST re-request the subscription before hub.lease_seconds has elapsed."""
    hub.lease_s = 1000
    followed.serve("a")
    followed.poll()
    wait = followed.due_in("subscribe")
    assert 500 < wait < 900
    followed.newsroom.watch.forward(seconds=wait - 1)
    followed.poll()
    assert len(hub.asked) == 1
    followed.newsroom.watch.forward(seconds=1)
    followed.poll()
    first, second = hub.asked
    assert first == second
    assert followed.standing.state is State.ACTIVE
    left = followed.standing.lease_until - followed.newsroom.watch.now
    assert left.total_seconds() == 1000


def test_what_the_hub_does_not_verify_is_not_active(followed: Any, hub: Any) -> None:
    """§5.3: until then it is only asked for."""
    hub.verifies = "never"
    followed.serve("a")
    followed.poll()
    assert followed.standing.state is State.ASKED
    assert followed.due_in("subscribe") == 10 * MINUTE
    followed.newsroom.watch.forward(minutes=10)
    followed.poll()
    assert followed.standing.said(followed.newsroom.watch.now) == (
        "no push: the hub did not verify it within 10 min"
    )
    assert len(hub.asked) == 1
    followed.newsroom.watch.forward(seconds=followed.due_in("subscribe"))
    followed.poll()
    assert len(hub.asked) == 2


def test_a_hub_that_verifies_late_is_still_answered(followed: Any, hub: Any) -> None:
    hub.verifies = "never"
    followed.serve("a")
    followed.poll()
    followed.newsroom.watch.forward(minutes=20)
    followed.poll()
    assert followed.standing.state is State.FAILED
    assert hub.verify(hub.asked[0])[0] == 200
    assert followed.standing.state is State.ACTIVE


def test_a_hub_that_refuses_is_asked_again_later_each_time(followed: Any, hub: Any) -> None:
    """§5.1.2: 4xx and 5xx."""
    hub.status = 503
    followed.serve("a")
    followed.poll()
    assert followed.standing.said(followed.newsroom.watch.now) == (
        "no push: the hub answers with HTTP status 503"
    )
    waits = []
    for _ in range(12):
        waits.append(followed.due_in("subscribe"))
        followed.newsroom.watch.forward(seconds=waits[-1])
        run(followed.newsroom.desk, "subscribe")
    assert waits[0] >= 10 * MINUTE
    assert waits[:7] == sorted(waits[:7])
    assert max(waits) <= 1.25 * DAY
    hub.status = 202
    followed.newsroom.watch.forward(days=2)
    followed.poll()
    assert followed.standing.state is State.ACTIVE
    assert followed.standing.failures == 0


def test_a_hub_that_asks_for_quiet_is_given_it(followed: Any, hub: Any) -> None:
    hub.status, hub.headers = 429, {"Retry-After": "7200"}
    followed.serve("a")
    followed.poll()
    assert followed.due_in("subscribe") >= 7200


def test_a_hub_that_cannot_be_reached_says_why(followed: Any) -> None:
    followed.serve("a", hub="http://127.0.0.1:1025/hub")
    followed.poll()
    said = followed.standing.said(followed.newsroom.watch.now)
    assert said.startswith("no push: the hub does not answer: ")


def test_a_hub_at_an_inner_address_is_not_asked(followed: Any) -> None:
    settings = followed.newsroom.desk.settings.model_copy(
        update={"public_url": "https://news.example"}
    )
    followed.newsroom.desk = replace(followed.newsroom.desk, settings=settings)
    followed.serve("a", hub="http://10.0.0.1:8080/hub")
    followed.poll()
    assert "inner address: 10.0.0.1" in followed.standing.why


def test_a_hub_that_sends_us_on_is_followed_with_the_same_request(
    followed: Any, hub: Any, origin: Any
) -> None:
    """§5.1.2: 307 and 308; the subscriber retries at the new hub."""
    hub.moved_to = f"{hub.url}?second"
    seen: list[str] = []
    answer = hub.answer

    def second_time(form: dict[str, str]) -> tuple[int, dict[str, str]]:
        seen.append(form["hub.callback"])
        hub.moved_to = None if len(seen) > 1 else hub.moved_to
        return answer(form)

    hub.answer = second_time
    followed.serve("a")
    followed.poll()
    assert len(seen) == 2
    assert hub.asked[0] == hub.asked[1]
    assert followed.standing.state is State.ACTIVE


def test_hubs_that_send_us_round_are_left(followed: Any, hub: Any) -> None:
    hub.moved_to = hub.url
    followed.serve("a")
    followed.poll()
    assert followed.standing.why == "the hub answers with HTTP status 307"
    assert len(hub.asked) <= 5


def test_a_hub_that_denies_is_left_alone_for_a_week(followed: Any, hub: Any) -> None:
    """§5.2: at any point, even if it was accepted before."""
    followed.start("a")
    form = hub.asked[0]
    status, _ = hub.verify(form, mode="denied", reason="not\nyours")
    assert status == 200
    assert followed.standing.said(followed.newsroom.watch.now) == (
        "no push: the hub denied it: not yours"
    )
    followed.poll()
    assert followed.due_in("subscribe") == 7 * DAY
    assert followed.due_in() <= 1.1 * followed.every_s, "polled as usual again"
    assert hub.verify(form)[0] == 404


@pytest.mark.parametrize("how", ["pause", "remove", "move"])
def test_the_hub_is_told_when_a_source_is_read_no_more(followed: Any, hub: Any, how: str) -> None:
    """§5: unsubscribing works in the same way, by a single parameter."""
    followed.start("a")
    now = followed.newsroom.watch.now
    with followed.newsroom.desk.engine.begin() as connection:
        if how == "pause":
            sources.pause(connection, "alpha", True, now)
        elif how == "remove":
            sources.remove(connection, "alpha", now)
        else:
            fields = {"name": "alpha", "title": "Alpha", "url": f"{followed.origin.url}/moved"}
            sources.declare(connection, [SourceSpec.model_validate(fields)], now)
    run(followed.newsroom.desk, "subscribe")
    first, last = hub.asked
    assert last == {
        "hub.mode": "unsubscribe",
        "hub.topic": first["hub.topic"],
        "hub.callback": first["hub.callback"],
    }
    assert hub.verified[-1][:2] == ("unsubscribe", 200)
    assert hub.push(followed.feed("b"), form=first) == 410, "§7: the subscription was deleted"
    assert followed.newsroom.rows("SELECT 1 FROM push") == []
    followed.newsroom.watch.forward(days=2)
    run(followed.newsroom.desk, "subscribe")
    assert followed.newsroom.rows("SELECT 1 FROM subscription") == []
    assert followed.newsroom.rows("SELECT 1 FROM work WHERE kind = 'subscribe'") == []


def test_a_source_that_is_resumed_is_pushed_again(followed: Any, hub: Any) -> None:
    """Its document may be unchanged, and then nobody reads again what hub it names."""
    followed.start("a")
    for paused in (True, False):
        with followed.newsroom.desk.engine.begin() as connection:
            sources.pause(connection, "alpha", paused, followed.newsroom.watch.now)
        run(followed.newsroom.desk, "subscribe")
    assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "unsubscribe", "subscribe"]
    assert followed.standing.state is State.ACTIVE
    assert hub.asked[0]["hub.callback"] != hub.asked[2]["hub.callback"]


def test_a_hub_that_does_not_hear_our_goodbye_is_given_up(followed: Any, hub: Any) -> None:
    followed.start("a")
    hub.status = 500
    with followed.newsroom.desk.engine.begin() as connection:
        sources.remove(connection, "alpha", followed.newsroom.watch.now)
    for _ in range(10):
        run(followed.newsroom.desk, "subscribe")
        followed.newsroom.watch.forward(hours=12)
    assert len(hub.asked) == 1 + 3
    assert followed.newsroom.rows("SELECT 1 FROM subscription") == []


def test_without_an_address_that_hubs_can_reach_none_is_asked(followed: Any, hub: Any) -> None:
    settings = followed.newsroom.desk.settings.model_copy(
        update={"public_url": "http://localhost:8000"}
    )
    followed.newsroom.desk = replace(followed.newsroom.desk, settings=settings)
    followed.serve("a", hub="https://hub.example/")
    followed.poll()
    assert followed.standing.why == (
        "hubs can't reach http://localhost:8000: set TINWIRE_PUBLIC_URL"
    )


def test_switched_off_nothing_is_asked_and_what_there_is_ends(followed: Any, hub: Any) -> None:
    followed.start("a")
    settings = followed.newsroom.desk.settings.model_copy(update={"websub": False})
    followed.newsroom.desk = replace(followed.newsroom.desk, settings=settings)
    followed.newsroom.watch.forward(days=9)
    followed.poll()
    assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "unsubscribe"]
    followed.serve("a", "b")
    followed.newsroom.watch.forward(days=1)
    followed.poll()
    assert len(hub.asked) == 2


def test_a_worker_that_died_before_the_answer_asks_again(followed: Any, hub: Any) -> None:
    """What stands in the store is that the hub is to be asked, and not whether it was."""
    followed.serve("a")
    followed.newsroom.source("alpha", url=f"{followed.origin.url}/feed")
    run(followed.newsroom.desk, "poll")
    followed.newsroom.execute(
        "UPDATE subscription SET asked_at = ask_at, awaited = true;"
        "UPDATE work SET lease_until = run_at, attempts = 1 WHERE kind = 'subscribe'"
    )
    followed.newsroom.watch.forward(minutes=5)
    run(followed.newsroom.desk, "subscribe")
    assert len(hub.asked) == 1
    assert followed.standing.state is State.ACTIVE


def test_another_hub_of_the_source_is_asked_when_the_first_is_dead(followed: Any, hub: Any) -> None:
    """§4: a document may name several hubs; any of them tells of all changes."""
    dead = "http://127.0.0.1:9/hub"
    links = f'<{dead}>; rel="hub", <{hub.url}>; rel="hub", <{followed.origin.url}/feed>; rel="self"'
    followed.origin.serve("/feed", followed.feed("a", hub=""), "application/rss+xml", Link=links)
    followed.poll()
    for _ in range(2):
        assert (followed.standing.hub_url, hub.asked) == (dead, [])
        followed.newsroom.watch.forward(seconds=followed.due_in("subscribe"))
        followed.poll()
    run(followed.newsroom.desk, "subscribe")
    standing = followed.standing
    assert (standing.hub_url, standing.other_hubs) == (hub.url, (dead,))
    assert standing.state is State.ACTIVE
    followed.poll()
    assert followed.standing.hub_url == hub.url, "the source still names it, though not first"
    assert len(hub.asked) == 1


def test_hubs_that_are_all_dead_are_asked_ever_more_seldom(followed: Any) -> None:
    links = [f'<http://127.0.0.1:9/{name}>; rel="hub"' for name in "ab"]
    field = ", ".join([*links, f'<{followed.origin.url}/feed>; rel="self"'])
    followed.origin.serve("/feed", followed.feed("a", hub=""), "application/rss+xml", Link=field)
    followed.poll()
    waits = []
    for _ in range(8):
        waits.append(followed.due_in("subscribe"))
        followed.newsroom.watch.forward(seconds=followed.due_in("subscribe"))
        run(followed.newsroom.desk, "subscribe")
    assert max(waits[:3]) < min(waits[3:])
    assert waits[-1] > 20 * 3600


def test_a_hub_that_comes_with_an_unchanged_document_is_noticed(followed: Any, hub: Any) -> None:
    """§4: headers may name it, and a 304 has headers."""
    body = followed.feed("a", hub="")
    followed.origin.serve("/feed", body, "application/rss+xml")
    followed.poll()
    assert hub.asked == []
    links = f'<{hub.url}>; rel="hub", <{followed.origin.url}/feed>; rel="self"'
    followed.origin.serve("/feed", body, "application/rss+xml", Link=links)
    followed.newsroom.watch.forward(seconds=followed.due_in())
    followed.poll()
    assert "If-None-Match" in followed.origin.asked[-1][1]
    assert len(hub.asked) == 1
    assert followed.standing.state is State.ACTIVE
