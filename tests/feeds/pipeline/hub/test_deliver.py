"""Deliver: subscribers over real HTTP, strict about what a hub must send.

Sections are those of the W3C WebSub Recommendation.
"""

import hmac
import itertools
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.pipeline.publish import rebuild
from feeds.pipeline.run import run
from feeds.publish.hub import retry_after
from feeds.store import deliveries, feeds, succession, work

Told = Any
SECRET = "s3cret-ü"


def test_a_subscriber_gets_what_a_reader_would(told: Told, make_entry: Any) -> None:
    """§5.3, §7, §7.1: the full body, its type, hub and self, and a signature by the secret."""
    told.subscribe("/cb?id=7&id=8", secret=SECRET, lease_seconds="86400")
    (asked,) = told.reader.asked
    assert asked["path"].startswith("/cb?id=7&id=8&hub.")
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.topic"] == told.topic()
    assert asked["hub.lease_seconds"] == "86400"
    told.publish(make_entry)
    told.deliver()
    ((path, headers, body),) = told.reader.got
    assert path == "/cb?id=7&id=8"
    assert body == told.bytes()
    assert headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert headers["link"] == f'<{told.base}/hub>; rel="hub", <{told.topic()}>; rel="self"'
    wanted = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    assert headers["x-hub-signature"] == f"sha256={wanted}"
    assert told.due() == 0


def test_without_a_secret_nothing_is_signed(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.deliver()
    assert "x-hub-signature" not in told.reader.got[0][1]


def test_versions_that_wait_are_delivered_once_as_the_newest(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.publish(make_entry)
    told.deliver()
    assert told.reader.bodies("/cb") == [told.bytes()]
    told.newsroom.settle()
    assert len(told.reader.got) == 1


def test_what_did_not_change_is_not_delivered_again(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.deliver()
    told.newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) SELECT 'deliver', id::text,"
        " :now, :now FROM subscriber",
        now=told.newsroom.watch.now,
    )
    told.deliver()
    assert len(told.reader.got) == 1
    assert told.due() == 0


@pytest.mark.parametrize("status", [500, 404, 301, 307])
def test_failures_and_redirects_are_tried_again_until_the_lease_ends(
    told: Told, make_entry: Any, status: int
) -> None:
    told.subscribe(lease_seconds="3600")
    told.reader.statuses["/cb"] = status
    told.publish(make_entry)
    told.deliver()
    assert told.due() == 1
    waits = []
    for _ in range(30):
        (row,) = told.newsroom.rows("SELECT run_at FROM work WHERE kind = 'deliver'")
        waits.append((row.run_at - told.newsroom.watch.now).total_seconds())
        told.newsroom.watch.now = row.run_at
        told.deliver()
        if not told.due():
            break
    assert 5 <= len(told.reader.got) <= 12
    assert {body for _, _, body in told.reader.got} == {told.bytes()}
    assert all(later > earlier for earlier, later in itertools.pairwise(waits[:-1]))
    assert told.subscribers() == []
    assert all(path == "/cb" for path, _, _ in told.reader.got)


def test_who_recovers_gets_the_newest(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.reader.statuses["/cb"] = 503
    told.publish(make_entry)
    told.deliver()
    told.publish(make_entry)
    told.deliver()
    assert len(told.reader.got) == 1, "news does not cut the wait short"
    told.reader.statuses.clear()
    told.newsroom.watch.forward(seconds=120)
    told.deliver()
    assert told.reader.bodies("/cb")[-1] == told.bytes()
    (one,) = told.subscribers()
    assert (one.failures, one.error, one.delivered) == (0, "", 1)


def test_410_ends_a_subscription(told: Told, make_entry: Any) -> None:
    """§7: the hub MAY terminate it."""
    told.subscribe()
    told.reader.statuses["/cb"] = 410
    told.publish(make_entry)
    told.deliver()
    assert (told.subscribers(), told.due()) == ([], 0)


def test_a_lease_that_ended_is_the_end(told: Told, make_entry: Any) -> None:
    told.subscribe(lease_seconds="300")
    told.newsroom.watch.forward(seconds=300)
    told.publish(make_entry)
    told.deliver()
    assert told.reader.got == []
    told.newsroom.execute("UPDATE work SET run_at = now() - interval '9 years' WHERE kind = 'tidy'")
    told.newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) VALUES ('tidy', 'hourly', :now, :now)"
        " ON CONFLICT DO NOTHING",
        now=told.newsroom.watch.now,
    )
    run(told.newsroom.desk, "tidy")
    assert told.subscribers() == []


