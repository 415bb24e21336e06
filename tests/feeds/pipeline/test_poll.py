"""Poll: what a source answers is stored with its state, or neither is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from feeds.pipeline.run import run
from feeds.store import fetches, polling, sources, work

HOUR = 3600


def rss(*slugs: str, text: str = "Text") -> str:
    items = "".join(
        f"<item><title>On {slug}</title><link>https://news.example/{slug}</link>"
        f"<guid>{slug}</guid><description>{text} {slug}</description></item>"
        for slug in slugs
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


@pytest.fixture
def polled(newsroom: Any, origin: Any) -> Callable[..., Any]:
    """Declare a source at the local origin, and poll it as often as it is called."""

    def poll(**more: Any) -> Any:
        if "alpha" not in newsroom.known:
            newsroom.source("alpha", url=f"{origin.url}/feed", every_s=HOUR, **more)
        run(newsroom.desk, "poll")
        with newsroom.desk.engine.connect() as connection:
            (state,) = sources.listed(connection)
        return state

    return poll


def due_in(newsroom: Any) -> float:
    (row,) = newsroom.rows("SELECT run_at FROM work WHERE kind = 'poll'")
    return float((row.run_at - newsroom.watch.now).total_seconds())


def test_a_polled_feed_is_stored_and_polled_again_after_its_interval(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    origin.serve("/feed", rss("a", "b"))
    state = polled()
    assert (state.status, state.error, state.articles) == ("ok", None, 2)
    assert state.ok_at == newsroom.watch.now
    assert 0 < due_in(newsroom) <= HOUR, "the editor wishes for an hour at most"


def test_an_unchanged_feed_is_asked_for_by_its_etag(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    origin.serve("/feed", rss("a"))
    polled()
    newsroom.watch.forward(hours=2)
    assert polled().status == "not modified"
    (_, first), (_, second) = origin.asked
    assert "If-None-Match" not in first
    assert second["If-None-Match"] == origin.pages["/feed"][1]["ETag"]
    assert len(newsroom.rows("SELECT 1 FROM ledger")) == 1


def test_the_same_bytes_under_another_etag_are_not_parsed_again(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    origin.serve("/feed", rss("a"))
    polled()
    origin.serve("/feed", rss("a"), ETag='"other"')
    newsroom.watch.forward(hours=2)
    assert polled().status == "same body"
    (row,) = newsroom.rows("SELECT etag FROM source")
    assert row.etag == '"other"'


def test_a_new_entry_is_found_and_the_old_ones_are_unchanged(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    origin.serve("/feed", rss("a", "b"))
    polled()
    origin.serve("/feed", rss("c", "a", "b"))
    newsroom.watch.forward(hours=2)
    assert polled().articles == 3
    with newsroom.desk.engine.connect() as connection:
        lines = fetches.history(connection, newsroom.known["alpha"].id)
    assert [(one.counts.entries, one.counts.new, one.counts.unchanged) for one in lines] == [
        (3, 1, 2),
        (2, 2, 0),
    ]


FAILURES = {
    "gone": (404, "nothing here", "http error", "HTTP status 404"),
    "broken": (500, "oops", "http error", "HTTP status 500"),
    "a page": (200, "<html><body>Hello</body></html>", "not a feed", None),
}


@pytest.mark.parametrize(("status", "body", "outcome", "error"), FAILURES.values(), ids=FAILURES)
def test_a_failure_keeps_the_validators_and_waits_longer_each_time(
    newsroom: Any,
    origin: Any,
    polled: Callable[..., Any],
    status: int,
    body: str,
    outcome: str,
    error: str | None,
) -> None:
    origin.serve("/feed", rss("a"))
    polled()
    query = "SELECT etag, body_hash FROM source"
    before = newsroom.rows(query)
    origin.serve("/feed", body, status=status)
    waits = []
    for failures in (1, 2, 3):
        newsroom.watch.forward(days=1)
        state = polled()
        assert state.status == outcome
        assert state.error == error or error is None
        assert newsroom.rows("SELECT failures FROM source")[0].failures == failures
        waits.append(due_in(newsroom))
    assert waits == sorted(set(waits))
    assert newsroom.rows(query) == before
    origin.serve("/feed", rss("a", "b"))
    newsroom.watch.forward(days=2)
    assert polled().status == "ok"
    assert due_in(newsroom) <= 1.1 * HOUR


def test_a_publisher_who_asks_for_time_is_given_it(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    origin.serve("/feed", "busy", status=429, **{"Retry-After": "40000"})
    polled()
    assert 40000 <= due_in(newsroom) <= 44000


def test_no_wait_is_longer_than_about_a_day(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    origin.serve("/feed", "busy", status=503, **{"Retry-After": "99999999"})
    polled()
    assert due_in(newsroom) <= 1.1 * 86400


def test_one_sources_failure_leaves_the_others_alone(newsroom: Any, origin: Any) -> None:
    for name in ("alpha", "beta", "gamma"):
        newsroom.source(name, url=f"{origin.url}/{name}")
    origin.serve("/alpha", rss("a"))
    origin.serve("/beta", "not a feed")
    origin.serve("/gamma", rss("c"))
    assert run(newsroom.desk, "poll") == 1, "one batch"
    rows = newsroom.rows("SELECT name, status FROM source ORDER BY name")
    assert [row.status for row in rows] == ["ok", "not a feed", "ok"]


def test_a_process_killed_after_the_fetch_leaves_the_source_as_it_was(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    """Entries and validators are one commit: else the second poll would be a 304 over nothing."""
    origin.serve("/feed", rss("a"))
    newsroom.execute(
        "CREATE FUNCTION refuse() RETURNS trigger AS"
        " 'BEGIN RAISE EXCEPTION ''killed''; END' LANGUAGE plpgsql;"
        "CREATE TRIGGER refuse BEFORE INSERT ON fetch_event EXECUTE FUNCTION refuse()"
    )
    polled()
    assert newsroom.rows("SELECT 1 FROM article") == []
    assert newsroom.rows("SELECT etag FROM source")[0].etag is None
    newsroom.execute("DROP TRIGGER refuse ON fetch_event")
    newsroom.watch.forward(minutes=10)
    assert polled().articles == 1


def test_an_address_that_changed_during_the_poll_keeps_no_validators_of_the_old_one(
    newsroom: Any, origin: Any
) -> None:
    origin.serve("/feed", rss("a"))
    newsroom.source("alpha", url=f"{origin.url}/feed")
    with newsroom.desk.engine.begin() as connection:
        lease = timedelta(minutes=3)
        claimed = work.claim(connection, "poll", newsroom.watch.now, 1, lease)
        (asked,) = polling.polled(connection, ["alpha"])
    assert claimed is not None
    newsroom.known.clear()
    newsroom.source("alpha", url=f"{origin.url}/moved")
    record = polling.FetchRecord(
        asked.source.id,
        newsroom.watch.now,
        "ok",
        document=polling.Document('"old"', None, b"old"),
        url=asked.source.url,
    )
    with newsroom.desk.engine.begin() as connection:
        polling.record(connection, [record])
        work.again(connection, claimed, {"alpha": newsroom.watch.now + timedelta(hours=1)})
    (row,) = newsroom.rows("SELECT etag, body_hash FROM source")
    assert tuple(row) == (None, None)
    assert due_in(newsroom) <= 0, "the new address is asked for at once"


def test_a_removed_or_paused_source_is_not_asked(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    newsroom.source("alpha", url=f"{origin.url}/feed")
    newsroom.execute("UPDATE source SET paused = true")
    run(newsroom.desk, "poll")
    assert origin.asked == []
    assert newsroom.rows("SELECT 1 FROM work WHERE kind = 'poll'") == []


def test_deleted_entries_of_the_document_are_withdrawn(
    newsroom: Any, origin: Any, polled: Callable[..., Any]
) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>News</title>{}</feed>'
    )
    entry = "<entry><id>x:1</id><title>On a</title><link href='https://news.example/a'/></entry>"
    origin.serve("/feed", atom.format(entry))
    polled()
    newsroom.settle()
    assert len(newsroom.items("all")) == 1
    gone = '<at:deleted-entry ref="x:1" when="2026-11-20T12:00:00Z"/>'
    origin.serve("/feed", atom.format(gone))
    newsroom.watch.forward(hours=2)
    polled()
    newsroom.settle()
    assert newsroom.items("all") == []


def test_what_was_left_out_and_what_was_mended_is_told_in_the_history(
    newsroom: Any, origin: Any
) -> None:
    many = rss(*(f"n{number}" for number in range(502)))
    for name, text in (("many", many), ("mended", rss("a").replace("</rss>", ""))):
        origin.serve(f"/{name}", text, "application/rss+xml")
        newsroom.source(name, url=f"{origin.url}/{name}")
    run(newsroom.desk, "poll")
    with newsroom.desk.engine.connect() as connection:
        notes = {
            name: fetches.history(connection, newsroom.known[name].id)[0].note
            for name in ("many", "mended")
        }
    assert notes["many"] == "2 older entries left out"
    assert notes["mended"].startswith("not well-formed: line 1")
