"""Rows in bulk: lists of values as one statement, with their types."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg


def given(columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[object]]) -> sa.Subquery:
    """Make a table of given rows, one array a column, so that one plan fits any number."""
    arrays = [
        sa.func.unnest(_array(column, [row[i] for row in rows])).label(column.key)
        for i, column in enumerate(columns)
    ]
    return sa.select(*arrays).subquery("given")


def _array(column: sa.ColumnElement[Any], values: list[Any]) -> sa.ColumnElement[Any]:
    """Pass values as one array; numbers as its literal, which the driver would write 20× slower."""
    kind = pg.ARRAY(column.type, dimensions=1)
    if isinstance(column.type, sa.Integer) and None not in values:
        return sa.cast(sa.literal(literal(values), sa.Text), kind)
    return sa.cast(values, kind)


def literal(values: Iterable[int]) -> str:
    """Write integers as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, values)) + "}"


def insert_given(
    table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> pg.Insert:
    """Insert given rows by one statement; no column may hold arrays."""
    source = given([table.c[name] for name in names], rows)
    return pg.insert(table).from_select(list(names), sa.select(source))


def any_of(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Test a column against many values by one parameter; `IN` would be a statement a length.

    As a set of rows, not as `= ANY`: the planner then looks each one up by index.
    """
    return column.in_(sa.select(sa.func.unnest(_array(column, list(values)))))