def test_who_hangs_keeps_nobody_waiting(told: Told, make_entry: Any) -> None:
    """The batch ends without them, and they are concluded when they answer."""
    for number in range(12):
        told.subscribe(f"/slow/{number}")
        told.reader.hangs[f"/slow/{number}"] = threading.Event()
        told.subscribe(f"/fast/{number}")
    told.publish(make_entry)
    told.deliver()
    served = {path for path, _, _ in told.reader.got}
    assert served == {f"/fast/{number}" for number in range(12)}
    for event in told.reader.hangs.values():
        event.set()
    until = time.monotonic() + 60
    while told.due() and time.monotonic() < until:
        time.sleep(0.05)
    assert told.due() == 0
    assert {one.etag for one in told.subscribers()} == {told.newsroom.files()["all", "atom"][0]}


def test_callbacks_at_one_strange_host_are_called_a_few_at_a_time(
    told: Told, make_entry: Any
) -> None:
    for number in range(25):
        told.subscribe(f"/{number}")
    told.publish(make_entry)
    # By a name, the host is nobody's that the operator listed.
    told.newsroom.execute(
        "UPDATE subscriber SET callback = replace(callback, '127.0.0.1', 'feeds.invalid')"
    )
    told.deliver()
    counts = told.newsroom.rows("SELECT count(*) FILTER (WHERE failures > 0) FROM subscriber")
    assert counts[0][0] == 10
    waits = told.newsroom.rows(
        "SELECT run_at - :now AS wait FROM work JOIN subscriber ON subscriber.id::text = work.key"
        " WHERE kind = 'deliver' AND failures = 0",
        now=told.newsroom.watch.now,
    )
    assert sorted(row.wait.total_seconds() for row in waits) == [1.0] * 10 + [2.0] * 5


def test_the_feed_itself_names_the_hub(told: Told) -> None:
    """§4: hub and self in headers and in the document."""
    assert f'href="{told.base}/hub" rel="hub"' in told.bytes().decode()


def test_outside_hubs_are_told_and_told_again_when_they_fail(
    told: Told, hub: Any, make_entry: Any
) -> None:
    newsroom = told.newsroom
    settings = newsroom.desk.settings.model_copy(update={"hubs": (hub.url,)})
    newsroom.desk = replace(newsroom.desk, settings=settings)
    hub.status = 500
    told.publish(make_entry)
    run(newsroom.desk, "ping")
    assert hub.asked[-1]["hub.mode"] == "publish"
    (row,) = newsroom.rows("SELECT failures, error FROM outside_hub")
    assert tuple(row) == (1, "HTTP status 500")
    hub.status = 204
    asked = len(hub.asked)
    newsroom.watch.forward(seconds=60)
    run(newsroom.desk, "ping")
    assert len(hub.asked) == asked + 1
    (row,) = newsroom.rows("SELECT failures, error FROM outside_hub")
    assert tuple(row) == (0, "")
    assert newsroom.rows("SELECT 1 FROM work WHERE kind = 'ping' AND want > done") == []


def test_retries_come_later_each_time_and_apart() -> None:
    waits = [retry_after(n, "x").total_seconds() for n in range(1, 40)]
    assert 7.5 <= waits[0] <= 12.5
    assert max(waits) <= 3600 * 1.25
    assert len({retry_after(3, name) for name in "abcdefgh"}) == 8


def test_a_subscription_is_counted_and_nothing_is_lost_without_a_hub(
    told: Told, make_entry: Any
) -> None:
    told.subscribe()
    told.publish(make_entry)
    told.deliver()
    with told.newsroom.desk.engine.connect() as connection:
        done = dict(connection.execute(sa.text("SELECT outcome, count FROM hub_count")).all())
    assert done == {"verified": 1, "delivered": 1}


