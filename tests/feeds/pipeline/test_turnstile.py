"""The turnstile: whatever is asked of a host, by whichever worker, waits for its turn."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.clock import utc_now
from feeds.errors import NoTurn
from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.full_text import with_full_text
from feeds.pipeline.run import run
from feeds.pipeline.turnstile import Turnstile
from feeds.store import hosts, links, work

MakeEntry = Callable[..., Entry]
HOST = "stranger.example"
PARAGRAPHS = "".join(
    f"<p>The {n}th paragraph tells of the harbour of Larrow.</p>" for n in range(9)
)
PAGE = f"<html><head><title>T</title></head><body><article>{PARAGRAPHS}</article></body></html>"


def with_settings(desk: Desk, **changes: Any) -> Desk:
    return replace(desk, settings=desk.settings.model_copy(update=changes))


def opened(newsroom: Any, host: str = HOST) -> int:
    with newsroom.desk.engine.begin() as connection:
        found = hosts.lock(connection, [host], "", newsroom.watch.now)
    return found[host].open if found else 0


def enter(desk: Desk, host: str = HOST, patience_s: float = 0.0, token: str = "") -> None:
    async def once() -> None:
        async with Turnstile(desk, token)(host, patience_s):
            pass

    asyncio.run(once())


@pytest.fixture
def strange(newsroom: Any, origin: Any) -> str:
    """The origin at a host that sources don't stand at, and which bears two requests at once."""
    origin.serve("/robots.txt", "", "text/plain")
    newsroom.desk = with_settings(newsroom.desk, inner_host_concurrency=2)
    return str(origin.url).replace("127.0.0.1", "localhost")


def close(newsroom: Any, host: str = "localhost") -> None:
    with newsroom.desk.engine.begin() as connection:
        hosts.close(connection, {host: newsroom.watch.now + timedelta(seconds=60)})


def test_a_visit_counts_while_it_lasts(newsroom: Any) -> None:
    async def look() -> tuple[int, int]:
        gate = Turnstile(newsroom.desk)
        async with gate(HOST, 0):
            inside = opened(newsroom)
        return inside, opened(newsroom)

    assert asyncio.run(look()) == (1, 0)


def test_no_more_than_a_host_bears_are_open_at_once_and_polls_count(newsroom: Any) -> None:
    desk = with_settings(newsroom.desk, host_gap_s=0.0)
    newsroom.source("alpha", url=f"https://{HOST}/rss")
    with desk.engine.begin() as connection:
        polling = work.claim(connection, "poll", newsroom.watch.now, 1, timedelta(minutes=5))
    assert polling is not None

    async def two() -> None:
        gate = Turnstile(desk)
        async with gate(HOST, 0), gate(HOST, 0):
            pass

    with pytest.raises(NoTurn):
        asyncio.run(two())
    enter(desk)
    assert opened(newsroom) == 1, "only the poll is left"
    with desk.engine.begin() as connection:
        hosts.begin_visit(connection, HOST, newsroom.watch.now + timedelta(minutes=1))
    with pytest.raises(NoTurn):
        enter(desk)
    enter(desk, token=polling.token)  # the poll's own step has its answer already


def test_a_visit_that_was_cut_off_ends_by_itself(newsroom: Any) -> None:
    desk = with_settings(newsroom.desk, host_gap_s=0.0, host_concurrency=1)
    with desk.engine.begin() as connection:
        hosts.begin_visit(connection, HOST, newsroom.watch.now + timedelta(seconds=30))
    with pytest.raises(NoTurn):
        enter(desk)
    newsroom.watch.forward(seconds=31)
    enter(desk)
    assert newsroom.rows("SELECT 1 FROM visit") == [], "and is swept away by the next"


def test_who_does_not_wait_takes_no_place_from_those_who_do(newsroom: Any) -> None:
    enter(newsroom.desk)
    for _ in range(3):
        with pytest.raises(NoTurn) as refused:
            enter(newsroom.desk)
        assert refused.value.wait_s == 1


def test_who_waits_gets_the_place_that_the_gap_allows(newsroom: Any) -> None:
    desk = replace(with_settings(newsroom.desk, host_gap_s=0.2), clock=utc_now)

    async def three() -> list[datetime]:
        gate = Turnstile(desk)

        async def one() -> datetime:
            async with gate(HOST, 30):
                (row,) = newsroom.rows("SELECT last_at FROM host WHERE name = :host", host=HOST)
                return row.last_at

        return sorted(await asyncio.gather(one(), one(), one()))

    first, second, third = asyncio.run(three())
    gap = timedelta(seconds=0.2)
    assert (second - first >= gap, third - second >= gap) == (True, True)


def test_a_closed_host_is_entered_by_nobody(newsroom: Any) -> None:
    with newsroom.desk.engine.begin() as connection:
        hosts.close(connection, {HOST: newsroom.watch.now + timedelta(hours=1)})
    with pytest.raises(NoTurn) as refused:
        enter(newsroom.desk, patience_s=5)
    assert refused.value.wait_s >= 3600


