"""`tinwire partners`: made, listed, given new keys, ended and counted, for people and as JSON."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from config.partners import PartnerSpec
from feeds.errors import NotFound
from feeds.pipeline.desk import Desk
from feeds.store import partners, usage
from feeds.store.usage import Count, Outcome
from worker import cli, runtime
from worker.prepare import prepare
from worker.runtime import counter_url, plain_url
from worker.status import snapshot
from worker.status_lines import lines

Run = Callable[..., Any]


@pytest.fixture
def run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Run `tinwire partners …` on this test's database."""
    monkeypatch.setenv("TINWIRE_DATABASE_URL", database_url)
    monkeypatch.setenv("TINWIRE_DATA_DIR", str(tmp_path))
    cached = (runtime.settings, runtime.editorial, runtime.desk)
    for one in cached:
        one.cache_clear()

    def command(*words: str, fails: type[Exception] | None = None) -> str:
        done = CliRunner().invoke(cli.app, ["partners", *words])
        if fails is not None:
            assert isinstance(done.exception, fails), done.output
            return str(done.exception)
        assert done.exception is None, done.output
        return done.output

    yield command
    runtime.desk().engine.dispose()
    for one in cached:
        one.cache_clear()


def test_a_partners_life(run: Run, desk: Desk) -> None:
    origin = ("--origin", "https://daily.example", "--origin", "https://m.daily.example")
    key = run("create", "daily", *origin, "--per-day", "50").strip()
    assert partners.KEY.fullmatch(key)
    listed = run("list")
    assert "https://daily.example https://m.daily.example" in listed
    assert f"…{key[-4:]}" in listed
    assert key not in listed
    (row,) = json.loads(run("list", "--json"))
    assert (row["per_minute"], row["per_day"], row["served_today"]) == (600, 50, 0)

    new = json.loads(run("rotate", "daily", "--json"))["key"]
    assert run("revoke", "daily", "--key", key[-4:]) == "1 key of daily revoked\n"
    with desk.engine.connect() as connection:
        assert partners.valid(connection, desk.clock()).keys() == {partners.hashed(new)}
    assert json.loads(run("revoke", "daily", "--json")) == {"name": "daily", "revoked": 1}
    assert "has no valid key" in run("revoke", "daily", fails=NotFound)
    with desk.engine.connect() as connection:
        audited = str(connection.execute(sa.text("SELECT * FROM audit")).all())
    assert "partner revoke" in audited
    assert key not in audited


def test_usage_is_shown_by_day(run: Run, desk: Desk) -> None:
    run("create", "daily")
    today = desk.clock().date()
    with desk.engine.begin() as connection:
        number = partners.number_of(connection, "daily")
        counts = {Count(number, today, Outcome.SERVED): 7}
        usage.add(connection, uuid4(), counts, desk.clock())
    row = {"name": "daily", "day": today.isoformat(), "served": 7, "limited": 0, "refused": 0}
    assert json.loads(run("usage", "--json")) == json.loads(run("usage", "daily", "--json"))
    assert json.loads(run("usage", "daily", "--days", "2", "--json")) == [row]
    assert "No requests were counted." not in run("usage")
    assert "did you mean 'daily'?" in run("usage", "dialy", fails=NotFound)
    assert "partners  1, 7 served and 0 limited today" in list(lines(snapshot(desk)))


def test_mistakes_are_said_in_one_line(run: Run) -> None:
    said = run("create", "daily", "--origin", "https://daily.example/tin", fails=ValueError)
    assert "did you mean 'https://daily.example'?" in said
    assert "\n" not in said
    run("create", "daily")
    assert "already" in run("create", "daily", fails=ValueError)


def test_preparing_declares_the_partners_of_the_file(desk: Desk) -> None:
    spec = PartnerSpec(name="daily", origins=("https://daily.example",))
    editorial = desk.editorial.model_copy(update={"partners": (spec,)})
    prepare(Desk(desk.engine, editorial, desk.settings), ())
    with desk.engine.connect() as connection:
        (found,) = partners.listed(connection)
    assert (found.name, found.origins, found.keys) == ("daily", ("https://daily.example",), ())
    assert found.is_declared


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("redis://valkey:6379/0", "redis://valkey:6379/0"),
        ("rediss://valkey:6379/0", "rediss://valkey:6379/0"),
        ("redis+socket:///run/v.sock?virtual_host=3", "unix:///run/v.sock?db=3"),
        ("unix:///run/v.sock?db=3", "unix:///run/v.sock?db=3"),
        ("amqp://rabbit", None),
        ("sentinel://a:26379", None),
    ],
)
def test_a_brokers_address_is_one_to_count_at_where_it_is_a_valkey(
    url: str, plain: str | None
) -> None:
    assert plain_url(url) == plain


def test_a_counter_of_its_own_goes_before_the_broker(desk: Desk, tmp_path: Path) -> None:
    chosen = desk.settings.model_copy(update={"data_dir": tmp_path})
    assert counter_url(chosen) is None
    both = {"TINWIRE_BROKER_URL": "redis://a/0", "TINWIRE_COUNTER_URL": "redis://b/1"}
    assert counter_url(runtime.load_settings(both)) == "redis://b/1"
    del both["TINWIRE_COUNTER_URL"]
    assert counter_url(runtime.load_settings(both)) == "redis://a/0"
