"""Tables: the rules that the schema keeps."""

import pytest
import sqlalchemy as sa

from feeds.store.tables import metadata


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_foreign_key_is_indexed(clean: sa.Engine, name: str) -> None:
    """Else deleting what it refers to reads the whole table."""
    looked = sa.inspect(clean)
    led = {one["column_names"][0] for one in looked.get_indexes(name)}
    led.update(looked.get_pk_constraint(name)["constrained_columns"][:1])
    keys = {one["constrained_columns"][0] for one in looked.get_foreign_keys(name)}
    assert keys <= led


def test_all_moments_have_a_time_zone() -> None:
    moments = [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.DateTime)
    ]
    assert moments
    assert all(column.type.timezone for column in moments if isinstance(column.type, sa.DateTime))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO relation VALUES (2, 1, 'topic', 0.5, '')",
        "INSERT INTO relation VALUES (1, 1, 'topic', 0.5, '')",
        "INSERT INTO relation VALUES (1, 2, 'other', 0.5, '')",
        "INSERT INTO reindex (scope, mode, created_at) VALUES ('{}', 'other', now())",
    ],
)
def test_what_must_not_be_is_refused(connection: sa.Connection, statement: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="ck_"):
        connection.execute(sa.text(statement))