def test_who_follows_a_feed_that_is_taken_back_is_told_so(told: Told) -> None:
    """§5.2: a subscription may be denied at any time."""
    topic = told.topic(key="source/alpha")
    told.subscribe(topic=topic)
    told.subscribe("/other")
    told.remove_source("alpha")
    told.newsroom.settle("deliver", "verify")
    said = told.reader.asked[-1]
    assert (said["hub.mode"], said["hub.topic"]) == ("denied", topic)
    assert len(told.reader.asked) == 3
    assert [one.feed_key for one in told.subscribers()] == ["all"]
    assert (told.reader.got, told.due()) == ([], 0)


def test_a_feed_that_is_back_before_its_end_was_told_asks_its_subscribers(
    told: Told, make_entry: Any
) -> None:
    told.subscribe(topic=told.topic(key="author/anna-bell"), lease_seconds="3600")
    with told.newsroom.desk.engine.begin() as connection:
        feeds.retire(connection, ["author/anna-bell"], told.newsroom.watch.now)
        deliveries.mark(connection, ["author/anna-bell"], told.newsroom.watch.now, to_all=False)
    told.newsroom.settle("announce", "deliver")
    told.publish(make_entry)
    run(told.newsroom.desk, "verify")
    (one,) = told.subscribers()
    assert (one.lease_until - told.newsroom.watch.now).total_seconds() == 3600


def test_who_follows_a_storys_feed_is_carried_to_where_it_stands(
    told: Told, make_entry: Any
) -> None:
    newsroom = told.newsroom
    newsroom.take("alpha", *(make_entry(f"s{n}", hours=9 - n) for n in range(2)))
    newsroom.settle("relate", "publish", "announce")
    rows = newsroom.rows("SELECT id FROM article ORDER BY effective_at LIMIT 2")
    first, second = ids = [row.id for row in rows]

    def lead(number: int) -> str:
        query = "UPDATE article SET story_id = :lead WHERE id = ANY(:ids)"
        newsroom.execute(query, lead=number, ids=ids)
        with newsroom.desk.engine.begin() as connection:
            rebuild(newsroom.desk, connection, [succession.key_of(first)], newsroom.watch.now)
        return succession.key_of(number)

    old = lead(first)
    told.subscribe(topic=told.topic(key=old), secret=SECRET)
    new = lead(second)
    newsroom.settle("announce", "deliver", "publish")
    newsroom.settle("announce", "deliver")
    ((_, headers, body),) = told.reader.got
    assert body == newsroom.files()[new, "atom"][1]
    assert headers["link"].endswith(f'<{told.topic(key=new)}>; rel="self"')
    assert headers["x-hub-signature"]
    (one,) = told.subscribers()
    assert (one.feed_key, one.delivered) == (new, 1)
    told.subscribe(topic=told.topic(key=old), mode="unsubscribe")
    assert told.subscribers() == []


def test_who_follows_the_heir_already_gets_it_once(told: Told, make_entry: Any) -> None:
    told.subscribe()
    told.subscribe(topic=told.topic(key="source/alpha"))
    told.subscribe(topic=told.topic(key="author/anna-bell"))
    told.rename("source/alpha", "all")
    told.rename("author/anna-bell", "all")
    told.deliver()
    told.publish(make_entry)
    told.deliver()
    assert [one.feed_key for one in told.subscribers()] == ["all"]
    assert told.reader.bodies("/cb")[-1:] == [told.bytes()]
    assert len(told.reader.got) == 1


def test_nobody_stays_with_a_feed_that_is_no_more(told: Told) -> None:
    told.subscribe(topic=told.topic(key="source/alpha"))
    with told.newsroom.desk.engine.begin() as connection:
        feeds.retire(connection, ["source/alpha"], told.newsroom.watch.now)
        work.mark(connection, "tidy", ["hourly"], told.newsroom.watch.now)
    told.newsroom.settle("tidy", "deliver", "verify")
    assert told.reader.asked[-1]["hub.mode"] == "denied"
    assert told.subscribers() == []