def test_our_own_hosts_bear_what_they_are_sent(newsroom: Any) -> None:
    for _ in range(3):
        enter(newsroom.desk, "127.0.0.1")
    assert newsroom.rows("SELECT 1 FROM host") == []


def test_but_no_more_than_the_operator_says(newsroom: Any) -> None:
    desk = with_settings(newsroom.desk, inner_host_concurrency=1)
    with desk.engine.begin() as connection:
        hosts.begin_visit(connection, "127.0.0.1", newsroom.watch.now + timedelta(minutes=1))
    with pytest.raises(NoTurn):
        enter(desk, "127.0.0.1")


def test_links_without_a_turn_come_back_for_it_and_lose_no_try(
    newsroom: Any, origin: Any, strange: str
) -> None:
    origin.serve("/a", PAGE, "text/html")
    close(newsroom)
    with newsroom.desk.engine.begin() as connection:
        links.submit(connection, [f"{strange}/a"], None, newsroom.watch.now)
    run(newsroom.desk, "ingest")
    assert origin.asked == []
    (row,) = newsroom.rows("SELECT attempts, run_at, dead_at FROM work WHERE kind = 'ingest'")
    assert (row.attempts, row.dead_at) == (0, None)
    assert row.run_at > newsroom.watch.now
    (link,) = newsroom.rows("SELECT status FROM link")
    assert link.status == "waiting"
    newsroom.watch.forward(hours=2)
    run(newsroom.desk, "ingest")
    (link,) = newsroom.rows("SELECT status FROM link")
    assert link.status == "new"
    assert newsroom.rows("SELECT 1 FROM visit") == []


def test_an_entry_whose_page_has_no_turn_is_left_for_the_next_poll(
    newsroom: Any, origin: Any, strange: str
) -> None:
    slugs = ("a", "b")
    items = "".join(
        f"<item><title>On {slug}</title><link>{strange}/{slug}</link><guid>{slug}</guid></item>"
        for slug in slugs
    )
    for slug in slugs:
        origin.serve(f"/{slug}", PAGE.replace("Larrow", f"Larrow and {slug * 5}"), "text/html")
    origin.serve("/rss", f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>')
    newsroom.source("alpha", url=f"{origin.url}/rss", full_text=True)
    close(newsroom)
    run(newsroom.desk, "poll")
    assert newsroom.rows("SELECT 1 FROM article") == []
    (source,) = newsroom.rows("SELECT why, etag FROM source WHERE name = 'alpha'")
    assert "wait for their host" in source.why
    assert source.etag is None, "the document is to be read again"
    newsroom.watch.forward(minutes=5)
    run(newsroom.desk, "poll")
    rows = newsroom.rows("SELECT html FROM article")
    assert len(rows) == 2
    assert all("8th paragraph" in row.html for row in rows)


def test_a_page_that_asks_for_quiet_closes_its_host_to_all(
    newsroom: Any, origin: Any, strange: str, make_entry: MakeEntry
) -> None:
    origin.serve("/busy", "", "text/html", status=429, **{"Retry-After": "600"})
    newsroom.source("alpha", full_text=True)
    entry = make_entry("a", url=f"{strange}/busy")
    with_full_text(newsroom.desk, [newsroom.incoming("alpha", [entry])])
    with pytest.raises(NoTurn) as refused:
        enter(newsroom.desk, "localhost", patience_s=5)
    assert refused.value.wait_s >= 600


def test_where_redirects_lead_has_its_own_turn(newsroom: Any, origin: Any, strange: str) -> None:
    origin.serve("/rss", '<rss version="2.0"><channel><title>N</title></channel></rss>')
    origin.serve("/old", "", status=302, Location=f"{strange}/rss")
    newsroom.source("alpha", url=f"{origin.url}/old")
    close(newsroom)
    run(newsroom.desk, "poll")
    assert [path for path, _ in origin.asked] == ["/old"]
    (source,) = newsroom.rows("SELECT status, error FROM source WHERE name = 'alpha'")
    assert source.status == "busy"
    assert "localhost" in source.error


def test_the_parts_of_an_index_have_their_hosts_turns(
    newsroom: Any, origin: Any, strange: str
) -> None:
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    parts = "".join(f"<sitemap><loc>{strange}/{name}.xml</loc></sitemap>" for name in "ab")
    origin.serve("/map.xml", f"<sitemapindex {space}>{parts}</sitemapindex>")
    for name in "ab":
        url = f"<url><loc>https://news.example/{name}</loc></url>"
        origin.serve(f"/{name}.xml", f"<urlset {space}>{url}</urlset>")
    newsroom.source("alpha", url=f"{origin.url}/map.xml")
    close(newsroom)
    run(newsroom.desk, "poll")
    assert [path for path, _ in origin.asked] == ["/map.xml"]
    newsroom.watch.forward(days=1)
    run(newsroom.desk, "poll")
    assert sorted(path for path, _ in origin.asked[2:]) == ["/a.xml", "/b.xml"]
    assert len(newsroom.rows("SELECT 1 FROM link")) == 2
