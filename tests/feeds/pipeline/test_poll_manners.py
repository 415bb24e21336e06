"""Poll: hosts are treated well, moves are followed, and what needs a person is held for one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from feeds.pipeline.run import run
from feeds.store import sources, work


def item(slug: str, guid: str) -> str:
    return (
        f"<item><title>On {slug}</title><link>https://news.example/{slug}</link>"
        f"<guid>{guid}</guid><description>Text {slug}</description></item>"
    )


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'


def times(newsroom: Any) -> list[Any]:
    rows = newsroom.rows("SELECT key, run_at FROM work WHERE kind = 'poll' ORDER BY run_at")
    return [row.run_at for row in rows]


def make_strangers(newsroom: Any) -> None:
    """Treat the local origin as a stranger's: by its name, which says nothing of where it leads."""
    newsroom.execute("UPDATE source SET host = 'stranger.example'")


def test_a_strangers_sources_are_asked_one_after_the_other_a_second_apart(
    newsroom: Any, origin: Any
) -> None:
    names = [f"s{number}" for number in range(5)]
    for name in names:
        origin.serve(f"/{name}", rss(item(name, name)))
        newsroom.source(name, url=f"{origin.url}/{name}")
    make_strangers(newsroom)
    run(newsroom.desk, "poll")
    assert len(origin.asked) == 1
    now = newsroom.watch.now
    places = newsroom.rows("SELECT place_at FROM source WHERE place_at IS NOT NULL ORDER BY 1")
    assert [(row.place_at - now).total_seconds() for row in places] == [1, 2, 3, 4]
    for asked in (2, 3, 4, 5):
        newsroom.watch.forward(seconds=1)
        run(newsroom.desk, "poll")
        assert len(origin.asked) == asked, "each comes for its place"
    assert newsroom.rows("SELECT 1 FROM source WHERE place_at IS NOT NULL") == []


def test_a_source_that_is_sent_back_for_later_has_lost_no_attempt(
    newsroom: Any, origin: Any
) -> None:
    for name in ("alpha", "beta"):
        newsroom.source(name, url=f"{origin.url}/{name}")
    make_strangers(newsroom)
    newsroom.execute("UPDATE work SET attempts = 3 WHERE key = 'beta'")
    newsroom.execute(
        "INSERT INTO host VALUES ('stranger.example', :now, :later, '1970-01-01')",
        now=newsroom.watch.now,
        later=newsroom.watch.now + timedelta(seconds=9),
    )
    run(newsroom.desk, "poll")
    assert origin.asked == []
    rows = newsroom.rows("SELECT key, attempts FROM work WHERE kind = 'poll' ORDER BY key")
    assert [row.attempts for row in rows] == [0, 3]


def test_one_429_closes_the_host_for_all_its_sources(newsroom: Any, origin: Any) -> None:
    origin.serve("/s0", "busy", status=429, **{"Retry-After": "600"})
    for number in range(4):
        newsroom.source(f"s{number}", url=f"{origin.url}/s{number}")
    make_strangers(newsroom)
    run(newsroom.desk, "poll")
    reopens = newsroom.watch.now + timedelta(seconds=600)
    newsroom.watch.forward(seconds=10)
    run(newsroom.desk, "poll")
    assert len(origin.asked) == 1
    found = times(newsroom)
    assert min(found) >= reopens
    assert len(set(found)) == 4, "each comes back at a time of its own"


def test_gone_is_never_asked_again_until_a_person_says_so(newsroom: Any, origin: Any) -> None:
    origin.serve("/feed", "gone", status=410)
    newsroom.source("alpha", url=f"{origin.url}/feed")
    run(newsroom.desk, "poll")
    newsroom.watch.forward(days=60)
    run(newsroom.desk, "poll")
    assert len(origin.asked) == 1
    with newsroom.desk.engine.begin() as connection:
        (one,) = sources.listed(connection)
        assert (one.status, one.paused, one.next_at) == ("gone", True, None)
        sources.pause(connection, "alpha", False, newsroom.watch.now)
    run(newsroom.desk, "poll")
    assert len(origin.asked) == 2


def test_a_source_that_fails_for_thirty_days_pauses_itself(newsroom: Any, origin: Any) -> None:
    origin.serve("/feed", "no", status=404)
    newsroom.source("alpha", url=f"{origin.url}/feed")
    for _ in range(31):
        run(newsroom.desk, "poll")
        newsroom.watch.forward(days=1)
    with newsroom.desk.engine.begin() as connection:
        (one,) = sources.listed(connection)
    assert one.paused
    assert one.error == "HTTP status 404; could not be read for 30 days"
    assert 20 <= len(origin.asked) <= 31


