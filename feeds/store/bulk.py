"""Rows in bulk: lists of values as one statement, with their types."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg


def given(columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[object]]) -> sa.Subquery:
    """Make a table of given rows, one array a column, so that one plan fits any number."""
    arrays = [
        sa.func.unnest(
            sa.cast([row[i] for row in rows], pg.ARRAY(column.type, dimensions=1))
        ).label(column.key)
        for i, column in enumerate(columns)
    ]
    return sa.select(*arrays).subquery("given")


def insert_given(
    table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> pg.Insert:
    """Insert given rows by one statement; no column may hold arrays."""
    source = given([table.c[name] for name in names], rows)
    return pg.insert(table).from_select(list(names), sa.select(source))


def any_of(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Test a column against many values by one parameter; `IN` would be a statement a length."""
    return column == sa.any_(sa.cast(list(values), pg.ARRAY(column.type)))
