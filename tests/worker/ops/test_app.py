import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from worker.ops.answers import RETRY_AFTER_S

Call = Callable[..., Any]


@pytest.fixture
def engine(own_engine: sa.Engine) -> sa.Engine:
    """A pool on a database whose tables are broken here."""
    return own_engine


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/links", {"urls": ["https://example.vn/a"]}),
        ("POST", "/api/v1/reindex", {"mode": "publish", "all": True}),
        ("GET", "/api/v1/reindex/1", None),
        ("POST", "/api/v1/replay", {}),
        ("GET", "/api/v1/status", None),
    ],
)
def test_without_the_database_nothing_is_accepted_and_the_answer_says_when_to_come_back(
    orphan: Call, method: str, path: str, body: object
) -> None:
    reply = orphan(method, path, "tw_any", body)

    assert reply.status == 503
    assert reply.headers["Retry-After"] == str(RETRY_AFTER_S)
    assert "nothing was accepted" in reply.json["error"]


def test_a_commit_that_fails_is_not_answered_as_accepted(
    ops: Call, secret: Call, engine: sa.Engine, count: Callable[[str], int]
) -> None:
    token = secret("links")
    with engine.begin() as connection:
        connection.execute(sa.text(_FAILS_AT_COMMIT))

    reply = ops("POST", "/api/v1/links", token, {"urls": ["https://example.vn/a"]})

    assert reply.status == 503
    assert (count("link"), count("audit")) == (0, 0)


# As a full disk does: the statements pass, the commit does not.
_FAILS_AT_COMMIT = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
    CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON link
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_disk();
"""


def test_links_are_accepted_while_the_page_hangs_on_a_locked_table(
    ops: Call, secret: Call, engine: sa.Engine
) -> None:
    token = secret("links")
    with engine.connect() as locker:
        locker.execute(sa.text("LOCK TABLE feed IN ACCESS EXCLUSIVE MODE"))
        lookers = [threading.Thread(target=ops, args=("GET", "/")) for _ in range(12)]
        for looker in lookers:
            looker.start()
        reply = ops("POST", "/api/v1/links", token, {"urls": ["https://example.vn/a"]})
        locker.rollback()
    for looker in lookers:
        looker.join()

    assert reply.status == 202


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/reindex/one", 404),
        ("GET", "/api/v1/links", 405),
        ("DELETE", "/", 405),
    ],
)
def test_an_unknown_route_is_an_error_in_json_too(
    ops: Call, method: str, path: str, status: int
) -> None:
    reply = ops(method, path)

    assert reply.status == status
    assert list(reply.json) == ["error"]


def test_a_mistake_of_ours_is_an_error_in_json_that_tells_nothing_of_the_inside(
    ops: Call, secret: Call, engine: sa.Engine
) -> None:
    token = secret("links")
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE link RENAME TO gone"))

    reply = ops("POST", "/api/v1/links", token, {"urls": ["https://example.vn/a"]})

    assert reply.status == 500
    assert list(reply.json) == ["error"]
    assert "relation" not in reply.text


def test_the_status_is_given_as_json_with_the_queues(ops: Call, secret: Call) -> None:
    reply = ops("GET", "/api/v1/status", secret("status"))

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json["well"] is True
    assert reply.json["queues"] == {"ingest": 0, "build": 0, "deliver": 0, "reindex": 0}
