"""Rows in bulk: lists of values as one statement, with their types."""

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from psycopg.errors import UniqueViolation
from sqlalchemy.dialects import postgresql as pg

from feeds.errors import Raced
from feeds.store.packed import CELLS, NULL, Packed, array, moment

__all__ = [
    "Rows",
    "among",
    "any_of",
    "copy",
    "copy_numbers",
    "given",
    "insert_given",
    "literal",
    "moment",
]


def given(columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[object]]) -> sa.Subquery:
    """Make a table of given rows, one array a column, so that one plan fits any number."""
    arrays = [
        sa.func.unnest(_array(column, [row[i] for row in rows])).label(column.key)
        for i, column in enumerate(columns)
    ]
    return sa.select(*arrays).subquery("given")


class Rows:
    """What `given` is, for a statement that is made once: `packed` gives the parameters for rows.

    Of a statement that runs many times a second, making it costs more than a hundred rows do.
    """

    def __init__(self, *columns: sa.Column[Any]) -> None:
        self._columns = columns
        arrays = [
            sa.func.unnest(_later(each, f"given_{each.key}")).label(each.key) for each in columns
        ]
        self.table = sa.select(*arrays).subquery("given")
        self.c = self.table.c

    def packed(self, rows: Sequence[Sequence[object]]) -> dict[str, Packed]:
        """Pack rows, each with a value for each column."""
        return {
            f"given_{column.key}": array(type(column.type), [row[i] for row in rows])
            for i, column in enumerate(self._columns)
        }


def _later(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[Any]:
    packed = sa.bindparam(name, type_=sa.types.NullType())
    return sa.cast(packed, pg.ARRAY(column.type, dimensions=1))


def _array(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[Any]:
    """Pass values as one array, which the driver would write 20 times slower."""
    packed = sa.literal(array(type(column.type), values), sa.types.NullType())
    return sa.cast(packed, pg.ARRAY(column.type, dimensions=1))


def literal(values: Iterable[int]) -> str:
    """Write integers as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, values)) + "}"


def insert_given(
    table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> pg.Insert:
    """Insert given rows by one statement; no column may hold arrays."""
    source = given([table.c[name] for name in names], rows)
    return pg.insert(table).from_select(list(names), sa.select(source))


def copy(
    connection: sa.Connection,
    table: sa.Table,
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Write new rows at half of what `insert_given` costs the server; no column may hold arrays.

    Raises `Raced` where one of the rows is there already.
    """
    writers = [CELLS[type(table.c[name].type)] for name in names]
    count = _SHORT.pack(len(names))
    cells: list[bytes] = []
    for row in rows:
        cells.append(count)
        cells += [
            NULL if value is None else write(value)
            for write, value in zip(writers, row, strict=True)
        ]
    _copy(connection, table, names, b"".join(cells))


def copy_numbers(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], *columns: NDArray[np.int64]
) -> None:
    """Write new rows of 64-bit numbers from arrays, a column each; a date is its `moment`.

    Raises `Raced` where one of the rows is there already.
    """
    rows = np.zeros(
        columns[0].size,
        dtype=[("count", ">i2")]
        + [(f"{part}{at}", kind) for at in range(len(columns)) for part, kind in _PARTS],
    )
    rows["count"] = len(columns)
    for at, column in enumerate(columns):
        rows[f"size{at}"], rows[f"value{at}"] = 8, column
    _copy(connection, table, names, rows.tobytes())


def _copy(connection: sa.Connection, table: sa.Table, names: Sequence[str], body: bytes) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    asked = f"COPY {table.name} ({','.join(names)}) FROM STDIN (FORMAT BINARY)"
    try:
        with driver.cursor() as cursor, cursor.copy(asked) as to:
            to.write(_HEAD + body + _TAIL)
    except UniqueViolation as exc:
        raise Raced(f"a row of {table.name} was stored by two workers at once") from exc


# As PostgreSQL's COPY reads binary rows: their number of cells, then each with its length.
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_PARTS = (("size", ">i4"), ("value", ">i8"))
_SHORT = Struct(">h")


def any_of(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Test a column against many values by one parameter; `IN` would be a statement a length.

    As a set of rows, not as `= ANY`: the planner then looks each one up by index.
    """
    return column.in_(sa.select(sa.func.unnest(_array(column, values))))


def among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Test as `any_of` does, in a statement that is made once; `name` is its parameter."""
    return column.in_(sa.select(sa.func.unnest(_later(column, name))))
