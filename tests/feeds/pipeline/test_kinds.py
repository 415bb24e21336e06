"""Kinds of sources: what comes back decides whether it is a feed, a sitemap or a page."""

import gzip
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest

from feeds.model import Outcome
from feeds.pipeline import take_in
from feeds.pipeline.run import run
from feeds.store import kinds

RSS = (
    '<rss version="2.0"><channel><title>{0}</title><item><title>On {0}</title>'
    "<link>https://news.example/{0}</link></item></channel></rss>"
)
LINK = '<link rel="alternate" type="application/rss+xml" title="{1}" href="{0}">'


def page(*links: tuple[str, str]) -> str:
    return f"<html><head>{''.join(LINK.format(*one) for one in links)}</head><p>Hello</html>"


def article(title: str) -> str:
    body = "".join(
        f"<p>{title}, {n}: {sha256(f'{title}{n}'.encode()).hexdigest()} ships came in.</p>"
        for n in range(9)
    )
    return (
        f"<html><head><title>{title}</title></head><article><h1>{title}</h1>{body}</article></html>"
    )


def poll(newsroom: Any, origin: Any, path: str = "/start") -> Any:
    newsroom.source("alpha", url=f"{origin.url}{path}")
    newsroom.watch.forward(days=2)
    run(newsroom.desk, "poll")
    (row,) = newsroom.rows("SELECT * FROM source WHERE name = 'alpha'")
    return row


def addresses(newsroom: Any) -> list[str]:
    found = newsroom.rows("SELECT url FROM link ORDER BY url")
    return [row.url.rpartition("/")[2] for row in found]


def test_a_feed_is_a_feed(newsroom: Any, origin: Any) -> None:
    origin.serve("/start", RSS.format("a"))
    row = poll(newsroom, origin)
    assert (row.kind, row.kind_why) == ("feed", "it answers with rss20")


def test_a_page_moves_its_source_to_the_feed_with_the_reason(newsroom: Any, origin: Any) -> None:
    feed = origin.serve("/main", RSS.format("a"))
    origin.serve("/talk", RSS.format("talk"))
    links = (("/talk", "Comments"), ("/main", "News"))
    start = origin.serve("/start", page(*links), "text/html")
    row = poll(newsroom, origin)
    assert (row.kind, row.url, row.status) == ("feed", feed, "ok")
    why = "of 2 feeds that the page names, the first that is not of comments"
    assert row.kind_why == f"found on {start}: {why}"
    assert [one.title for one in newsroom.rows("SELECT title FROM article")] == ["On a"]
    origin.asked.clear()
    assert poll(newsroom, origin).status == "ok"
    assert [path for path, _ in origin.asked] == ["/main"]


def test_of_several_feeds_the_pages_own_section_wins(newsroom: Any, origin: Any) -> None:
    origin.serve("/rss/all.rss", RSS.format("all"))
    feed = origin.serve("/rss/start.rss", RSS.format("a"))
    links = (("/rss/all.rss", "All"), ("/rss/start.rss", "Start"))
    origin.serve("/start", page(*links), "text/html")
    assert poll(newsroom, origin).url == feed


def test_common_places_are_tried_before_a_feed_of_comments(newsroom: Any, origin: Any) -> None:
    feed = origin.serve("/rss.xml", RSS.format("a"))
    origin.serve("/comments/feed", RSS.format("talk"))
    origin.serve("/start", page(("/comments/feed", "Comments")), "text/html")
    assert poll(newsroom, origin).url == feed


def test_a_page_without_a_feed_says_so(newsroom: Any, origin: Any) -> None:
    start = origin.serve("/start", page(), "text/html")
    row = poll(newsroom, origin)
    assert (row.kind, row.url, row.status) == ("page", start, "not a feed")
    assert row.error == "a page that names no feed, and none is where feeds often are"


def test_a_feed_that_another_source_polls_is_not_taken_twice(newsroom: Any, origin: Any) -> None:
    feed = origin.serve("/main", RSS.format("a"))
    newsroom.source("beta", url=feed)
    start = origin.serve("/start", page(("/main", "News")), "text/html")
    row = poll(newsroom, origin)
    assert row.url == start
    assert row.error == f"a page whose feed is polled already, as beta: {feed}"


def test_a_feed_that_answers_with_a_page_once_is_not_moved(newsroom: Any, origin: Any) -> None:
    start = origin.serve("/start", RSS.format("a"))
    poll(newsroom, origin)
    origin.serve("/main", RSS.format("b"))
    origin.serve("/start", page(("/main", "News")), "text/html")
    row = poll(newsroom, origin)
    assert (row.url, row.kind, row.status) == (start, "feed", "not a feed")


