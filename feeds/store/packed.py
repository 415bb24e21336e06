"""Packed: values in PostgreSQL's binary form, as COPY and arrays carry them.

A text or a kilobyte of bytes is taken over as it is; as a literal it would be escaped here and read
letter by letter there, which costs more than all else that is done with it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from struct import Struct, calcsize
from typing import Any

import numpy as np
import orjson
import sqlalchemy as sa
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy.dialects import postgresql as pg

NULL = b"\xff\xff\xff\xff"


class Packed:
    """An array in PostgreSQL's binary form; its type stands in the statement, as a cast."""

    __slots__ = ("body",)

    def __init__(self, body: bytes) -> None:
        self.body = body


class PackedDumper(Dumper):
    """Hands packed arrays over as they are."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: Packed) -> bytes:
        """Give the bytes."""
        return obj.body


def array(kind: type[sa.types.TypeEngine[Any]], values: Iterable[object]) -> Packed:
    """Pack values of a column's type; no array of arrays."""
    write = CELLS[kind]
    cells = [NULL if value is None else write(value) for value in values]
    return _whole(kind, len(cells), b"".join(cells))


def texts(values: Iterable[str | None]) -> Packed:
    """Pack texts: `CAST(:name AS text[])`."""
    return array(sa.Text, values)


def blobs(values: Iterable[bytes | None]) -> Packed:
    """Pack bytes: `CAST(:name AS bytea[])`."""
    return array(sa.LargeBinary, values)


def numbers(values: Iterable[int]) -> Packed:
    """Pack 64-bit integers: `CAST(:name AS bigint[])`."""
    found = np.fromiter(values, dtype=np.int64)
    cells = np.empty(found.size, dtype=[("size", ">i4"), ("value", ">i8")])
    cells["size"], cells["value"] = 8, found
    return _whole(sa.BigInteger, found.size, cells.tobytes())


def moment(value: datetime) -> int:
    """Give a moment as PostgreSQL holds it: microseconds since the year 2000."""
    return (value - _YEAR_2000) // _MICROSECOND


_YEAR_2000, _MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_SIZE = Struct(">i")
_EMPTY = Struct(">iii")  # dimensions, whether there are nulls, the type of the cells
_HEAD = Struct(">iiiii")  # the same, how many there are, and that they are counted from 1


def _whole(kind: type[Any], count: int, cells: bytes) -> Packed:
    oid = _OIDS[kind]
    if not count:
        return Packed(_EMPTY.pack(0, 0, oid))
    # To say that there may be nulls does no harm where there are none.
    return Packed(_HEAD.pack(1, 1, oid, count, 1) + cells)


def _sized(kind: str) -> Callable[[Any], bytes]:
    return partial(Struct(f">i{kind}").pack, calcsize(f">{kind}"))


def _bytes(value: bytes) -> bytes:
    return _SIZE.pack(len(value)) + value


_LONG = _sized("q")
CELLS: Mapping[type[Any], Callable[[Any], bytes]] = {
    sa.Text: lambda value: _bytes(value.encode()),
    sa.LargeBinary: _bytes,
    sa.BigInteger: _LONG,
    sa.Integer: _sized("i"),
    sa.SmallInteger: _sized("h"),
    sa.DateTime: lambda value: _LONG(moment(value)),
    sa.Boolean: _sized("?"),
    sa.REAL: _sized("f"),
    sa.Double: _sized("d"),
    pg.JSONB: lambda value: _bytes(b"\x01" + orjson.dumps(value)),
}
# As pg_type has them; types that were added by others have no fixed number.
_OIDS: Mapping[type[Any], int] = {
    sa.Text: 25,
    sa.LargeBinary: 17,
    sa.BigInteger: 20,
    sa.Integer: 23,
    sa.SmallInteger: 21,
    sa.DateTime: 1184,
    sa.Boolean: 16,
    sa.REAL: 700,
    sa.Double: 701,
    pg.JSONB: 3802,
}
