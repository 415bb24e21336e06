"""Bulk: lists of values as one statement, whatever they hold."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.store import bulk
from feeds.store.tables import article, author, sighting

FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.none() | TEXT,
        st.binary(),
        st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
        st.none() | st.dictionaries(TEXT, TEXT | st.integers(0, 9)),
    ),
    max_size=5,
)


@FEW
@given(rows=ROWS)
def test_what_is_given_comes_out_as_it_went_in(
    connection: sa.Connection, rows: list[tuple[Any, ...]]
) -> None:
    zone = datetime.now().astimezone().tzinfo
    rows = [(*row[:3], row[3] and row[3].replace(tzinfo=zone), row[4]) for row in rows]
    columns = [
        article.c.id,
        article.c.via_title,
        article.c.content_hash,
        article.c.revised_at,
        article.c.image,
    ]
    found = connection.execute(sa.select(bulk.given(columns, rows)))
    assert [tuple(row) for row in found] == rows


@FEW
@given(rows=ROWS)
def test_what_is_copied_comes_out_as_it_went_in(
    connection: sa.Connection, rows: list[tuple[Any, ...]]
) -> None:
    zone = datetime.now().astimezone().tzinfo
    made = sa.Table(
        "copied",
        sa.MetaData(),
        *(
            sa.Column(column.name, column.type)
            for column in (
                article.c.id,
                article.c.via_title,
                article.c.content_hash,
                article.c.revised_at,
                article.c.image,
            )
        ),
        prefixes=["TEMPORARY"],
    )
    rows = [(*row[:3], row[3] and row[3].replace(tzinfo=zone), row[4]) for row in rows]
    made.create(connection)
    bulk.copy(connection, made, made.columns.keys(), rows)
    found = [tuple(row) for row in connection.execute(sa.select(made))]
    made.drop(connection)
    assert found == rows


def test_rows_are_inserted_by_one_statement(connection: sa.Connection) -> None:
    rows = [("a", "Ann"), ("b", '{Bo, "b"\\}'), ("c", "NULL")]
    connection.execute(bulk.insert_given(author, ["slug", "name"], rows))
    stored = connection.execute(sa.select(author.c.slug, author.c.name).order_by(author.c.slug))
    assert [tuple(row) for row in stored] == rows


def test_a_column_is_tested_against_many_values(connection: sa.Connection) -> None:
    connection.execute(bulk.insert_given(author, ["slug", "name"], [("a", "x"), ("b", "y")]))
    query = sa.select(author.c.slug).order_by(author.c.slug)
    assert list(connection.scalars(query.where(bulk.any_of(author.c.slug, ["b", "z"])))) == ["b"]
    assert list(connection.scalars(query.where(bulk.any_of(author.c.slug, [])))) == []


def test_integers_are_written_as_postgresql_writes_them(connection: sa.Connection) -> None:
    assert bulk.literal([1, -2]) == "{1,-2}"
    assert bulk.literal([]) == "{}"
    nobody = sa.select(sighting).where(bulk.any_of(sighting.c.article_id, []))
    assert connection.execute(nobody).all() == []
