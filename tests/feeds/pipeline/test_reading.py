"""Reading: a document that makes a parser fail ends by itself, and its neighbours are read."""

import unicodedata
from datetime import timedelta
from typing import Any

import orjson
import pytest
from protego import Protego
from structlog.testing import capture_logs

from feeds.errors import NotFound, Unreadable
from feeds.ingest.robots import robots_url
from feeds.model import Outcome
from feeds.pipeline.reading import reading
from feeds.pipeline.run import run
from feeds.store import links, robots

TRAP = "trapdoor"
WHY = "reading it failed: RecursionError: too deep"
FEED = '{"version": "https://jsonfeed.org/version/1.1", "title": "%s", "items": []}'
PARAGRAPHS = "".join(f"<p>The {n}th line tells of the harbour of Larrow.</p>" for n in range(9))
PAGE = (
    '<html><head><title>T</title><script type="application/ld+json">{"name": "%s"}</script></head>'
    f"<body><article><h1>T</h1>{PARAGRAPHS}</article></body></html>"
)


@pytest.fixture(autouse=True)
def trap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have libraries that we did not write fail at a word, in a way of which nothing warned."""

    def failing(real: Any) -> Any:
        def read(*args: Any) -> Any:
            if any(TRAP in str(arg) for arg in args):
                raise RecursionError("too deep")
            return real(*args)

        return read

    monkeypatch.setattr(orjson, "loads", failing(orjson.loads))
    monkeypatch.setattr(unicodedata, "normalize", failing(unicodedata.normalize))
    monkeypatch.setattr(Protego, "parse", failing(Protego.parse))


def test_what_nobody_foresaw_is_logged_once_and_named() -> None:
    failed = pytest.raises(Unreadable, match="failed: ZeroDivisionError: division by zero")
    with capture_logs() as said, failed, reading("https://a.example/"):
        _ = 1 / 0
    assert [(one["event"], one["url"]) for one in said] == [
        ("document_unreadable", "https://a.example/")
    ]


def test_what_is_foreseen_passes_as_it_is() -> None:
    with capture_logs() as said, pytest.raises(NotFound), reading("https://a.example/"):
        raise NotFound("here")
    assert said == []


def test_a_source_that_makes_the_parser_fail_is_a_bad_answer_and_its_batch_is_read(
    newsroom: Any, origin: Any
) -> None:
    for name, title in (("bad", TRAP), ("good", "Good")):
        origin.serve(f"/{name}", FEED % title, "application/feed+json")
        newsroom.source(name, url=f"{origin.url}/{name}")
    run(newsroom.desk, "poll")
    assert sorted(path for path, _ in origin.asked) == ["/bad", "/good"]
    rows = newsroom.rows("SELECT name, status, error, wait_s FROM source ORDER BY name")
    assert [(row.status, row.error) for row in rows] == [(Outcome.BAD_ANSWER, WHY), ("ok", None)]
    assert len(newsroom.rows("SELECT 1 FROM fetch_event WHERE error = :why", why=WHY)) == 1
    origin.serve("/bad", FEED % "Mended", "application/feed+json")
    newsroom.watch.forward(seconds=rows[0].wait_s)
    run(newsroom.desk, "poll")
    (bad,) = newsroom.rows("SELECT status FROM source WHERE name = 'bad'")
    assert bad.status == "ok", "it is asked again as after any failure"


def test_a_named_feed_that_makes_the_parser_fail_leaves_the_next_one(
    newsroom: Any, origin: Any
) -> None:
    named = [f'<link rel="alternate" type="application/feed+json" href="/{n}">' for n in ("a", "b")]
    origin.serve("/start", f"<html><head>{''.join(named)}</head>", "text/html")
    items = '"items": [{"id": "1", "title": "x", "url": "https://news.example/1"}]'
    for path, title in (("/a", TRAP), ("/b", "Good")):
        origin.serve(path, (FEED % title).replace('"items": []', items), "application/feed+json")
    newsroom.source("alpha", url=f"{origin.url}/start")
    run(newsroom.desk, "poll")
    (row,) = newsroom.rows("SELECT url, status FROM source WHERE name = 'alpha'")
    assert (row.url, row.status) == (f"{origin.url}/b", "ok")


def test_a_link_that_makes_the_parser_fail_fails_and_its_batch_is_read(
    newsroom: Any, origin: Any
) -> None:
    urls = [
        origin.serve("/bad", PAGE % TRAP, "text/html"),
        origin.serve("/good", PAGE % "Good", "text/html"),
    ]
    with newsroom.desk.engine.begin() as connection:
        links.submit(connection, urls, None, newsroom.watch.now)
    run(newsroom.desk, "ingest")
    bad, good = newsroom.rows("SELECT status, why FROM link ORDER BY url")
    assert (bad.status, good.status) == ("failed", "new")
    assert WHY in bad.why


def test_a_page_that_makes_the_parser_fail_leaves_the_excerpt_and_its_source_is_read(
    newsroom: Any, origin: Any
) -> None:
    origin.serve("/bad", PAGE % TRAP, "text/html")
    origin.serve("/good", PAGE % "Good", "text/html")
    items = "".join(
        f"<item><title>On {slug}</title><link>{origin.url}/{slug}</link></item>"
        for slug in ("bad", "good")
    )
    origin.serve("/rss", f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>')
    newsroom.source("alpha", url=f"{origin.url}/rss", full_text=True)
    run(newsroom.desk, "poll")
    rows = newsroom.rows("SELECT html FROM article ORDER BY url")
    assert ["harbour" in row.html for row in rows] == [False, True]


def test_an_entry_that_cant_be_cleaned_is_set_apart_alone(newsroom: Any, make_entry: Any) -> None:
    done = newsroom.take("alpha", make_entry("a", title=f"A {TRAP}"), make_entry("b"))
    assert sorted((line.verdict, line.why == WHY) for line in done.lines) == [
        ("new", False),
        ("quarantined", True),
    ]


def test_a_delivery_that_makes_the_parser_fail_only_says_that_something_is_new(
    followed: Any,
) -> None:
    followed.start("a")
    assert followed.hub.push(FEED % TRAP, "application/feed+json") == 202
    run(followed.newsroom.desk, "push")
    outcomes = followed.newsroom.rows("SELECT outcome FROM fetch_event ORDER BY id DESC LIMIT 1")
    assert [row.outcome for row in outcomes] == ["pinged"]


def test_rules_that_make_the_parser_fail_close_their_host_alone(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/page", PAGE % "Good", "text/html")
    other = url.replace("127.0.0.1", "localhost")
    origin.serve("/robots.txt", f"User-agent: *\nDisallow: /{TRAP}", "text/plain")
    with newsroom.desk.engine.begin() as connection:
        robots.keep(
            connection,
            {robots_url(other): (("", None), newsroom.watch.now + timedelta(days=1))},
            newsroom.watch.now,
        )
        links.submit(connection, [url, other], None, newsroom.watch.now)
    run(newsroom.desk, "ingest")
    rows = newsroom.rows("SELECT status, why FROM link ORDER BY url")
    assert [row.status for row in rows] == ["failed", "new"]
    assert rows[0].why == WHY
