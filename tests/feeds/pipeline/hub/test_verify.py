"""Verify: what is asked of the hub, and of callbacks in a subscriber's name.

Sections are those of the W3C WebSub Recommendation.
"""

import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from feeds.pipeline.run import run

Told = Any
SECRET = "s3cret-ü"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mode": "dance"}, "hub.mode"),
        ({"mode": "publish"}, "its own feeds"),
        ({"mode": None}, "hub.mode"),
        ({"topic": None}, "hub.topic is missing"),
        ({"topic": "https://other.example/feed"}, "no feed of ours"),
        ({"callback": None}, "hub.callback is missing"),
        ({"callback": "ftp://a.example/x"}, "scheme"),
        ({"callback": "http://user:pw@a.example:8080/x"}, "user name"),
        ({"callback": "http://10.0.0.1:8080/x"}, "private network"),
        ({"callback": "http://[::1]:8080/x"}, "private network"),
        ({"callback": "http://2130706434:8080/x", "mode": "dance"}, "hub.mode"),
        ({"callback": "http://a.local:8080/x"}, "private network"),
        ({"callback": "http://a.example:8080/x#y"}, "fragment"),
        ({"secret": "ü" * 100}, "200 bytes"),
        ({"lease_seconds": "soon"}, "hub.lease_seconds"),
        ({"lease_seconds": "0"}, "hub.lease_seconds"),
        ({"lease_seconds": "-5"}, "hub.lease_seconds"),
    ],
)
def test_bad_requests_are_refused_with_the_reason(
    told: Told, changes: dict[str, str | None], says: str
) -> None:
    status, body = told.ask(**changes)
    assert (status, says in body.decode()) == (400, True), body
    assert told.newsroom.rows("SELECT 1 FROM hub_request") == []


def test_a_feed_that_is_not_there_is_refused(told: Told) -> None:
    assert told.ask(topic=told.topic(key="section/none"))[0] == 400
    assert told.ask(topic=told.topic() + "?limit=3")[0] == 400


def test_a_secret_of_199_bytes_is_taken(told: Told) -> None:
    assert told.ask(secret="x" * 199)[0] == 202


@pytest.mark.parametrize(
    ("asked", "granted"), [(None, 864_000), ("1", 300), ("99999999999", 2_592_000), ("3600", 3600)]
)
def test_leases_are_finite(told: Told, asked: str | None, granted: int) -> None:
    """§5.1: the hub may give another lease than was asked for."""
    told.subscribe(lease_seconds=asked)
    assert told.reader.asked[0]["hub.lease_seconds"] == str(granted)
    (one,) = told.subscribers()
    assert (one.lease_until - told.newsroom.watch.now).total_seconds() == granted


@pytest.mark.parametrize(
    "how",
    [{"wants": False}, {"challenge_suffix": "x"}, {"verify_status": 302}],
    ids=["404", "another challenge", "a redirect"],
)
def test_who_does_not_confirm_is_not_subscribed(told: Told, how: dict[str, Any]) -> None:
    """§5.3.1: anything but a 2xx with the challenge means no."""
    for name, value in how.items():
        setattr(told.reader, name, value)
    told.subscribe()
    assert told.subscribers() == []
    assert len(told.reader.asked) == 1
    assert told.newsroom.rows("SELECT 1 FROM hub_request") == []


def test_a_subscriber_that_can_not_answer_is_asked_thrice_with_other_challenges(
    told: Told,
) -> None:
    told.reader.verify_status = 503
    told.subscribe()
    for _ in range(4):
        told.newsroom.watch.forward(minutes=5)
        run(told.newsroom.desk, "verify")
    challenges = {one["hub.challenge"] for one in told.reader.asked}
    assert len(told.reader.asked) == len(challenges) == 3
    assert told.newsroom.rows("SELECT 1 FROM hub_request") == []


def test_a_stranger_can_not_end_a_subscription(told: Told, make_entry: Any) -> None:
    told.subscribe(secret=SECRET)
    told.reader.wants = False
    assert told.ask(mode="unsubscribe")[0] == 202
    assert told.ask(secret="mine")[0] == 202
    run(told.newsroom.desk, "verify")
    told.publish(make_entry)
    told.deliver()
    ((_, headers, body),) = told.reader.got
    wanted = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    assert headers["x-hub-signature"] == f"sha256={wanted}"


def test_who_unsubscribes_gets_nothing_more(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.subscribe(mode="unsubscribe")
    assert told.reader.asked[-1]["hub.mode"] == "unsubscribe"
    assert "hub.lease_seconds" not in told.reader.asked[-1]
    told.publish(make_entry)
    told.deliver()
    assert told.reader.got == []
    assert told.subscribers() == []


def test_a_feed_that_went_before_it_was_verified_is_denied(told: Told) -> None:
    """§5.2: hub.mode=denied with the topic and a reason."""
    topic = told.topic(key="source/alpha")
    assert told.ask(topic=topic)[0] == 202
    told.remove_source("alpha")
    run(told.newsroom.desk, "verify")
    (asked,) = told.reader.asked
    said = parse_qs(urlsplit(asked["path"]).query)
    assert said["hub.mode"] == ["denied"]
    assert said["hub.topic"] == [topic]
    assert "hub.challenge" not in said
    assert told.subscribers() == []


def test_a_feed_that_was_taken_back_is_refused(told: Told) -> None:
    topic = told.topic(key="source/alpha")
    told.remove_source("alpha")
    assert told.ask(topic=topic)[0] == 400


def test_by_a_renamed_topic_its_heir_is_subscribed_to_and_left(told: Told, make_entry: Any) -> None:
    topic = told.topic(key="source/alpha")
    told.rename("source/alpha", "all")
    told.subscribe(topic=topic)
    assert told.reader.asked[-1]["hub.topic"] == topic
    told.publish(make_entry)
    run(told.newsroom.desk, "deliver")
    assert told.reader.bodies("/cb") == [told.bytes()]
    told.subscribe(topic=topic, mode="unsubscribe")
    assert told.subscribers() == []
