"""Links: each that was handed in ends under one word, or is tried again."""

from typing import Any

import pytest

from feeds.errors import BadEntry
from feeds.pipeline.links import read_document
from feeds.pipeline.run import run
from feeds.store import backlog, links

BODY = "".join(
    f"<p>The {n}th paragraph says something about the harbour of Larrow.</p>" for n in range(9)
)
PAGE = (
    "<!doctype html><html lang='en'><head><title>The harbour opens</title>"
    "<meta property='article:published_time' content='2026-11-20T08:00:00Z'></head>"
    f"<body><article><h1>The harbour opens</h1>{BODY}</article></body></html>"
)
FEED = (
    '<rss version="2.0"><channel><title>N</title>'
    "<item><title>A</title><link>https://news.example/a</link></item>"
    "<item><title>B</title><link>https://news.example/b</link></item></channel></rss>"
)


def hand_in(newsroom: Any, *urls: str, source_id: int | None = None) -> None:
    with newsroom.desk.engine.begin() as connection:
        links.submit(connection, urls, source_id, newsroom.watch.now)
    run(newsroom.desk, "ingest")


def ends(newsroom: Any, *urls: str) -> list[tuple[str, str | None]]:
    with newsroom.desk.engine.connect() as connection:
        found = {one.url: (one.status, one.why) for one in links.find(connection, urls)}
    return [found[url] for url in urls]


