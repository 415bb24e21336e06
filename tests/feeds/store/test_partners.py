"""Partners: keys are shown once and stored hashed, and end when they are told to."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from config.partners import PartnerSpec
from feeds.errors import NotFound
from feeds.store import partners
from feeds.store.tables import partner_key

HOUR = timedelta(hours=1)
DAILY = PartnerSpec(name="daily", title="Daily", origins=("https://daily.example",), per_day=10)


def test_a_key_finds_its_partner_and_is_not_stored(
    connection: sa.Connection, noon: datetime
) -> None:
    key = partners.create(connection, DAILY, noon)
    found = partners.find(connection, key, noon)
    assert found is not None
    assert (found.name, found.origins, found.per_day) == ("daily", DAILY.origins, 10)
    assert found.ancestors == b"https://daily.example"
    assert partners.valid(connection, noon) == {partners.hashed(key): found}
    assert partners.KEY.fullmatch(key)
    stored = connection.execute(sa.select(partner_key)).one()
    assert key not in str(tuple(stored))
    assert partners.find(connection, key[:-1] + "~", noon) is None


def test_a_name_is_taken_once(connection: sa.Connection, noon: datetime) -> None:
    partners.create(connection, DAILY, noon)
    with pytest.raises(ValueError, match="named 'daily' already"):
        partners.create(connection, DAILY, noon)


def test_after_a_rotation_both_keys_work_for_a_while(
    connection: sa.Connection, noon: datetime
) -> None:
    old = partners.create(connection, DAILY, noon)
    new = partners.rotate(connection, "daily", HOUR, noon)
    assert partners.valid(connection, noon).keys() == {
        partners.hashed(old),
        partners.hashed(new),
    }
    assert partners.valid(connection, noon + HOUR).keys() == {partners.hashed(new)}


def test_a_later_rotation_lengthens_no_key(connection: sa.Connection, noon: datetime) -> None:
    old = partners.create(connection, DAILY, noon)
    partners.rotate(connection, "daily", HOUR, noon)
    partners.rotate(connection, "daily", 10 * HOUR, noon)
    assert partners.find(connection, old, noon + HOUR) is None


def test_revoking_ends_keys_at_once(connection: sa.Connection, noon: datetime) -> None:
    old = partners.create(connection, DAILY, noon)
    new = partners.rotate(connection, "daily", HOUR, noon)
    assert partners.revoke(connection, "daily", noon, new[-4:]) == 1
    assert partners.valid(connection, noon).keys() == {partners.hashed(old)}
    assert partners.revoke(connection, "daily", noon) == 1
    assert partners.valid(connection, noon) == {}
    with pytest.raises(NotFound, match="has no valid key"):
        partners.revoke(connection, "daily", noon)


def test_the_nearest_name_is_told(connection: sa.Connection, noon: datetime) -> None:
    partners.create(connection, DAILY, noon)
    with pytest.raises(NotFound, match=r"did you mean 'daily'\?"):
        partners.rotate(connection, "dialy", HOUR, noon)


def test_a_file_declares_changes_and_ends_partners(
    connection: sa.Connection, noon: datetime
) -> None:
    partners.declare(connection, [DAILY], noon)
    key = partners.rotate(connection, "daily", HOUR, noon)
    wider = DAILY.model_copy(update={"origins": ("https://daily.example", "https://m.example")})
    partners.declare(connection, [wider], noon)
    found = partners.find(connection, key, noon)
    assert found is not None
    assert found.origins == wider.origins

    partners.declare(connection, [], noon)
    assert partners.find(connection, key, noon) is None
    assert [one.ended_at for one in partners.listed(connection)] == [noon]
    with pytest.raises(ValueError, match=r"left partners\.yaml"):
        partners.rotate(connection, "daily", HOUR, noon)

    partners.declare(connection, [DAILY], noon)
    assert partners.find(connection, key, noon) is not None


def test_a_file_leaves_partners_alone_that_it_never_named(
    connection: sa.Connection, noon: datetime
) -> None:
    key = partners.create(connection, DAILY, noon)
    partners.declare(connection, [], noon)
    assert partners.find(connection, key, noon) is not None
    (listed,) = partners.listed(connection)
    assert not listed.is_declared
    assert [one.hint for one in listed.keys] == [key[-4:]]


def test_a_partner_without_origins_may_be_framed_nowhere(
    connection: sa.Connection, noon: datetime
) -> None:
    key = partners.create(connection, PartnerSpec(name="machine"), noon)
    found = partners.find(connection, key, noon)
    assert found is not None
    assert found.ancestors == b"'none'"
