"""Tokens: shown once, stored hashed, valid until they expire or are revoked."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.store import tokens
from feeds.store.tables import audit, token


def test_a_token_is_found_by_its_secret_which_is_not_stored(
    connection: sa.Connection, noon: datetime
) -> None:
    secret = tokens.create(connection, "desk", ["links", "status"], noon)
    found = tokens.check(connection, secret, noon)
    assert found is not None
    assert (found.name, found.scopes) == ("desk", ("links", "status"))
    assert tokens.check(connection, secret + "x", noon) is None
    stored = connection.execute(sa.select(token)).one()
    assert secret not in str(tuple(stored))
    assert secret.startswith(tokens.PREFIX)
    assert tokens.create(connection, "other", [], noon) != secret


def test_a_token_ends_at_its_time(connection: sa.Connection, noon: datetime) -> None:
    until = noon + timedelta(days=1)
    secret = tokens.create(connection, "desk", ["links"], noon, until)
    assert tokens.check(connection, secret, until - timedelta(seconds=1)) is not None
    assert tokens.check(connection, secret, until) is None


def test_a_revoked_token_is_no_longer_valid(connection: sa.Connection, noon: datetime) -> None:
    secret = tokens.create(connection, "desk", ["links"], noon)
    tokens.revoke(connection, "desk", noon)
    assert tokens.check(connection, secret, noon) is None
    assert [one.revoked_at for one in tokens.listed(connection)] == [noon]
    with pytest.raises(NotFound, match="desk"):
        tokens.revoke(connection, "desk", noon)


def test_unknown_scopes_and_names_that_are_taken_are_refused(
    connection: sa.Connection, noon: datetime
) -> None:
    with pytest.raises(ValueError, match="no scope is named 'root'"):
        tokens.create(connection, "desk", ["root"], noon)
    tokens.create(connection, "desk", [], noon)
    with pytest.raises(ValueError, match="'desk' already"):
        tokens.create(connection, "desk", [], noon)


def test_an_action_is_noted_with_its_actor(connection: sa.Connection, noon: datetime) -> None:
    tokens.note(connection, "desk", "withdraw", {"ids": [1, 2], "why": "court"}, noon)
    row = connection.execute(sa.select(audit)).one()
    assert (row.actor, row.action, row.detail) == (
        "desk",
        "withdraw",
        {"ids": [1, 2], "why": "court"},
    )
