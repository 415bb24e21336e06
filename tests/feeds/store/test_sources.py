"""Sources: declared once, polled by their rows in `work`, with a bounded history."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.errors import NotFound
from feeds.model import PageRules, Source
from feeds.store import fetches, polling, sources, work
from feeds.store.fetches import Counts
from feeds.store.polling import Document, FetchRecord
from feeds.store.tables import fetch_event, source

AddSource = Callable[..., Source]
ALPHA = {"name": "alpha", "title": "Alpha", "url": "https://alpha.example/rss", "section": "news"}
SPEC = SourceSpec.model_validate(ALPHA)


def due(connection: sa.Connection, now: datetime) -> list[str]:
    claimed = work.claim(connection, "poll", now, 100, timedelta(seconds=1))
    return [] if claimed is None else list(claimed.keys)


def done(connection: sa.Connection, now: datetime) -> None:
    """Poll everything that is due, and come back tomorrow."""
    claimed = work.claim(connection, "poll", now, 100, timedelta(seconds=1))
    assert claimed is not None
    work.again(connection, claimed, dict.fromkeys(claimed.keys, now + timedelta(days=1)))


def validators(connection: sa.Connection) -> tuple[Any, ...]:
    columns = (source.c.etag, source.c.last_modified, source.c.body_hash, source.c.hub_url)
    return tuple(connection.execute(sa.select(*columns)).one())


def fetched(source_id: int, at: datetime, **more: Any) -> FetchRecord:
    document = Document('"1"', "Mon", b"hash", "https://hub")
    return FetchRecord(source_id, at, "ok", 200, **({"document": document} | more))


def test_a_declared_source_is_due_at_once(connection: sa.Connection, noon: datetime) -> None:
    sources.declare(connection, [SPEC], noon)
    assert due(connection, noon) == ["alpha"]
    found = sources.find(connection, "alpha")
    assert (found.title, found.section, found.full_text) == ("Alpha", "news", False)


def test_a_sources_rules_for_its_pages_are_kept_with_it(
    connection: sa.Connection, noon: datetime
) -> None:
    rules = {"body": ".detail", "author": ".by", "remove": [".box"]}
    for given in (rules, {}):
        sources.declare(connection, [SourceSpec.model_validate(ALPHA | {"article": given})], noon)
        kept = sources.find(connection, "alpha").article
        wanted = PageRules(".detail", author=".by", remove=(".box",)) if given else PageRules()
        assert kept == wanted


def test_declaring_again_changes_nothing_and_asks_nobody(
    connection: sa.Connection, noon: datetime
) -> None:
    sources.declare(connection, [SPEC], noon)
    done(connection, noon)
    polling.record(connection, [fetched(sources.find(connection, "alpha").id, noon)])
    before = connection.execute(sa.select(source)).all()
    sources.declare(connection, [SPEC], noon)
    assert connection.execute(sa.select(source)).all() == before
    assert due(connection, noon) == []


def test_another_title_is_taken_over_and_the_validators_stay(
    connection: sa.Connection, noon: datetime
) -> None:
    sources.declare(connection, [SPEC], noon)
    polling.record(connection, [fetched(sources.find(connection, "alpha").id, noon)])
    sources.declare(connection, [SPEC.model_copy(update={"title": "New"})], noon)
    assert sources.find(connection, "alpha").title == "New"
    assert validators(connection) == ('"1"', "Mon", b"hash", "https://hub")


def test_another_address_forgets_the_validators_and_is_asked_at_once(
    connection: sa.Connection, noon: datetime
) -> None:
    sources.declare(connection, [SPEC], noon)
    polling.record(connection, [fetched(sources.find(connection, "alpha").id, noon)])
    done(connection, noon)
    sources.declare(connection, [SPEC.model_copy(update={"url": "https://new.example/"})], noon)
    assert validators(connection)[:3] == (None, None, None)
    assert due(connection, noon) == ["alpha"]


def test_a_removed_source_keeps_its_articles_and_comes_back_when_declared(
    connection: sa.Connection, noon: datetime, add_article: Callable[..., int]
) -> None:
    add_article(1, "alpha")
    sources.remove(connection, "alpha", noon)
    assert due(connection, noon) == []
    assert polling.polled(connection, ["alpha"]) == []
    assert sources.listed(connection) == []
    with pytest.raises(NotFound, match="alpha"):
        sources.find(connection, "alpha")
    sources.declare(connection, [SPEC], noon)
    assert due(connection, noon) == ["alpha"]
    assert [one.articles for one in sources.listed(connection)] == [1]


def test_a_paused_source_is_not_polled_even_when_declared_anew(
    connection: sa.Connection, noon: datetime
) -> None:
    sources.declare(connection, [SPEC], noon)
    sources.pause(connection, "alpha", True, noon)
    sources.declare(connection, [SPEC.model_copy(update={"url": "https://new.example/"})], noon)
    assert due(connection, noon) == []
    assert polling.polled(connection, ["alpha"]) == []
    sources.pause(connection, "alpha", False, noon)
    assert due(connection, noon) == ["alpha"]
    assert [one.source.name for one in polling.polled(connection, ["alpha"])] == ["alpha"]


def test_unknown_names_are_refused(connection: sa.Connection, noon: datetime) -> None:
    with pytest.raises(NotFound, match="no source is named 'x'"):
        sources.pause(connection, "x", True, noon)
    with pytest.raises(NotFound):
        sources.remove(connection, "x", noon)


def test_a_success_is_recorded_with_its_validators(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    polling.record(connection, [fetched(found.id, noon)])
    (polled,) = polling.polled(connection, ["alpha"])
    assert (polled.etag, polled.last_modified, polled.body_hash) == ('"1"', "Mon", b"hash")
    (state,) = sources.listed(connection)
    assert (state.status, state.error, state.ok_at) == ("ok", None, noon)


def test_a_failure_keeps_validators_and_is_counted_until_a_success(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    polling.record(connection, [fetched(found.id, noon)])
    later = noon + timedelta(hours=1)
    failed = FetchRecord(found.id, later, "http error", 500, error="HTTP status 500")
    polling.record(connection, [failed])
    polling.record(connection, [failed])
    assert validators(connection) == ('"1"', "Mon", b"hash", "https://hub")
    (state,) = sources.listed(connection)
    assert (state.status, state.error) == ("http error", "HTTP status 500")
    assert (state.ok_at, state.fetched_at) == (noon, later)
    assert polling.polled(connection, ["alpha"])[0].failures == 2
    polling.record(connection, [FetchRecord(found.id, later, "not modified", 304)])
    assert polling.polled(connection, ["alpha"])[0].failures == 0


def test_not_modified_keeps_validators(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    polling.record(connection, [fetched(found.id, noon)])
    polling.record(connection, [FetchRecord(found.id, noon, "not modified", 304)])
    assert validators(connection) == ('"1"', "Mon", b"hash", "https://hub")


def test_a_new_body_without_validators_forgets_the_old_ones(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    polling.record(connection, [fetched(found.id, noon)])
    polling.record(connection, [fetched(found.id, noon, document=Document(None, None, b"new"))])
    assert validators(connection) == (None, None, b"new", None)


def test_what_was_fetched_from_an_old_address_validates_nothing(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    found = add_source("alpha")
    polling.record(connection, [fetched(found.id, noon, url="https://old.example/rss")])
    assert validators(connection) == (None, None, None, None)
    assert sources.listed(connection)[0].status == "ok"
    polling.record(connection, [fetched(found.id, noon, url=found.url)])
    assert validators(connection)[0] == '"1"'


def test_the_history_holds_thirty_fetches_newest_first(
    connection: sa.Connection, noon: datetime, add_source: AddSource
) -> None:
    alpha, beta = add_source("alpha"), add_source("beta")
    polling.record(connection, [fetched(beta.id, noon)])
    for number in range(55):
        counts = Counts(entries=number, new=number)
        at = noon + timedelta(minutes=number)
        polling.record(connection, [fetched(alpha.id, at, counts=counts, ms=number)])
    lines = fetches.history(connection, alpha.id)
    assert [line.counts.entries for line in lines] == list(range(54, 24, -1))
    stored = connection.scalar(sa.select(sa.func.count()).select_from(fetch_event)) or 0
    assert stored <= 1 + fetches.HISTORY + fetches.PRUNE_EVERY
    assert len(fetches.history(connection, beta.id)) == 1


def test_submitted_links_have_a_source_that_is_never_polled(
    connection: sa.Connection, noon: datetime
) -> None:
    assert sources.submitted(connection) == sources.submitted(connection)
    assert polling.polled(connection, [sources.SUBMITTED]) == []
    assert due(connection, noon) == []


def test_sources_are_read_by_id(connection: sa.Connection, add_source: AddSource) -> None:
    alpha = add_source("alpha")
    assert sources.by_ids(connection, [alpha.id, None, 404]) == {alpha.id: alpha}
