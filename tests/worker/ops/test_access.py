from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from feeds.pipeline.desk import Desk
from feeds.store import tokens
from feeds.store.tokens import SCOPES
from worker.ops.access import admit
from worker.ops.answers import Problem

ROUTES = [
    ("POST", "/api/v1/links", "links", {"urls": ["https://example.vn/a"]}),
    ("POST", "/api/v1/reindex", "reindex", {"mode": "publish", "all": True}),
    ("GET", "/api/v1/reindex/1", "reindex", None),
    ("POST", "/api/v1/reindex/1/pause", "reindex", {}),
    ("POST", "/api/v1/reindex/1/resume", "reindex", {}),
    ("POST", "/api/v1/reindex/1/cancel", "reindex", {}),
    ("POST", "/api/v1/replay", "reindex", {}),
    ("GET", "/api/v1/status", "status", None),
    ("GET", "/api/v1/partners", "partners", None),
    ("POST", "/api/v1/partners", "partners", {"name": "daily"}),
    ("POST", "/api/v1/partners/daily/rotate", "partners", {}),
    ("POST", "/api/v1/partners/daily/revoke", "partners", {}),
    ("GET", "/api/v1/partners/daily/usage", "partners", None),
]
TABLES = ("link", "partner", "partner_key", "reindex", "work")
routes = pytest.mark.parametrize(
    ("method", "path", "scope", "body"), ROUTES, ids=[f"{one[0]} {one[1]}" for one in ROUTES]
)


def _holder(kind: str, desk: Desk, scope: str) -> tuple[str | None, int, str]:
    """Make a token of a kind: its secret, the status it gets, the actor in the audit."""
    now = desk.clock()
    others = [one for one in SCOPES if one != scope]
    if kind == "none":
        return None, 401, "anonymous"
    if kind == "unknown":
        return "tw_" + "x" * 43, 401, "anonymous"
    with desk.engine.begin() as connection:
        if kind == "wrong scope":
            return tokens.create(connection, "narrow", others, now), 403, "narrow"
        if kind == "expired":
            secret = tokens.create(connection, "old", SCOPES, now, now - timedelta(seconds=1))
        else:
            secret = tokens.create(connection, "gone", SCOPES, now)
            tokens.revoke(connection, "gone", now)
    return secret, 401, "anonymous"


@routes
@pytest.mark.parametrize("kind", ["none", "unknown", "wrong scope", "expired", "revoked"])
def test_without_the_right_token_a_request_is_refused_and_audited_and_changes_nothing(
    ops: Callable[..., Any],
    desk: Desk,
    audited: Callable[[], list[tuple[str, str, dict[str, Any]]]],
    count: Callable[[str], int],
    method: str,
    path: str,
    scope: str,
    body: object,
    kind: str,
) -> None:
    secret, status, actor = _holder(kind, desk, scope)
    before = [count(table) for table in TABLES]

    reply = ops(method, path, secret, body)

    assert reply.status == status
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert "\n" not in reply.json["error"]
    assert [count(table) for table in TABLES] == before
    ((who, action, detail),) = audited()
    assert (who, action, detail["asked"]) == (actor, "refused", f"{method} {path}")
    assert detail["status"] == status
    assert secret is None or secret not in str(detail)


@routes
def test_a_token_with_the_one_right_scope_is_let_in(
    ops: Callable[..., Any],
    secret: Callable[..., str],
    method: str,
    path: str,
    scope: str,
    body: object,
) -> None:
    reply = ops(method, path, secret(scope), body)

    # There is no reindex 1 yet, nor a partner.
    assert reply.status in {200, 201, 202, 404}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(
    desk: Desk, secret: Callable[..., str], scheme: str
) -> None:
    found = admit(desk, f"{scheme} {secret('status')}", "status", "GET /")

    assert found.name == "tester"


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_a_token_under_another_scheme_is_refused(
    desk: Desk, secret: Callable[..., str], scheme: str
) -> None:
    with pytest.raises(Problem) as caught:
        admit(desk, f"{scheme} {secret('status')}", "status", "GET /")

    assert caught.value.status == 401


def test_a_challenge_names_the_scope_that_is_missing(
    ops: Callable[..., Any], secret: Callable[..., str]
) -> None:
    reply = ops("GET", "/api/v1/status", secret("links"))

    assert 'scope="status"' in reply.headers["WWW-Authenticate"]
    assert "'tester'" in reply.json["error"]