def sitemap(origin: Any, *slugs: str, modified: str = "2026-11-20") -> str:
    urls = "".join(
        f"<url><loc>{origin.url}/{slug}</loc><lastmod>{modified}</lastmod></url>" for slug in slugs
    )
    return f"<urlset>{urls}</urlset>"


def test_a_plain_sitemaps_addresses_become_links_that_are_fetched_once(
    newsroom: Any, origin: Any
) -> None:
    for slug in "ab":
        origin.serve(f"/{slug}", article(f"The harbour {slug}"), "text/html")
    origin.serve("/start", sitemap(origin, "a", "b"))
    row = poll(newsroom, origin)
    assert (row.kind, row.kind_why) == ("sitemap", "it answers with a sitemap")
    (event,) = newsroom.rows("SELECT entries, links, unchanged FROM fetch_event")
    assert tuple(event) == (2, 2, 0)
    newsroom.settle()
    assert sorted(newsroom.titles("source/alpha")) == ["The harbour a", "The harbour b"]
    origin.asked.clear()
    origin.serve("/start", sitemap(origin, "a", "b", modified="2026-11-20") + "\n")
    poll(newsroom, origin)
    newsroom.settle()
    assert [path for path, _ in origin.asked] == ["/start"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sitemap_may_be_written_with_a_prefix_or_in_utf_16(
    newsroom: Any, origin: Any, encoding: str
) -> None:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    root = Element(f"{{{space}}}urlset")
    loc = SubElement(SubElement(root, f"{{{space}}}url"), f"{{{space}}}loc")
    loc.text = "https://news.example/a"
    written = tostring(root, encoding=encoding, xml_declaration=True)
    assert "ns0:urlset" in written.decode(encoding)
    origin.serve("/start", written)
    row = poll(newsroom, origin)
    assert (row.kind, row.status) == ("sitemap", "ok")
    assert addresses(newsroom) == ["a"]


def test_a_bomb_in_a_packed_sitemap_is_called_one(newsroom: Any, origin: Any) -> None:
    origin.serve("/start", gzip.compress(bytes(50 * 2**20)))
    assert poll(newsroom, origin).status == Outcome.BOMB


def test_a_later_lastmod_has_the_page_fetched_again(newsroom: Any, origin: Any) -> None:
    origin.serve("/a", article("The harbour opens"), "text/html")
    origin.serve("/start", sitemap(origin, "a"))
    poll(newsroom, origin)
    newsroom.settle()
    origin.serve("/a", article("The harbour closes"), "text/html")
    origin.serve("/start", sitemap(origin, "a", modified="2026-11-21"))
    poll(newsroom, origin)
    newsroom.settle()
    assert newsroom.titles("source/alpha") == ["The harbour closes"]


def index(origin: Any, *parts: tuple[str, str]) -> str:
    made = "".join(
        f"<sitemap><loc>{origin.url}/{name}</loc>{modified and f'<lastmod>{modified}</lastmod>'}"
        "</sitemap>"
        for name, modified in parts
    )
    return f"<sitemapindex>{made}</sitemapindex>"


def test_an_index_is_followed_newest_first_and_not_into_its_archive(
    newsroom: Any, origin: Any
) -> None:
    origin.serve("/new.xml.gz", gzip.compress(sitemap(origin, "a").encode()), "application/gzip")
    origin.serve("/old.xml", sitemap(origin, "old"))
    parts = (("old.xml", "2020-01-01"), ("new.xml.gz", "2026-11-20"))
    origin.serve("/start", index(origin, *parts))
    row = poll(newsroom, origin)
    assert (row.kind_why, row.status) == ("it answers with an index of 2 sitemaps", "ok")
    assert addresses(newsroom) == ["a"]
    assert "/old.xml" not in [path for path, _ in origin.asked]
    assert row.etag is not None, "a dated index tells when any part changes"


def test_an_index_without_dates_is_looked_into_each_time(newsroom: Any, origin: Any) -> None:
    origin.serve("/part.xml", sitemap(origin, "a"))
    origin.serve("/start", index(origin, ("part.xml", "")))
    assert poll(newsroom, origin).etag is None
    assert poll(newsroom, origin).status == "same body"
    origin.serve("/part.xml", sitemap(origin, "a", "b"))
    assert poll(newsroom, origin).status == "ok"
    assert addresses(newsroom) == ["a", "b"]


def test_an_index_that_names_itself_ends(newsroom: Any, origin: Any) -> None:
    origin.serve("/start", index(origin, ("start", ""), ("more", "")))
    origin.serve("/more", index(origin, ("start", ""), ("deep", "")))
    origin.serve("/deep", index(origin, ("deeper", "")))
    row = poll(newsroom, origin)
    assert row.error == "a sitemap index of 2 parts, none of which can be read"
    assert len(origin.asked) == 3


def test_a_news_sitemap_brings_articles_without_a_fetch(newsroom: Any, origin: Any) -> None:
    news = (
        '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        "<loc>https://news.example/a</loc><n:news><n:title>On a</n:title>"
        "<n:publication_date>2026-11-20T08:00:00Z</n:publication_date></n:news></url></urlset>"
    )
    origin.serve("/start", news)
    assert poll(newsroom, origin).kind == "sitemap"
    newsroom.settle()
    assert newsroom.titles("source/alpha") == ["On a"]
    assert [path for path, _ in origin.asked] == ["/start"]


@pytest.mark.parametrize(
    ("status", "stays"), [(200, True), (500, True), (404, False), (410, False)]
)
def test_what_a_sitemap_lists_no_longer_is_looked_at_again(
    newsroom: Any, origin: Any, status: int, stays: bool
) -> None:
    for slug in "ab":
        origin.serve(f"/{slug}", article(f"The harbour {slug}"), "text/html")
    origin.serve("/start", sitemap(origin, "a", "b"))
    poll(newsroom, origin)
    newsroom.settle()
    origin.serve("/b", article("The harbour b"), "text/html", status=status)
    origin.serve("/start", sitemap(origin, "a"))
    poll(newsroom, origin)
    newsroom.settle()
    assert ("The harbour b" in newsroom.titles("all")) == stays
    assert "The harbour a" in newsroom.titles("all")
    if not stays:
        (why,) = newsroom.rows("SELECT why FROM tombstone")
        assert str(status) in why.why


def test_a_page_that_goes_long_after_it_left_the_list_is_found_by_a_look_a_week(
    newsroom: Any, origin: Any
) -> None:
    for slug in "ab":
        origin.serve(f"/{slug}", article(f"The harbour {slug}"), "text/html")
    for slugs in ("ab", "a"):
        origin.serve("/start", sitemap(origin, *slugs))
        poll(newsroom, origin)
        newsroom.settle()
    origin.serve("/b", "", "text/html", status=404)
    asked = len(origin.asked)
    for _ in range(2):
        poll(newsroom, origin)
        newsroom.settle()
    assert {path for path, _ in origin.asked[asked:]} == {"/start"}, "it was looked at this week"
    newsroom.watch.forward(days=4)
    poll(newsroom, origin)
    newsroom.settle()
    assert newsroom.titles("all") == ["The harbour a"], "though the list is as it was"


def test_what_is_listed_again_is_doubted_no_more(newsroom: Any, origin: Any) -> None:
    for slug in "ab":
        origin.serve(f"/{slug}", article(f"The harbour {slug}"), "text/html")
    for slugs in ("ab", "a", "ba"):
        origin.serve("/start", sitemap(origin, *slugs))
        poll(newsroom, origin)
        newsroom.settle()
    assert newsroom.rows("SELECT 1 FROM unlisted") == []


def test_many_pages_that_are_still_there_hide_none_that_is_gone(
    newsroom: Any, origin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_in, "MOST_DOUBTED", 2)
    slugs = [f"n{number}" for number in range(5)]
    for number, slug in enumerate(slugs):
        day = f"<meta property='article:published_time' content='2026-11-0{9 - number}T08:00Z'>"
        origin.serve(f"/{slug}", article(f"Live {slug}").replace("</head>", f"{day}</head>"))
    origin.serve("/start", sitemap(origin, *slugs))
    poll(newsroom, origin)
    newsroom.settle()
    origin.serve("/start", sitemap(origin, "n0"))
    origin.serve("/n4", "", "text/html", status=404)
    for _ in range(2):
        poll(newsroom, origin)
        newsroom.settle()
    assert sorted(newsroom.titles("source/alpha")) == ["Live n0", "Live n1", "Live n2", "Live n3"]


def test_a_move_onto_a_taken_address_leaves_the_source_where_it_is(newsroom: Any) -> None:
    alpha, beta = newsroom.source("alpha"), newsroom.source("beta")
    with newsroom.desk.engine.begin() as connection:
        kinds.note(connection, [kinds.Kind(alpha.id, "feed", "found", beta.url)])
        kinds.note(connection, [kinds.Kind(beta.id, "feed", "found", "https://new.example/")])
    rows = newsroom.rows("SELECT url FROM source ORDER BY name")
    assert [row.url for row in rows] == [alpha.url, "https://new.example/"]
