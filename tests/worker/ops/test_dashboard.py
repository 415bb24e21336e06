from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import html

from feeds.pipeline.desk import Desk
from feeds.store import polling, reindexes, sources, work
from feeds.store.polling import FetchRecord
from worker.ops.dashboard import Page, without_queries
from worker.status import snapshot

Call = Callable[..., Any]
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
VECTOR = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"


@pytest.fixture
def night(desk: Desk) -> Desk:
    """A desk at 3 a.m."""
    return Desk(desk.engine, desk.editorial, desk.settings, lambda: NOW)


def _page(desk: Desk) -> Any:
    return html.fromstring(Page().render(snapshot(desk)))


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_an_empty_store_is_well_and_says_how_to_begin(night: Desk) -> None:
    page = _page(night)

    assert _words(page.find(".//h1")) == "All is well"
    assert "tinwire sources add" in _words(page.find(".//header"))


def test_the_worst_stands_in_the_big_line_and_in_the_title(night: Desk) -> None:
    with night.engine.begin() as connection:
        work.mark(connection, "ingest", ["https://a.vn/"], NOW - timedelta(minutes=4))
        work.mark(connection, "poll", ["one"], NOW)
        work.bury(connection, work.work.c.kind == "poll", NOW)

    page = _page(night)

    assert page.find(".//header").get("class") == "bad"
    assert _words(page.find(".//h1")) == "nothing works on ingest: 1 due, for up to 4 min"
    assert page.find(".//title").text.startswith("Nothing works on ingest")
    assert "1 dead letter" in _words(page.find(".//header/ul"))


def test_sources_that_fail_stand_before_the_others(night: Desk) -> None:
    with night.engine.begin() as connection:
        sources.declare(connection, night.editorial.sources[:3], NOW + timedelta(minutes=5))
        last = sources.find(connection, night.editorial.sources[2].name)
        at = NOW - timedelta(minutes=50)
        failure = FetchRecord(last.id, at, "unreachable", error="no answer within 30 s")
        polling.record(connection, [failure])

    sections = [_words(one) for one in _page(night).findall(".//section")]

    (failing,) = [one for one in sections if one.startswith("Sources that fail")]
    (others,) = [one for one in sections if one.startswith("Other sources")]
    assert f"{last.name} unreachable, 1 time, first 50 min ago" in failing
    assert "no answer within 30 s never" in failing
    assert last.name not in others
    assert sections.index(failing) < sections.index(others)


def test_a_running_reindex_has_a_bar(night: Desk) -> None:
    with night.engine.begin() as connection:
        reindexes.create(connection, reindexes.Scope(sections=("thoi-su",)), "refile", NOW)
        connection.execute(sa.text("UPDATE reindex SET total = 300, done = 120"))

    page = _page(night)

    bar = page.find(".//progress")
    assert (bar.get("value"), bar.get("max")) == ("120", "300")
    assert "sections thoi-su" in page.text_content()


def test_what_came_from_outside_is_shown_as_text(night: Desk) -> None:
    with night.engine.begin() as connection:
        work.mark(connection, "ingest", [f"https://a.vn/{VECTOR}"], NOW)
        claimed = work.claim(connection, "ingest", NOW, 1, timedelta(seconds=1))
        assert claimed is not None
        work.release(connection, claimed, NOW, f"failed: {VECTOR}")
        work.bury(connection, sa.true(), NOW)

    page = _page(night)

    assert page.findall(".//script") == page.findall(".//img") == []
    assert not any(name.startswith("on") for one in page.iter("*") for name in one.attrib)
    assert "failed: <img src=x" in page.text_content()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.vn/x?key=SECRET: HTTP status 503", "https://a.vn/x?…: HTTP status 503"),
        ("https://a.vn/x?a=1&b=2", "https://a.vn/x?…"),
        ("got 'https://a.vn/?t=s' twice", "got 'https://a.vn/?…' twice"),
        ("https://a.vn/#token=s and http://b.vn/?k=s.", "https://a.vn/?… and http://b.vn/?…."),
        ("https://a.vn/x is gone?", "https://a.vn/x is gone?"),
    ],
)
def test_addresses_lose_their_query_in_which_keys_are_kept(text: str, shown: str) -> None:
    assert without_queries(text) == shown


def test_the_page_needs_no_token_comes_anew_by_itself_and_can_be_held_still(ops: Call) -> None:
    moving, still = ops("GET", "/"), ops("GET", "/?still")

    assert moving.status == still.status == 200
    assert 'http-equiv="refresh" content="5"' in moving.text
    assert 'http-equiv="refresh"' not in still.text


def test_the_page_takes_no_action(ops: Call) -> None:
    page = html.fromstring(ops("GET", "/").text)

    assert page.findall(".//form") == page.findall(".//button") == page.findall(".//script") == []


def test_the_policy_allows_the_style_of_the_page_and_no_other(ops: Call) -> None:
    page = Page()
    reply = ops("GET", "/")

    assert f"style-src {page.style_source};" in reply.headers["Content-Security-Policy"]
    assert "style=" not in reply.text


def test_without_the_database_the_page_says_so(orphan: Call) -> None:
    reply = orphan("GET", "/")

    assert reply.status == 503
    assert "the database does not answer" in reply.text
    assert 'http-equiv="refresh"' in reply.text