def test_a_page_becomes_an_article_of_the_submitted_links(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    hand_in(newsroom, url)
    assert ends(newsroom, url) == [("new", "no article has this address or id")]
    newsroom.settle()
    assert newsroom.titles("source/submitted") == ["The harbour opens"]
    assert newsroom.rows("SELECT 1 FROM link l JOIN article a ON a.id = l.article_id")


def test_a_link_can_be_handed_in_for_a_source(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    hand_in(newsroom, url, source_id=newsroom.source("alpha").id)
    newsroom.settle()
    assert newsroom.titles("source/alpha") == ["The harbour opens"]


def test_a_feed_brings_its_entries(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/feed", FEED)
    hand_in(newsroom, url)
    assert ends(newsroom, url) == [("feed", "2 entries")]
    hand_in(newsroom, url)
    assert ends(newsroom, url) == [("unchanged", "stored already")]


def test_what_is_neither_fails_with_both_reasons(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/text", "hello", "text/plain")
    gone = f"{origin.url}/nowhere"
    hand_in(newsroom, url, gone)
    (status, why), missing = ends(newsroom, url, gone)
    assert status == "failed"
    assert "neither a feed" in (why or "")
    assert "nor an article" in (why or "")
    assert missing == ("failed", "HTTP status 404")
    with newsroom.desk.engine.connect() as connection:
        assert backlog.dead(connection) == []
    with pytest.raises(BadEntry):
        read_document(b"hello", {}, url, newsroom.source("alpha"))


def test_a_refused_address_fails_at_once(newsroom: Any) -> None:
    url = "http://10.0.0.1/secret"
    hand_in(newsroom, url)
    assert ends(newsroom, url)[0][0] == "failed"
    assert newsroom.rows("SELECT 1 FROM work") == []


def test_links_that_cant_be_reached_now_are_tried_again_and_cost_the_others_nothing(
    newsroom: Any, origin: Any
) -> None:
    good = origin.serve("/good", PAGE, "text/html")
    busy = origin.serve("/busy", "busy", status=503)
    closed = "http://127.0.0.1:1025/closed"
    hand_in(newsroom, good, busy, closed)
    found = ends(newsroom, good, busy, closed)
    assert [status for status, _ in found] == ["new", "waiting", "waiting"]
    assert found[1][1] == "HTTP status 503"
    origin.serve("/busy", PAGE.replace("opens", "closes"), "text/html")
    newsroom.watch.forward(minutes=1)
    run(newsroom.desk, "ingest")
    assert [status for status, _ in ends(newsroom, busy, closed)] == ["new", "waiting"]


def test_a_link_that_is_never_reached_ends_as_a_dead_letter_with_its_reason(
    newsroom: Any, origin: Any
) -> None:
    busy = origin.serve("/busy", "busy", status=503)
    hand_in(newsroom, busy)
    for _ in range(6):
        newsroom.watch.forward(minutes=4)
        run(newsroom.desk, "ingest")
    with newsroom.desk.engine.connect() as connection:
        (letter,) = backlog.dead(connection)
    assert (letter.kind, letter.key, letter.error) == ("ingest", busy, "HTTP status 503")
    asked = [path for path, _ in origin.asked]
    assert asked.count("/busy") == newsroom.desk.settings.max_attempts
    assert asked.count("/robots.txt") == 1


def test_handing_in_twice_is_once(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    hand_in(newsroom, url, url)
    hand_in(newsroom, url)
    assert len(newsroom.rows("SELECT 1 FROM article")) == 1
    assert len(newsroom.rows("SELECT 1 FROM link")) == 1


def test_a_page_that_robots_txt_closes_ends_under_that_name(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    origin.serve("/robots.txt", "User-agent: tinwire\nDisallow: /page", "text/plain")
    hand_in(newsroom, url)
    assert ends(newsroom, url) == [
        ("disallowed", "robots.txt forbids to read this page (RFC 9309)")
    ]
    assert [path for path, _ in origin.asked] == ["/robots.txt"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same host", "other host"])
def test_a_page_that_is_closed_where_we_are_sent_is_not_used(
    newsroom: Any, origin: Any, host: str
) -> None:
    page = origin.serve("/page", PAGE, "text/html").replace("127.0.0.1", host)
    url = origin.serve("/short", "", "text/html", status=302, Location=page)
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /page", "text/plain")
    hand_in(newsroom, url)
    assert [status for status, _ in ends(newsroom, url)] == ["disallowed"]
    assert newsroom.rows("SELECT 1 FROM article") == []


def test_a_page_waits_while_its_hosts_robots_txt_cant_be_read(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    origin.serve("/robots.txt", "", "text/plain", status=503)
    hand_in(newsroom, url)
    ((status, why),) = ends(newsroom, url)
    assert (status, why) == (
        "waiting",
        "robots.txt can't be read now, so nothing may be: HTTP status 503",
    )
    origin.serve("/robots.txt", "", "text/plain")
    newsroom.watch.forward(minutes=6)
    run(newsroom.desk, "ingest")
    assert ends(newsroom, url)[0][0] == "new"


REFUSED = [
    (PAGE.replace("<head>", "<head><meta name='robots' content='noindex'>"), "noindex", "indexed"),
    (
        PAGE.replace(
            "<head>",
            "<head><script type='application/ld+json'>"
            '{"@type": "NewsArticle", "isAccessibleForFree": false}</script>',
        ),
        "failed",
        "not free",
    ),
    ("<title>Page not found</title><p>Sorry.</p>", "failed", "nothing under this address"),
]


@pytest.mark.parametrize(("page", "status", "why"), REFUSED)
def test_a_page_that_must_not_be_stored_ends_with_the_reason(
    newsroom: Any, origin: Any, page: str, status: str, why: str
) -> None:
    url = origin.serve("/page", page, "text/html")
    hand_in(newsroom, url)
    ((ended, said),) = ends(newsroom, url)
    assert ended == status
    assert why in (said or "")
    assert newsroom.rows("SELECT 1 FROM article") == []


def test_a_dead_address_that_leads_to_the_front_page_is_no_article(
    newsroom: Any, origin: Any
) -> None:
    origin.serve("/", PAGE, "text/html")
    url = origin.serve("/gone", "", "text/html", status=302, Location="/")
    hand_in(newsroom, url)
    assert ends(newsroom, url) == [("failed", "the server answered with its front page")]


def test_dates_without_a_zone_are_meant_in_the_sources_own(newsroom: Any, origin: Any) -> None:
    page = PAGE.replace("2026-11-20T08:00:00Z", "2026-11-20 08:00")
    url = origin.serve("/page", page, "text/html")
    source = newsroom.source("alpha", timezone="Asia/Ho_Chi_Minh")
    hand_in(newsroom, url, source_id=source.id)
    ((claimed,),) = newsroom.rows("SELECT claimed_at FROM article")
    assert claimed.hour == 1


def test_a_page_that_answers_410_when_it_is_fetched_again_is_withdrawn(
    newsroom: Any, origin: Any
) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    hand_in(newsroom, url)
    newsroom.settle()
    origin.serve("/page", "gone", status=410)
    hand_in(newsroom, url)
    newsroom.settle()
    assert newsroom.items("all") == []
    why = "taken down by its publisher: its page answers 410"
    assert ends(newsroom, url) == [("withdrawn", why)]


def test_a_page_that_says_noindex_when_it_is_fetched_again_is_withdrawn(
    newsroom: Any, origin: Any
) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    hand_in(newsroom, url)
    newsroom.settle()
    barred = PAGE.replace("<head>", "<head><meta name='robots' content='noindex'>")
    origin.serve("/page", barred, "text/html")
    hand_in(newsroom, url)
    newsroom.settle()
    assert newsroom.items("all") == []
    ((status, why),) = ends(newsroom, url)
    assert status == "withdrawn"
    assert "noindex" in (why or "")


@pytest.mark.parametrize(("status", "state"), [(302, "public"), (301, "withdrawn")])
def test_noindex_where_one_is_sent_for_a_while_withdraws_nothing(
    newsroom: Any, origin: Any, status: int, state: str
) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    hand_in(newsroom, url)
    barred = PAGE.replace("<head>", "<head><meta name='robots' content='noindex'>")
    origin.serve("/login", barred, "text/html")
    origin.serve("/page", "", status=status, Location="/login")
    hand_in(newsroom, url)
    assert [row.state for row in newsroom.rows("SELECT state FROM article")] == [state]


@pytest.mark.parametrize("status", [404, 410, 500])
def test_an_address_that_never_had_an_article_withdraws_none(
    newsroom: Any, origin: Any, status: int
) -> None:
    hand_in(newsroom, origin.serve("/page", PAGE, "text/html"))
    hand_in(newsroom, origin.serve("/other", "no", status=status))
    assert [row.state for row in newsroom.rows("SELECT state FROM article")] == ["public"]


def test_a_404_alone_withdraws_nothing(newsroom: Any, origin: Any) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    hand_in(newsroom, url)
    origin.serve("/page", "not now", status=404)
    hand_in(newsroom, url)
    assert ends(newsroom, url) == [("failed", "HTTP status 404")]
    assert [row.state for row in newsroom.rows("SELECT state FROM article")] == ["public"]


@pytest.mark.parametrize(("status", "known"), [(301, True), (308, True), (302, False)])
def test_the_address_before_a_move_for_good_names_the_article_too(
    newsroom: Any, origin: Any, status: int, known: bool
) -> None:
    url = origin.serve("/page", PAGE, "text/html")
    old = origin.serve("/old", "", status=status, Location=url)
    hand_in(newsroom, old)
    keys = [row.identity.partition("/")[2] for row in newsroom.rows("SELECT identity FROM alias")]
    assert sorted(keys) == (["old", "page"] if known else ["page"])
    hand_in(newsroom, url)
    assert len(newsroom.rows("SELECT 1 FROM article")) == 1


def test_the_address_that_a_page_calls_canonical_names_it_whichever_came_first(
    newsroom: Any, origin: Any
) -> None:
    for first, second in (("/page", "/copy"), ("/copy", "/page")):
        newsroom.empty()
        page = PAGE.replace("<head>", "<head><link rel='canonical' href='/page'>")
        hand_in(newsroom, origin.serve(first, page, "text/html"))
        hand_in(newsroom, origin.serve(second, page, "text/html"))
        (row,) = newsroom.rows("SELECT url FROM article")
        assert row.url == f"{origin.url}/page"
        keys = newsroom.rows("SELECT identity FROM alias")
        assert {row.identity.partition("/")[2] for row in keys} == {"page", "copy"}
