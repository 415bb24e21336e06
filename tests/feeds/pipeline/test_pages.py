"""Pages that fail: the news goes out with its excerpt, and its text comes by a later try."""

import itertools
from typing import Any

import pytest

from feeds.pipeline.full_text import MOST_TRIES
from feeds.pipeline.run import run
from feeds.store import ledger

PARAGRAPHS = "".join(
    f"<p>The {n}th paragraph tells of the harbour of Larrow.</p>" for n in range(9)
)
PAGE = f"<html><head><title>T</title></head><body><article>{PARAGRAPHS}</article></body></html>"


def feed_of(origin: Any, excerpt: str) -> str:
    entry = f"<title>On a</title><link>{origin.url}/a</link><description>{excerpt}</description>"
    return f'<rss version="2.0"><channel><title>N</title><item>{entry}</item></channel></rss>'


@pytest.fixture
def alpha(newsroom: Any, origin: Any) -> Any:
    """A source with one entry, of which it gives an excerpt."""
    origin.serve("/rss", feed_of(origin, "In short."))
    return newsroom.source("alpha", url=f"{origin.url}/rss", full_text=True)


def later(newsroom: Any, **span: float) -> str:
    """Let time pass, poll what is due, and give the article's text."""
    newsroom.watch.forward(**span)
    run(newsroom.desk, "poll")
    (row,) = newsroom.rows("SELECT html FROM article")
    return str(row.html)


def whys(newsroom: Any) -> list[str]:
    """Poll what is due, and give what the ledger says of the entry."""
    run(newsroom.desk, "poll")
    (article,) = newsroom.rows("SELECT id FROM article")
    with newsroom.desk.engine.connect() as connection:
        return [line.why for line in ledger.of_articles(connection, [article.id])]


def asked(origin: Any) -> int:
    return sum(path == "/a" for path, _ in origin.asked)


@pytest.mark.parametrize("trouble", ["500", "429", "robots"])
def test_a_page_that_fails_once_is_read_by_a_later_try(
    newsroom: Any, origin: Any, alpha: Any, trouble: str
) -> None:
    if trouble == "robots":
        origin.serve("/robots.txt", "", "text/plain", status=500)
    else:
        origin.serve("/a", "", "text/html", status=int(trouble))
    assert "In short." in later(newsroom)
    (source,) = newsroom.rows("SELECT why, wait_s FROM source WHERE name = 'alpha'")
    assert "are tried again" in source.why
    origin.serve("/robots.txt", "", "text/plain")
    origin.serve("/a", PAGE, "text/html")
    assert "8th paragraph" in later(newsroom, minutes=6)
    assert newsroom.rows("SELECT 1 FROM entry_page") == []
    (event,) = newsroom.rows("SELECT revised FROM fetch_event ORDER BY id DESC LIMIT 1")
    assert event.revised == 1
    before = asked(origin)
    assert "8th paragraph" in later(newsroom, days=1)
    assert asked(origin) == before, "what was read is not asked for again"


def test_the_tries_come_ever_later_and_end(newsroom: Any, origin: Any, alpha: Any) -> None:
    origin.serve("/a", "", "text/html", status=500)
    counts = []
    for _ in range(30):
        later(newsroom, minutes=5, seconds=1)
        counts.append(asked(origin))
    assert counts[-1] == MOST_TRIES
    firsts = [counts.index(number) for number in range(1, MOST_TRIES + 1)]
    gaps = [after - before for before, after in itertools.pairwise(firsts)]
    assert gaps == sorted(set(gaps)), "each is longer than the one before"
    (page,) = newsroom.rows("SELECT ended, why, due_at FROM entry_page")
    assert page.ended == "unreachable"
    assert page.why == f"HTTP status 500; given up after {MOST_TRIES} tries"
    assert page.due_at is None
    (source,) = newsroom.rows("SELECT why FROM source WHERE name = 'alpha'")
    assert "tried again" not in source.why


def test_a_page_that_is_not_there_is_not_tried_again(
    newsroom: Any, origin: Any, alpha: Any
) -> None:
    assert "In short." in later(newsroom)
    assert "In short." in later(newsroom, days=1)
    assert asked(origin) == 1


def test_why_tells_how_each_entrys_page_did(newsroom: Any, origin: Any, alpha: Any) -> None:
    origin.serve("/a", "", "text/html", status=500)
    assert whys(newsroom) == [
        "no article has this address or id; its page: unreachable (HTTP status 500, tried again at"
        " 2026-11-20 12:05 UTC)"
    ]
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /a", "text/plain")
    newsroom.watch.forward(days=1)
    assert whys(newsroom) == [
        "no article has this address or id; its page: disallowed (robots.txt forbids to read this"
        " page (RFC 9309))"
    ]
    origin.serve("/robots.txt", "", "text/plain")
    origin.serve("/a", PAGE, "text/html")
    feed = feed_of(origin, "In two words.")
    origin.serve("/rss", feed)
    newsroom.watch.forward(days=2)
    assert whys(newsroom) == [
        "no article has this address or id",
        "same source and guid, content changed",
    ]


def test_a_text_that_could_not_be_stored_is_fetched_once_more(
    newsroom: Any, origin: Any, alpha: Any
) -> None:
    origin.serve("/a", "", "text/html", status=500)
    later(newsroom)
    origin.serve("/a", PAGE, "text/html")
    newsroom.execute(
        "CREATE FUNCTION kill() RETURNS trigger AS"
        " 'BEGIN RAISE EXCEPTION ''killed''; END' LANGUAGE plpgsql;"
        "CREATE TRIGGER kill BEFORE INSERT ON fetch_event EXECUTE FUNCTION kill()"
    )
    assert "In short." in later(newsroom, minutes=6)
    newsroom.execute("DROP FUNCTION kill CASCADE")
    assert "8th paragraph" in later(newsroom, minutes=6)


def test_an_entry_that_was_set_apart_has_its_page_tried_no_more(
    newsroom: Any, origin: Any, alpha: Any
) -> None:
    origin.serve("/a", "", "text/html", status=500)
    feed = f"<item><title>{'x' * 501}</title><link>{origin.url}/a</link></item>"
    origin.serve("/rss", f'<rss version="2.0"><channel><title>N</title>{feed}</channel></rss>')
    for _ in range(3):
        run(newsroom.desk, "poll")
        newsroom.watch.forward(minutes=30)
    assert asked(origin) == 1


def test_the_page_of_a_delivered_entry_is_tried_again_by_a_poll(followed: Any, origin: Any) -> None:
    newsroom = followed.newsroom
    newsroom.source("alpha", url=f"{origin.url}/feed", every_s=3600, full_text=True)
    followed.start()
    origin.serve("/a", "", "text/html", status=500)
    body = followed.feed("a").replace("https://news.example/a", f"{origin.url}/a")
    origin.serve("/feed", body, "application/rss+xml")
    assert followed.hub.push(body) == 202
    run(newsroom.desk, "push")
    assert "8th paragraph" not in later(newsroom)
    origin.serve("/a", PAGE, "text/html")
    assert "8th paragraph" in later(newsroom, minutes=6)
