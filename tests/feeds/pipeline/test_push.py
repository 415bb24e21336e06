"""Push: what a hub delivers is stored as if it had been polled, and only once.

Sections are those of the W3C WebSub Recommendation.
"""

import json
from typing import Any

import pytest

from feeds.pipeline.run import run
from feeds.store import backlog


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
