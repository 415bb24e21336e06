"""Why: an answer for every address, and a line that says where it led."""

from typing import Any

import pytest
import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.store import kinds, links, polling, sources, work
from feeds.store.kinds import Kind
from feeds.store.polling import FetchRecord
from worker.why import explain

ARTICLE = "https://news.example/a"


@pytest.fixture
def told(desk: Desk, source: str) -> Any:
    """Ingest entries of one source."""

    def take(*entries: Entry) -> None:
        with desk.engine.begin() as connection:
            ingest(desk, connection, [Incoming(sources.find(connection, source), entries)])

    return take


@pytest.fixture
def source(desk: Desk) -> str:
    spec = desk.editorial.sources[0]
    with desk.engine.begin() as connection:
        sources.declare(connection, [spec], desk.clock())
    return spec.name


def entry(**more: Any) -> Entry:
    return Entry(**({"guid": "http://www.id.example/a/", "url": ARTICLE, "title": "On a"} | more))


def test_an_article_is_found_by_any_of_its_addresses_and_says_which_was_asked(
    desk: Desk, told: Any
) -> None:
    told(entry(aka=("https://old.example/a",)))
    assert explain(desk, "http://www.news.example/a?utm_source=x").asked == ""
    found = explain(desk, "https://old.example/a")
    assert (found.url, found.asked) == (ARTICLE, "https://old.example/a")
    assert any("it leads to the article below" in line for line in found.lines())
    assert explain(desk, "https://id.example/a").title == "On a", "by its id, however written"


def test_an_entry_that_was_set_apart_is_found_by_its_address(desk: Desk, told: Any) -> None:
    told(entry(title="x" * 501))
    found = explain(desk, "http://news.example/a")
    assert found.state == "quarantined"
    assert "a title of 501 characters" in found.state_why


def test_a_link_that_failed_says_why(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        links.submit(connection, [ARTICLE], None, desk.clock())
        links.settle(connection, {ARTICLE: ("failed", "HTTP status 404", None)})
    for asked in (ARTICLE, ARTICLE.replace("https:", "http:")):
        found = explain(desk, asked)
        assert (found.state, found.state_why) == ("failed", "HTTP status 404")


def test_a_sources_address_says_how_its_last_fetch_went(desk: Desk, source: str) -> None:
    with desk.engine.begin() as connection:
        one = sources.find(connection, source)
        refused = FetchRecord(one.id, desk.clock(), "refused", error="port 99 is not fetched")
        polling.record(connection, [refused])
    found = explain(desk, one.url)
    assert found.state == f"source {source}"
    assert found.state_why == "refused: port 99 is not fetched"


def test_the_page_that_a_source_was_given_as_says_where_it_is_polled(
    desk: Desk, source: str
) -> None:
    with desk.engine.begin() as connection:
        one = sources.find(connection, source)
        feed = f"{one.url}/feed.xml"
        kinds.note(connection, [Kind(one.id, "feed", "found on the page", feed)])
    found = explain(desk, one.url)
    assert found.state == f"source {source}"
    assert found.state_why == f"waiting; it is polled at {feed}"


def test_an_address_that_was_never_seen_names_the_sources_of_its_host(
    desk: Desk, source: str
) -> None:
    with desk.engine.connect() as connection:
        url = sources.find(connection, source).url
    found = explain(desk, f"{url}/nothing-there")
    assert found.state == "never seen"
    assert f"{source} (waiting)" in found.state_why
    assert "no source is of other.example" in explain(desk, "https://other.example/").state_why
    assert any(line.startswith("state     never seen") for line in found.lines())


def test_any_other_text_that_nobody_knows_is_an_error(desk: Desk) -> None:
    with pytest.raises(NotFound):
        explain(desk, "tag:nothing")


def test_what_was_given_up_says_why_and_what_to_do(desk: Desk, source: str) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        links.submit(connection, [ARTICLE], None, now)
        work.bury(connection, sa.true(), now)
        url = sources.find(connection, source).url
        (state,) = sources.listed(connection)
    assert (state.given_up, state.next_at) == ("the worker died while doing this", None)
    why = "the worker died while doing this; `tinwire dead replay` tries it again"
    assert (explain(desk, ARTICLE).state, explain(desk, ARTICLE).state_why) == ("given up", why)
    assert explain(desk, url).state_why == f"given up: {why}"
