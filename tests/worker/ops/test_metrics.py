from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from config.celery import ROUTES
from config.editorial import SourceSpec
from feeds.model import Verdict
from feeds.pipeline.desk import Desk
from feeds.store import subscriptions, work
from feeds.store.sources import declare, find
from worker.ops.metrics import render
from worker.status import snapshot

Call = Callable[..., Any]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _read(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def test_every_kind_of_work_and_every_verdict_has_its_series_from_the_start(desk: Desk) -> None:
    samples = _read(render(snapshot(desk)).decode())

    for kind, queue in ROUTES.items():
        lane = "reindex" if queue == "reindex" else "live"
        assert _value(samples, "tinwire_work", kind=kind, lane=lane, state="waiting") == 0
        assert _value(samples, "tinwire_work_oldest_seconds", kind=kind, lane=lane) == 0
    for verdict in Verdict:
        assert _value(samples, "tinwire_entries", verdict=verdict.value) == 0


def test_subscriptions_to_sources_hubs_are_counted_by_state(
    desk: Desk,
) -> None:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    with desk.engine.begin() as connection:
        declare(connection, [SourceSpec(name="alpha", title="A", url="https://a.vn/rss")], now)
        source_id = find(connection, "alpha").id
        subscriptions.join(connection, source_id, "https://hub.vn/", "https://a.vn/rss", now)
        held = subscriptions.followed(connection, [source_id])[source_id]
        subscriptions.save(connection, held.delivered(now).ignoring().ignoring())
    samples = _read(render(snapshot(desk)).decode())
    assert _value(samples, "tinwire_source_hubs", state="asked") == 1
    assert _value(samples, "tinwire_source_hubs", state="active") == 0
    assert _value(samples, "tinwire_source_hub_deliveries", outcome="taken") == 1
    assert _value(samples, "tinwire_source_hub_deliveries", outcome="ignored") == 2


def test_waiting_work_is_counted_with_its_age(desk: Desk) -> None:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    with desk.engine.begin() as connection:
        work.mark(connection, "ingest", ["a", "b"], now - timedelta(seconds=90))
    clocked = Desk(desk.engine, desk.editorial, desk.settings, lambda: now)

    samples = _read(render(snapshot(clocked)).decode())

    assert _value(samples, "tinwire_work", kind="ingest", lane="live", state="waiting") == 2
    assert _value(samples, "tinwire_work_oldest_seconds", kind="ingest", lane="live") == 90


def test_a_broker_that_does_not_answer_is_a_figure_and_its_queues_are_left_out(desk: Desk) -> None:
    status = snapshot(desk).with_queues({"ingest": 4, "build": None})

    samples = _read(render(status).decode())

    assert _value(samples, "tinwire_broker_up") == 0
    assert _value(samples, "tinwire_queue_messages", queue="ingest") == 4
    assert ("tinwire_queue_messages", frozenset({("queue", "build")})) not in samples


def test_a_scrape_needs_no_token_and_says_so_when_the_database_is_gone(
    ops: Call, orphan: Call
) -> None:
    up, down = ops("GET", "/metrics"), orphan("GET", "/metrics")

    assert up.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert _value(_read(up.text), "tinwire_database_up") == 1
    assert down.status == 200
    assert _read(down.text) == {("tinwire_database_up", frozenset()): 0}
