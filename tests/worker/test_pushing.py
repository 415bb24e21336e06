"""Pushing: the status and the list of sources say how hubs do, and show no keys."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.editorial import SourceSpec
from feeds.pipeline.desk import Desk
from feeds.store import sources, subscriptions
from feeds.store.standing import Subscription
from worker import cli, runtime
from worker.pushing import pushing
from worker.status import snapshot
from worker.status_lines import lines

HUB = "https://hub.example/"


@pytest.fixture
def held(desk: Desk) -> Subscription:
    """A source whose hub verified and delivered."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        spec = SourceSpec(name="alpha", title="Alpha", url="https://alpha.example/rss")
        sources.declare(connection, [spec], now)
        source_id = sources.find(connection, "alpha").id
        subscriptions.join(connection, source_id, HUB, spec.url, now)
        (asked,) = subscriptions.listed(connection)
        made = asked.asking(now).verified(timedelta(days=1), now, now).delivered(now).ignoring()
        subscriptions.save(connection, made)
    return made


def test_the_status_says_how_a_hub_does_and_keeps_its_keys(desk: Desk, held: Subscription) -> None:
    found = snapshot(desk)
    (one,) = found.pushes
    assert (one.source, one.hub_url, one.deliveries, one.ignored) == ("alpha", HUB, 1, 1)
    assert one.said.startswith("push active until ")
    assert one.is_active
    assert "hubs      1 of 1 push" in list(lines(found))
    written = json.dumps(found.as_dict())
    assert held.token not in written
    assert held.secret not in written


def test_without_hubs_nothing_is_said(desk: Desk) -> None:
    with desk.engine.connect() as connection:
        assert pushing(connection, desk.clock()) == ()
    assert not any(line.startswith("hubs") for line in lines(snapshot(desk)))


def test_the_list_of_sources_says_how_their_hubs_push(
    held: Subscription,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TINWIRE_DATABASE_URL", database_url)
    monkeypatch.setenv("TINWIRE_DATA_DIR", str(tmp_path))
    for cached in (runtime.settings, runtime.editorial, runtime.desk):
        cached.cache_clear()
    try:
        shown = CliRunner().invoke(cli.app, ["sources", "list", "--json"])
        (row,) = json.loads(shown.output)
        assert row["push"].startswith("push active until ")
    finally:
        runtime.desk().engine.dispose()
        for cached in (runtime.settings, runtime.editorial, runtime.desk):
            cached.cache_clear()
