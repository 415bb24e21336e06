from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from config.editorial import Editorial
from feeds.store import gone, overview, polling, sources, work
from feeds.store.overview import ArticleCounts, SourceCounts
from feeds.store.polling import FetchRecord
from feeds.store.tables import article, feed

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
Store = Callable[..., None]


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that is undone."""
    with engine.connect() as opened:
        yield opened


@pytest.fixture
def names(connection: sa.Connection, editorial: Editorial) -> list[str]:
    """Four declared sources, beside the one for submitted links."""
    sources.submitted(connection)
    specs = editorial.sources[:4]
    sources.declare(connection, specs, NOW)
    return [spec.name for spec in specs]


@pytest.fixture
def store(connection: sa.Connection) -> Store:
    """Store articles by id; fields may be given."""
    source = sources.submitted(connection)

    def put(*ids: int, **fields: object) -> None:
        row = {
            "source_id": source.id,
            "guid": "",
            "url": "",
            "title": "",
            "excerpt": "",
            "html": "",
            "text": "",
            "language": "vi",
            "content_hash": b"",
            "first_seen_at": NOW,
            "effective_at": NOW,
            "related_at": NOW,
            **fields,
        }
        connection.execute(sa.insert(article), [{**row, "id": key} for key in ids])

    return put


def test_an_empty_store_counts_nothing(connection: sa.Connection) -> None:
    assert overview.articles(connection, NOW) == ArticleCounts(0, 0, 0, 0, 0)
    assert overview.newest_article_at(connection) is None
    assert overview.sources(connection) == SourceCounts(0, 0, 0)
    assert overview.feed_count(connection) == 0


def test_articles_are_counted_by_state_and_stories_by_their_members(
    connection: sa.Connection, store: Store
) -> None:
    store(1, 2, 3, 4, 5, 6)
    store(7, 8, duplicate_of=1)
    store(9, 10, 11, story_id=9)
    store(12, 13, story_id=12)
    gone.withdraw(connection, [6, 8], "taken back", NOW)

    counts = overview.articles(connection, NOW)

    assert (counts.public, counts.withdrawn) == (11, 2)
    assert (counts.duplicates, counts.stories) == (1, 2)


def test_articles_of_the_last_hour_are_those_first_seen_then_whatever_their_date(
    connection: sa.Connection, store: Store
) -> None:
    store(1, effective_at=NOW - timedelta(days=9))
    store(2, first_seen_at=NOW - timedelta(hours=2))

    assert overview.articles(connection, NOW - timedelta(hours=1)).last_hour == 1


def test_the_newest_article_is_one_that_lists_show(connection: sa.Connection, store: Store) -> None:
    store(1, effective_at=NOW - timedelta(hours=3))
    store(2, effective_at=NOW - timedelta(hours=2), duplicate_of=1)
    store(3, effective_at=NOW - timedelta(hours=1), related_at=None)

    assert overview.newest_article_at(connection) == NOW - timedelta(hours=3)


def _fetch(
    connection: sa.Connection, name: str, minutes_ago: int, error: str | None = None
) -> None:
    found = sources.find(connection, name)
    at = NOW - timedelta(minutes=minutes_ago)
    outcome = "ok" if error is None else "unreachable"
    polling.record(connection, [FetchRecord(found.id, at, outcome, error=error)])


def test_sources_are_counted_without_the_one_for_submitted_links(
    connection: sa.Connection, names: list[str]
) -> None:
    _fetch(connection, names[0], 5, "no answer")
    sources.pause(connection, names[1], True, NOW)
    sources.remove(connection, names[2], NOW)

    assert overview.sources(connection) == SourceCounts(ok=1, failing=1, paused=1)


def test_a_paused_source_that_failed_is_paused_and_fails_no_more(
    connection: sa.Connection, names: list[str]
) -> None:
    _fetch(connection, names[0], 5, "no answer")
    sources.pause(connection, names[0], True, NOW)

    assert overview.sources(connection) == SourceCounts(ok=3, failing=0, paused=1)
    assert not any(one.failing for one in overview.source_health(connection, 9))


def test_failing_sources_come_first_the_newly_broken_before_the_always_broken(
    connection: sa.Connection, names: list[str]
) -> None:
    never, long_ago, lately, _ = names
    _fetch(connection, never, 300, "no answer")
    for name, minutes in ((long_ago, 200), (lately, 20)):
        _fetch(connection, name, minutes)
        _fetch(connection, name, minutes - 10, "no answer")

    health = overview.source_health(connection, 9)

    assert [one.name for one in health[:3]] == [lately, long_ago, never]
    assert [one.failing for one in health] == [True, True, True, False]


def test_a_source_fails_since_its_first_failure_after_the_last_good_fetch(
    connection: sa.Connection, names: list[str]
) -> None:
    for minutes, error in ((90, "old"), (80, None), (70, "first"), (60, "last")):
        _fetch(connection, names[0], minutes, error)

    found = overview.source_health(connection, 1)[0]

    assert (found.failures, found.error) == (2, "last")
    assert found.since == NOW - timedelta(minutes=70)
    assert found.ok_at == NOW - timedelta(minutes=80)


def test_a_source_tells_when_it_is_polled_next(connection: sa.Connection, names: list[str]) -> None:
    health = {one.name: one for one in overview.source_health(connection, 9)}

    assert {health[name].next_at for name in names} == {NOW}
    assert {health[name].since for name in names} == {None}


def test_the_oldest_waiting_row_is_neither_leased_nor_later_nor_dead(
    connection: sa.Connection,
) -> None:
    def at(minutes: int) -> datetime:
        return NOW - timedelta(minutes=minutes)

    work.mark(connection, "ingest", ["dead"], at(40))
    work.bury(connection, sa.true(), at(39))
    work.mark(connection, "ingest", ["leased"], at(30))
    work.claim(connection, "ingest", NOW, 1, timedelta(minutes=3))
    work.mark(connection, "ingest", ["lapsed"], at(20))
    work.claim(connection, "ingest", at(20), 1, timedelta(minutes=3))
    work.mark(connection, "ingest", ["waiting"], at(10))
    work.mark(connection, "poll", ["later"], NOW + timedelta(minutes=1))

    (oldest,) = overview.oldest_waiting(connection, NOW)

    assert (oldest.kind, oldest.lane, oldest.due_at) == ("ingest", "live", at(20))


def test_feeds_that_wait_to_be_rebuilt_come_before_those_that_changed_lately(
    connection: sa.Connection,
) -> None:
    for minutes, key in enumerate(["all", "topic/a", "topic/b"]):
        at = NOW - timedelta(minutes=minutes)
        row = {"key": key, "title": key, "version": 1, "item_ids": [1, 2]}
        connection.execute(sa.insert(feed).values(**row, updated_at=at, modified_at=at))
    work.mark(connection, "publish", ["topic/b"], NOW)

    ages = overview.feed_ages(connection, 2)

    assert [(one.key, one.items, one.marked_at) for one in ages] == [
        ("topic/b", 2, NOW),
        ("all", 2, None),
    ]
    assert overview.feed_count(connection) == 3
