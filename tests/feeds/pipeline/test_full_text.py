"""Full text: pages of new entries are read, once, and a page that can't be read costs nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from feeds.model import Entry
from feeds.pipeline.full_text import with_full_text

MakeEntry = Callable[..., Entry]
PARAGRAPHS = "".join(
    f"<p>The {n}th paragraph tells of the harbour of Larrow.</p>" for n in range(9)
)
PAGE = (
    "<html><head><title>T</title><meta name='author' content='Zoe Quinn'></head>"
    f"<body><article><h1>T</h1>{PARAGRAPHS}</article></body></html>"
)


@pytest.fixture
def excerpt(origin: Any, make_entry: MakeEntry) -> Entry:
    """An entry with an excerpt only, whose page has the text."""
    url = origin.serve("/page", PAGE, "text/html")
    return make_entry("a", url=url, content="", summary="In short.", authors=())


def test_the_pages_text_takes_the_place_of_the_excerpt(newsroom: Any, excerpt: Entry) -> None:
    newsroom.source("alpha", full_text=True)
    (filled,) = with_full_text(newsroom.desk, [newsroom.incoming("alpha", [excerpt])])
    assert filled.entries == (excerpt,)
    (entry,) = filled.full.values()
    assert "8th paragraph" in entry.content
    assert (entry.guid, entry.title, entry.summary) == (excerpt.guid, excerpt.title, "In short.")
    assert entry.authors == ("Zoe Quinn",)


def test_only_sources_that_ask_for_it_are_filled(
    newsroom: Any, origin: Any, excerpt: Entry
) -> None:
    incoming = [newsroom.incoming("alpha", [excerpt])]
    assert with_full_text(newsroom.desk, incoming) == incoming
    assert origin.asked == []


def test_a_page_is_read_once(newsroom: Any, origin: Any, excerpt: Entry) -> None:
    newsroom.source("alpha", full_text=True)
    incoming = [newsroom.incoming("alpha", [excerpt])]
    done = newsroom.take_all(*with_full_text(newsroom.desk, incoming))
    assert done.lines[0].verdict == "new"
    again = newsroom.take_all(*with_full_text(newsroom.desk, incoming))
    assert [path for path, _ in origin.asked] == ["/robots.txt", "/page"]
    newsroom.settle()
    (item,) = newsroom.items("all")
    assert "8th paragraph" in item["content_html"], "the excerpt must not come back"
    assert again.lines == ()


def test_an_edited_entrys_page_is_read_again(newsroom: Any, origin: Any, excerpt: Entry) -> None:
    newsroom.source("alpha", full_text=True)
    for entry in (excerpt, replace(excerpt, summary="Shorter.")):
        incoming = [newsroom.incoming("alpha", [entry])]
        newsroom.take_all(*with_full_text(newsroom.desk, incoming))
    newsroom.settle()
    (item,) = newsroom.items("all")
    assert item["summary"] == "Shorter."
    assert "8th paragraph" in item["content_html"]


@pytest.mark.parametrize("status", [404, 500, 200])
def test_a_page_that_cant_be_read_leaves_the_excerpt(
    newsroom: Any, origin: Any, make_entry: MakeEntry, status: int
) -> None:
    newsroom.source("alpha", full_text=True)
    url = origin.serve("/odd", "odd", "text/html", status=status)
    entry = make_entry("a", url=url)
    (same,) = with_full_text(newsroom.desk, [newsroom.incoming("alpha", [entry])])
    assert set(same.full.values()) <= {entry}


def test_a_wall_leaves_the_excerpt(newsroom: Any, origin: Any, excerpt: Entry) -> None:
    wall = "<title>T</title><p>Subscribe to continue reading this story, as thousands do.</p>"
    newsroom.source("alpha", full_text=True)
    origin.serve("/page", wall, "text/html")
    (same,) = with_full_text(newsroom.desk, [newsroom.incoming("alpha", [excerpt])])
    assert set(same.full.values()) == {excerpt}


def test_an_entry_whose_page_says_noindex_is_barred(
    newsroom: Any, origin: Any, excerpt: Entry
) -> None:
    newsroom.source("alpha", full_text=True)
    page = PAGE.replace("<head>", "<head><meta name='robots' content='noindex'>")
    origin.serve("/page", page, "text/html")
    (barred,) = with_full_text(newsroom.desk, [newsroom.incoming("alpha", [excerpt])])
    assert set(barred.full.values()) == {replace(excerpt, barred_at=excerpt.url)}
    done = newsroom.take_all(barred)
    assert [line.verdict for line in done.lines] == ["rejected"]


def test_noindex_where_an_entry_leads_for_a_while_withdraws_nothing(
    newsroom: Any, origin: Any, excerpt: Entry
) -> None:
    newsroom.source("alpha", full_text=True)
    newsroom.take("alpha", excerpt)
    page = PAGE.replace("<head>", "<head><meta name='robots' content='noindex'>")
    origin.serve("/login", page, "text/html")
    origin.serve("/page", "", status=302, Location="/login")
    edited = replace(excerpt, summary="Shorter.")
    done = newsroom.take_all(*with_full_text(newsroom.desk, [newsroom.incoming("alpha", [edited])]))
    assert [line.verdict for line in done.lines] == ["rejected"]
    assert [row.state for row in newsroom.rows("SELECT state FROM article")] == ["public"]


def test_a_page_that_robots_txt_closes_is_not_asked_for(
    newsroom: Any, origin: Any, excerpt: Entry
) -> None:
    newsroom.source("alpha", full_text=True)
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /page", "text/plain")
    (same,) = with_full_text(newsroom.desk, [newsroom.incoming("alpha", [excerpt])])
    assert set(same.full.values()) == {excerpt}
    assert [path for path, _ in origin.asked] == ["/robots.txt"]


def test_a_sources_own_rules_choose_the_text(newsroom: Any, origin: Any, excerpt: Entry) -> None:
    text = "".join(
        f"<p>The {n}th line of the box tells of the weather in Larrow.</p>" for n in range(5)
    )
    origin.serve(
        "/page", PAGE.replace("</body>", f"<div class='x'>{text}</div></body>"), "text/html"
    )
    newsroom.source("alpha", full_text=True, article={"body": ".x"})
    (filled,) = with_full_text(newsroom.desk, [newsroom.incoming("alpha", [excerpt])])
    (entry,) = filled.full.values()
    assert "weather" in entry.content
    assert "harbour" not in entry.content


def test_each_page_ends_under_one_name_with_its_reason(
    newsroom: Any, origin: Any, make_entry: MakeEntry
) -> None:
    newsroom.source("alpha", full_text=True)
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /closed", "text/plain")
    origin.serve("/good", PAGE, "text/html")
    origin.serve("/thin", "<p>thin</p>", "text/html")
    hidden = PAGE.replace("<head>", "<head><meta name='robots' content='none'>")
    origin.serve("/hidden", hidden, "text/html")
    names = ("good", "closed", "thin", "hidden", "gone")
    entries = [make_entry(name, url=f"{origin.url}/{name}") for name in names]
    with capture_logs() as said:
        with_full_text(newsroom.desk, [newsroom.incoming("alpha", entries)])
    ends = {one["url"].rpartition("/")[2]: (one["end"], one["why"]) for one in said[:-1]}
    assert ends == {
        "closed": ("disallowed", "robots.txt forbids to read this page (RFC 9309)"),
        "thin": ("no_article", "no article text found on the page"),
        "hidden": ("noindex", "the page asks not to be indexed"),
        "gone": ("unreachable", "HTTP status 404"),
    }
    assert said[-1]["event"] == "pages"
    assert said[-1]["read"] == 1


def test_the_address_that_a_page_calls_canonical_is_the_articles_and_the_feeds_leads_there(
    newsroom: Any, origin: Any, excerpt: Entry
) -> None:
    newsroom.source("alpha", full_text=True)
    origin.serve("/page", PAGE.replace("<head>", "<head><link rel=canonical href='/own'>"))
    newsroom.take_all(*with_full_text(newsroom.desk, [newsroom.incoming("alpha", [excerpt])]))
    (row,) = newsroom.rows("SELECT url FROM article")
    assert row.url == f"{origin.url}/own"
    keys = newsroom.rows("SELECT identity FROM alias ORDER BY identity")
    assert [row.identity.partition("/")[2] for row in keys] == ["own", "page"]


def test_pages_that_all_call_themselves_by_one_address_stay_apart(
    newsroom: Any, origin: Any, excerpt: Entry, make_entry: MakeEntry
) -> None:
    newsroom.source("alpha", full_text=True)
    page = PAGE.replace("<head>", "<head><link rel=canonical href='/own'>")
    urls = [origin.serve(path, page, "text/html") for path in ("/page", "/other")]
    other = make_entry("b", url=urls[1], content="", summary="Else.")
    incoming = [newsroom.incoming("alpha", [excerpt, other])]
    newsroom.take_all(*with_full_text(newsroom.desk, incoming))
    assert [row.url for row in newsroom.rows("SELECT url FROM article ORDER BY url DESC")] == urls


def test_the_page_of_an_entry_that_was_refused_is_not_read_again(
    newsroom: Any, origin: Any, excerpt: Entry
) -> None:
    newsroom.source("alpha", full_text=True)
    refused = replace(excerpt, title="x" * 501)
    for _ in range(2):
        incoming = [newsroom.incoming("alpha", [refused])]
        newsroom.take_all(*with_full_text(newsroom.desk, incoming))
    assert [path for path, _ in origin.asked] == ["/robots.txt", "/page"]
