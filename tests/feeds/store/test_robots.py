"""Kept robots.txt: each until its time, the last answer counts."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from feeds.store import robots, tables

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_a_host_said_is_kept_until_its_time(connection: sa.Connection) -> None:
    robots.keep(
        connection, {"a": (("rules", None), NOW + HOUR), "b": (("", "HTTP status 500"), NOW)}, NOW
    )
    assert robots.kept(connection, ["a", "b", "c"], NOW) == {"a": ("rules", None)}
    assert robots.kept(connection, ["a"], NOW + HOUR) == {}


def test_a_later_answer_replaces_the_first(connection: sa.Connection) -> None:
    for text in ("one", "two"):
        robots.keep(connection, {"a": ((text, None), NOW + HOUR)}, NOW)
    assert robots.kept(connection, ["a"], NOW) == {"a": ("two", None)}


def test_what_has_run_out_is_forgotten(connection: sa.Connection) -> None:
    robots.keep(connection, {"a": (("", None), NOW + HOUR)}, NOW)
    robots.keep(connection, {}, NOW + 2 * HOUR)
    assert connection.execute(sa.select(sa.func.count()).select_from(tables.robots)).scalar() == 0
