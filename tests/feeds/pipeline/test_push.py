"""Push: what a hub delivers is stored as if it had been polled, and only once.

Sections are those of the W3C WebSub Recommendation.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from feeds.errors import LeaseLost
from feeds.pipeline.push import take_in
from feeds.pipeline.run import run
from feeds.store import backlog, work


def articles(followed: Any) -> list[str]:
    return [row.url for row in followed.newsroom.rows("SELECT url FROM article ORDER BY url")]


def outcomes(followed: Any) -> list[tuple[str, int, int]]:
    rows = followed.newsroom.rows("SELECT outcome, new, unchanged FROM fetch_event ORDER BY id")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_delivery_becomes_articles(followed: Any, algorithm: str) -> None:
    """§7.1.1: with every recognised algorithm."""
    followed.serve("a")
    followed.poll()
    assert followed.push("b", algorithm=algorithm) == 202
    assert articles(followed) == ["https://news.example/a", "https://news.example/b"]
    assert outcomes(followed) == [("ok", 1, 0), ("pushed", 1, 0)]
    followed.newsroom.settle()
    assert sorted(followed.newsroom.titles("source/alpha")) == ["On a", "On b"]


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><id>tag:b</id>'
    '<title>On b</title><link href="https://news.example/b"/></entry></feed>'
)
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "N",
        "items": [{"id": "b", "url": "/b", "title": "On b"}],
    }
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(ATOM, "application/atom+xml"), (JSON, "application/feed+json"), (ATOM, "text/plain")],
)
def test_every_format_that_is_polled_can_be_pushed(followed: Any, body: str, kind: str) -> None:
    """§7: the full contents of the topic, with its own Content-Type."""
    field = f'<{followed.hub.url}>; rel="hub", <https://news.example/feed>; rel="self"'
    followed.origin.serve("/feed", followed.feed("a"), Link=field)
    followed.poll()
    assert followed.hub.push(body, kind) == 202
    run(followed.newsroom.desk, "push")
    assert articles(followed)[1:] == ["https://news.example/b"]


def test_what_is_pushed_is_committed_before_it_is_answered(followed: Any, hub: Any) -> None:
    """§7: 2xx means receipt; whoever reads it may come later, and is told of it by the row."""
    followed.serve("a")
    followed.poll()
    assert hub.push(followed.feed("b")) == 202
    assert len(followed.newsroom.rows("SELECT 1 FROM push")) == 1
    assert len(followed.newsroom.rows("SELECT 1 FROM work WHERE kind = 'push'")) == 1
    assert len(articles(followed)) == 1
    run(followed.newsroom.desk, "push")
    assert followed.newsroom.rows("SELECT 1 FROM push") == []
    assert len(articles(followed)) == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("is_pushed_first", [True, False])
def test_the_same_article_by_push_and_by_poll_is_one(
    followed: Any, hub: Any, scheme: str, is_pushed_first: bool
) -> None:
    """Also when one says http and the other https, whichever comes first."""
    followed.serve()
    followed.poll()
    followed.newsroom.watch.forward(hours=11)

    def push() -> None:
        assert hub.push(followed.feed("b", scheme=scheme)) == 202
        run(followed.newsroom.desk, "push")

    def poll() -> None:
        followed.serve("b")
        followed.poll()

    for step in (push, poll) if is_pushed_first else (poll, push):
        step()
    followed.newsroom.settle()
    assert len(articles(followed)) == 1
    assert followed.newsroom.titles("all") == ["On b"]
    assert {row.verdict for row in followed.newsroom.rows("SELECT verdict FROM ledger")} <= {
        "new",
        "sighting",
    }


def test_a_delivery_that_comes_twice_is_stored_once(followed: Any, hub: Any) -> None:
    """§7: hubs retry, also when it was our answer that got lost."""
    followed.serve("a")
    followed.poll()
    for _ in range(2):
        assert hub.push(followed.feed("b", "a")) == 202
    run(followed.newsroom.desk, "push")
    followed.push("b", "a")
    assert len(articles(followed)) == 2
    assert len(followed.newsroom.rows("SELECT 1 FROM sighting")) == 2


def test_deliveries_in_any_order_end_with_the_newest_edition(followed: Any, hub: Any) -> None:
    old, new = (
        ATOM.replace("On b</title>", f"{title}</title><updated>{at}</updated>")
        for title, at in (
            ("Old", "2026-11-20T10:00:00Z"),
            ("New", "2026-11-20T11:00:00Z"),
        )
    )
    for first, second in ((old, new), (new, old)):
        followed.newsroom.empty()
        followed.serve()
        followed.poll()
        assert (hub.push(first), hub.push(second)) == (202, 202)
        run(followed.newsroom.desk, "push")
        assert [row.title for row in followed.newsroom.rows("SELECT title FROM article")] == ["New"]


@pytest.mark.parametrize("secret", ["", "another"])
def test_what_is_not_signed_with_our_secret_is_counted_and_ignored(
    followed: Any, secret: str
) -> None:
    """§7.1.2: answered 2xx like any other, so that nobody learns a signature by trying."""
    followed.serve("a")
    followed.poll()
    assert followed.push("forged", secret=secret) == 202
    assert articles(followed) == ["https://news.example/a"]
    assert followed.newsroom.rows("SELECT 1 FROM push") == []
    assert (followed.standing.ignored, followed.standing.deliveries) == (1, 0)
    assert followed.standing.pushed_at is None, "a forger can't make us poll less"


@pytest.mark.parametrize("body", ["", "  \n", "ping", "<html><body>changed</body></html>"])
def test_a_ping_without_a_feed_makes_us_look_now(followed: Any, hub: Any, body: str) -> None:
    followed.serve("a")
    followed.poll()
    followed.newsroom.watch.forward(minutes=1)
    followed.serve("a", "b")
    assert followed.due_in() > 0
    assert hub.push(body, "text/plain") == 202
    run(followed.newsroom.desk, "push")
    assert followed.due_in() == 0
    followed.poll()
    assert len(articles(followed)) == 2
    assert followed.standing.missed == 0, "what we were told of is not missed"


def test_what_waits_for_a_source_that_was_paused_is_dropped(followed: Any, hub: Any) -> None:
    followed.serve("a")
    followed.poll()
    assert hub.push(followed.feed("b")) == 202
    followed.newsroom.execute("UPDATE source SET paused = true")
    run(followed.newsroom.desk, "push")
    assert len(articles(followed)) == 1
    assert followed.newsroom.rows("SELECT 1 FROM push") == []


def test_a_delivery_whose_worker_dies_is_read_by_the_next(followed: Any, hub: Any) -> None:
    followed.serve("a")
    followed.poll()
    assert hub.push(followed.feed("b")) == 202
    followed.newsroom.execute(
        "CREATE FUNCTION refuse() RETURNS trigger AS"
        " 'BEGIN RAISE EXCEPTION ''killed''; END' LANGUAGE plpgsql;"
        "CREATE TRIGGER refuse BEFORE INSERT ON fetch_event EXECUTE FUNCTION refuse()"
    )
    run(followed.newsroom.desk, "push")
    assert len(followed.newsroom.rows("SELECT 1 FROM push")) == 1
    followed.newsroom.execute("DROP TRIGGER refuse ON fetch_event")
    followed.newsroom.watch.forward(minutes=10)
    run(followed.newsroom.desk, "push")
    assert len(articles(followed)) == 2
    with followed.newsroom.desk.engine.connect() as connection:
        assert backlog.dead(connection) == []


def test_a_push_does_not_hide_that_a_source_cannot_be_polled(followed: Any) -> None:
    followed.start("a")
    followed.origin.serve("/feed", "gone", status=404)
    followed.newsroom.watch.forward(hours=12)
    followed.poll()
    followed.push("b")
    (row,) = followed.newsroom.rows("SELECT status, failures FROM source")
    assert tuple(row) == ("http error", 1)


def refuse_sightings_of(followed: Any, slug: str) -> None:
    """Let the store fail at one entry, whoever brings it."""
    followed.newsroom.execute(
        "CREATE FUNCTION refuse() RETURNS trigger AS"
        f" 'BEGIN IF NEW.guid LIKE ''%/{slug}'' THEN RAISE EXCEPTION ''poison''; END IF;"
        " RETURN NEW; END' LANGUAGE plpgsql;"
        "CREATE TRIGGER refuse BEFORE INSERT ON sighting FOR EACH ROW EXECUTE FUNCTION refuse()"
    )


def test_a_delivery_that_kills_its_worker_is_dead_alone(followed: Any, hub: Any) -> None:
    """F4: exactly that row is dead after its attempts, and all others are read."""
    followed.serve("a")
    followed.poll()
    for slug in ("b", "poison", "c"):
        assert hub.push(followed.feed(slug)) == 202
    refuse_sightings_of(followed, "poison")
    for _ in range(8):
        run(followed.newsroom.desk, "push")
        followed.newsroom.watch.forward(minutes=10)
    assert articles(followed) == [f"https://news.example/{slug}" for slug in "abc"]
    with followed.newsroom.desk.engine.connect() as connection:
        (dead,) = backlog.dead(connection)
    assert (dead.kind, dead.attempts) == ("push", followed.newsroom.desk.settings.max_attempts)
    assert "poison" in dead.error
    (kept,) = followed.newsroom.rows("SELECT convert_from(body, 'utf-8') AS body FROM push")
    assert "poison" in kept.body, "for a person to look at, and to be tried again"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_loses_and_doubles_no_delivery(
    followed: Any, hub: Any, hours: float
) -> None:
    """F14."""
    followed.serve("a")
    followed.poll()
    assert hub.push(followed.feed("b")) == 202
    followed.newsroom.watch.forward(hours=hours)
    run(followed.newsroom.desk, "push")
    assert hub.push(followed.feed("b", "c")) == 202
    followed.newsroom.watch.forward(hours=-hours)
    followed.newsroom.watch.forward(hours=1)  # what was due then is due at the latest now
    run(followed.newsroom.desk, "push")
    assert articles(followed) == [f"https://news.example/{slug}" for slug in "abc"]
    assert len(followed.newsroom.rows("SELECT 1 FROM sighting")) == 3


def test_messages_that_come_twice_and_late_find_nothing_to_do(followed: Any, hub: Any) -> None:
    """F5 and F10: a message is a doorbell, so none and three of them come to the same."""
    followed.serve("a")
    followed.poll()
    assert hub.push(followed.feed("b")) == 202
    assert [run(followed.newsroom.desk, "push") for _ in range(3)] == [1, 0, 0]
    assert len(articles(followed)) == 2


def test_a_lease_that_is_lost_stores_a_delivery_once(followed: Any, hub: Any) -> None:
    """F11: another worker took the delivery over while this one still read it."""
    followed.serve("a")
    followed.poll()
    assert hub.push(followed.feed("b")) == 202
    desk, now = followed.newsroom.desk, followed.newsroom.watch.now
    with desk.engine.begin() as connection:
        slow = work.claim(connection, "push", now, 8, timedelta(seconds=1))
    assert slow is not None
    followed.newsroom.watch.forward(seconds=2)
    run(desk, "push")
    with pytest.raises(LeaseLost):
        take_in(desk, slow)
    assert len(articles(followed)) == 2
    rows = followed.newsroom.rows("SELECT 1 FROM fetch_event WHERE outcome = 'pushed'")
    assert len(rows) == 1


def test_a_store_that_takes_nothing_is_told_to_the_hub(followed: Any, hub: Any) -> None:
    """F13: what is not kept is not answered 2xx; the hub delivers it once more."""
    followed.serve("a")
    followed.poll()
    followed.newsroom.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger AS 'BEGIN RAISE EXCEPTION"
        " USING ERRCODE = ''disk_full'', MESSAGE = ''no space left''; END' LANGUAGE plpgsql;"
        "CREATE TRIGGER full_disk BEFORE INSERT ON push EXECUTE FUNCTION full_disk()"
    )
    assert hub.push(followed.feed("b")) == 503
    followed.newsroom.execute("DROP TRIGGER full_disk ON push")
    assert followed.push("b") == 202
    assert len(articles(followed)) == 2
