from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.store import migrate, work

Call = Callable[..., Any]


@pytest.fixture
def engine(own_engine: sa.Engine) -> sa.Engine:
    """A pool on a database whose tables are undone here."""
    return own_engine


def test_a_migrated_store_is_ready(ops: Call) -> None:
    reply = ops("GET", "/readyz?consumption")

    assert reply.status == 200
    assert reply.json["checks"] == {"database": "ok", "tables": "ok", "consumption": "ok"}


def test_without_the_database_the_process_lives_but_is_not_ready(orphan: Call) -> None:
    assert orphan("GET", "/healthz").status == 200
    reply = orphan("GET", "/readyz")

    assert reply.status == 503
    assert reply.json["checks"]["database"] == "does not answer"


def test_a_store_that_is_not_migrated_is_not_ready_and_says_what_to_run(
    ops: Call, desk: Desk
) -> None:
    migrate.downgrade(desk.engine, "base")

    reply = ops("GET", "/readyz")

    assert reply.status == 503
    assert "tinwire migrate" in reply.json["checks"]["tables"]


def test_work_that_nobody_does_is_told_and_fails_only_who_asks_for_it(
    ops: Call, desk: Desk
) -> None:
    with desk.engine.begin() as connection:
        work.mark(connection, "relate", ["1"], desk.clock() - timedelta(minutes=9))

    plain, strict = ops("GET", "/readyz"), ops("GET", "/readyz?consumption")

    assert (plain.status, strict.status) == (200, 503)
    assert plain.json["checks"]["consumption"].startswith("relate has been due for 9 min")
