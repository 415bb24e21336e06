"""Rows in bulk: lists of values as one statement, with their types."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from struct import Struct, calcsize
from typing import Any

import numpy as np
import orjson
import sqlalchemy as sa
from numpy.typing import NDArray
from psycopg.errors import UniqueViolation
from sqlalchemy.dialects import postgresql as pg

from feeds.errors import Raced


def given(columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[object]]) -> sa.Subquery:
    """Make a table of given rows, one array a column, so that one plan fits any number."""
    arrays = [
        sa.func.unnest(_array(column, [row[i] for row in rows])).label(column.key)
        for i, column in enumerate(columns)
    ]
    return sa.select(*arrays).subquery("given")


def _array(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[Any]:
    """Pass values as one array's literal, which the driver would write 20 times slower."""
    kind = pg.ARRAY(column.type, dimensions=1)
    if isinstance(column.type, sa.Integer):
        write: Callable[[Any], str] = str
    else:
        write = _WRITERS.get(type(column.type), _text)
    text = ",".join(["NULL" if value is None else write(value) for value in values])
    return sa.cast(sa.literal("{" + text + "}", sa.Text), kind)


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _moment(value: datetime) -> str:
    return f'"{value.isoformat()}"'


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def _json(value: object) -> str:
    return _text(orjson.dumps(value).decode())


_WRITERS: Mapping[type[Any], Callable[[Any], str]] = {
    sa.DateTime: _moment,
    sa.LargeBinary: _bytes,
    sa.Boolean: str,
    sa.REAL: repr,
    sa.Float: repr,
    pg.JSONB: _json,
}


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
    writers = [_COPIERS[type(table.c[name].type)] for name in names]
    count = _SHORT.pack(len(names))
    cells: list[bytes] = []
    for row in rows:
        cells.append(count)
        cells += [
            _NULL if value is None else write(value)
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


def moment(value: datetime) -> int:
    """Give a moment as PostgreSQL holds it: microseconds since the year 2000."""
    return (value - _YEAR_2000) // _MICROSECOND


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
_HEAD, _TAIL, _NULL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff", b"\xff\xff\xff\xff"
_PARTS = (("size", ">i4"), ("value", ">i8"))
_YEAR_2000, _MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_SHORT, _SIZE = Struct(">h"), Struct(">i")


def _sized(kind: str) -> Callable[[Any], bytes]:
    return partial(Struct(f">i{kind}").pack, calcsize(f">{kind}"))


def _copied(value: bytes) -> bytes:
    return _SIZE.pack(len(value)) + value


_LONG = _sized("q")
_COPIERS: Mapping[type[Any], Callable[[Any], bytes]] = {
    sa.Text: lambda value: _copied(value.encode()),
    sa.LargeBinary: _copied,
    sa.BigInteger: _LONG,
    sa.Integer: _sized("i"),
    sa.SmallInteger: _sized("h"),
    sa.DateTime: lambda value: _LONG(moment(value)),
    sa.Boolean: _sized("?"),
    sa.REAL: _sized("f"),
    sa.Double: _sized("d"),
    pg.JSONB: lambda value: _copied(b"\x01" + orjson.dumps(value)),
}


def any_of(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Test a column against many values by one parameter; `IN` would be a statement a length.

    As a set of rows, not as `= ANY`: the planner then looks each one up by index.
    """
    return column.in_(sa.select(sa.func.unnest(_array(column, values))))