def test_a_move_is_followed_after_three_sightings_in_a_row(newsroom: Any, origin: Any) -> None:
    origin.serve("/new", rss(item("a", "a")))
    origin.serve("/feed", "", status=301, Location=f"{origin.url}/new")
    newsroom.source("alpha", url=f"{origin.url}/feed")
    addresses = []
    for _ in range(4):
        run(newsroom.desk, "poll")
        addresses.append(newsroom.rows("SELECT url FROM source")[0].url.rpartition("/")[2])
        newsroom.watch.forward(days=1)
    assert addresses == ["feed", "feed", "new", "new"]
    assert [path for path, _ in origin.asked].count("/feed") == 3
    # One in a hundred polls asks for all, and finds what it has.
    assert newsroom.rows("SELECT status FROM source")[0].status in ("not modified", "same body")


def test_a_source_never_moves_onto_another(newsroom: Any, origin: Any) -> None:
    origin.serve("/beta", rss(item("a", "a")))
    origin.serve("/alpha", "", status=308, Location=f"{origin.url}/beta")
    for name in ("alpha", "beta"):
        newsroom.source(name, url=f"{origin.url}/{name}")
    for _ in range(5):
        run(newsroom.desk, "poll")
        newsroom.watch.forward(days=1)
    rows = newsroom.rows("SELECT url, why FROM source ORDER BY name")
    assert [row.url.rpartition("/")[2] for row in rows] == ["alpha", "beta"]
    assert "moved for ever to" in rows[0].why


def rotated(origin: Any, number: int) -> None:
    slugs = [f"s{each}" for each in range(10)]
    origin.serve("/feed", rss(*(item(slug, f"{slug}-{number}") for slug in slugs)))


def test_known_entries_under_new_ids_are_held_for_a_person(newsroom: Any, origin: Any) -> None:
    newsroom.source("alpha", url=f"{origin.url}/feed")
    rotated(origin, 0)
    run(newsroom.desk, "poll")
    rotated(origin, 1)
    newsroom.watch.forward(days=1)
    run(newsroom.desk, "poll")
    with newsroom.desk.engine.begin() as connection:
        (one,) = sources.listed(connection)
        assert (one.status, one.paused) == ("held", True)
        assert one.error == "10 of 10 entries are known, and came under new ids"
        assert len(newsroom.rows("SELECT 1 FROM sighting")) == 10, "nothing was stored"
        sources.release(connection, "alpha", newsroom.watch.now)
    run(newsroom.desk, "poll")
    rotated(origin, 2)
    newsroom.watch.forward(days=1)
    run(newsroom.desk, "poll")
    with newsroom.desk.engine.begin() as connection:
        (one,) = sources.listed(connection)
    assert (one.status, one.paused) == ("ok", False), "and is not held again"


NO_FLOOD = {
    "new entries": lambda number: [
        item(f"s{each}-{number}", f"g{each}-{number}") for each in "abcdef"
    ],
    "ids move to https": lambda number: [
        item(f"s{each}", f"http{'s' * number}://news.example/{each}") for each in "abcdef"
    ],
    "most ids stay": lambda number: [
        item(f"s{each}", f"g{each}-{number if each in 'ab' else 0}") for each in "abcdef"
    ],
}


@pytest.mark.parametrize("items", NO_FLOOD.values(), ids=NO_FLOOD)
def test_what_only_looks_like_new_ids_is_taken(
    newsroom: Any, origin: Any, items: Callable[[int], list[str]]
) -> None:
    newsroom.source("alpha", url=f"{origin.url}/feed")
    for number in (0, 1):
        origin.serve("/feed", rss(*items(number)))
        run(newsroom.desk, "poll")
        newsroom.watch.forward(days=1)
    assert newsroom.rows("SELECT status FROM source")[0].status == "ok"


def test_an_unchanged_batch_costs_a_fixed_number_of_statements(
    newsroom: Any, origin: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    costs = []
    for count in (3, 30):
        for number in range(count):
            origin.serve(f"/{number}", rss(item(f"s{number}", "g")))
            newsroom.source(f"s{number}", url=f"{origin.url}/{number}")
        run(newsroom.desk, "poll")
        newsroom.watch.forward(days=2)
        with statements() as sent:
            run(newsroom.desk, "poll")
        ended = {row.status for row in newsroom.rows("SELECT status FROM source")}
        assert ended <= {"not modified", "same body"}
        costs.append(len(sent))
        newsroom.watch.forward(days=2)
    assert costs[0] == costs[1]


def test_a_worker_that_died_keeps_its_hosts_only_as_long_as_its_leases(
    newsroom: Any, origin: Any
) -> None:
    origin.serve("/s0", rss(item("a", "a")))
    for number in range(3):
        newsroom.source(f"s{number}", url=f"{origin.url}/s0?{number}")
    make_strangers(newsroom)
    with newsroom.desk.engine.begin() as connection:
        work.claim(connection, "poll", newsroom.watch.now, 2, timedelta(minutes=3))
    run(newsroom.desk, "poll")
    assert origin.asked == [], "two requests seem to be under way"
    newsroom.watch.forward(minutes=4)
    run(newsroom.desk, "poll")
    assert len(origin.asked) == 1
